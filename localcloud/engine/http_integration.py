"""The metadata that a streaming function sends before the body of its HTTP answer.

Source: API Gateway Developer Guide, "Set up a Lambda proxy integration with payload response
streaming": a JSON object with statusCode, headers, multiValueHeaders and cookies, eight NUL bytes,
and the body. How much of it may be metadata is nowhere said.
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

END: Final = bytes(8)
MAX_METADATA_BYTES: Final = 64 * 1024


class BadMetadata(Exception):
    """A function's answer does not begin as it must."""

    code = "BadMetadata"


@dataclass(frozen=True)
class Begun:
    """An answer that has begun, and what came of its body with the metadata."""

    status: int
    headers: Mapping[str, str | list[str]]
    body: bytes


async def read_metadata(chunks: AsyncIterator[bytes]) -> Begun:
    """Read chunks up to the end of the metadata.

    Raises:
        BadMetadata: there is none, or too much.
    """
    read = b""
    async for chunk in chunks:
        read += chunk
        metadata, end, body = read.partition(END)
        if end:
            return _begun(metadata, body)
        if len(read) > MAX_METADATA_BYTES:
            break
    raise BadMetadata("the answer has no metadata")


def _begun(metadata: bytes, body: bytes) -> Begun:
    try:
        found = json.loads(metadata)
        return Begun(_status(found), _headers(found), body)
    except (AttributeError, TypeError, ValueError, RecursionError) as error:
        raise BadMetadata("the metadata is not of the format") from error


def _status(found: Mapping[str, Any]) -> int:
    status = int(found.get("statusCode", HTTPStatus.OK))
    if not 200 <= status <= 599:
        raise ValueError(f"an answer cannot have the status {status}")
    return status


def _headers(found: Mapping[str, Any]) -> dict[str, str | list[str]]:
    headers: dict[str, str | list[str]] = {"Content-Type": "application/json"}
    parts = {**(found.get("headers") or {}), **(found.get("multiValueHeaders") or {})}
    if found.get("cookies"):
        parts["Set-Cookie"] = list(found["cookies"])
    for name, value in parts.items():
        for known in [known for known in headers if known.lower() == name.lower()]:
            del headers[known]
        headers[name] = [_text(one) for one in value] if isinstance(value, list) else _text(value)
    return headers


def _text(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    if isinstance(value, dict | list) or any(character in text for character in "\r\n\0"):
        raise ValueError("that is no header")
    return text
