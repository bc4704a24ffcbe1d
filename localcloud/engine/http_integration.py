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
        return Begun(int(found.get("statusCode", HTTPStatus.OK)), _headers(found), body)
    except (AttributeError, TypeError, ValueError) as error:
        raise BadMetadata("the metadata is not of the format") from error


def _headers(found: Mapping[str, Any]) -> dict[str, str | list[str]]:
    headers: dict[str, str | list[str]] = {"Content-Type": "application/json"}
    parts = {**(found.get("headers") or {}), **(found.get("multiValueHeaders") or {})}
    if found.get("cookies"):
        parts["Set-Cookie"] = list(found["cookies"])
    for name, value in parts.items():
        for known in [known for known in headers if known.lower() == name.lower()]:
            del headers[known]
        headers[name] = value
    return headers
