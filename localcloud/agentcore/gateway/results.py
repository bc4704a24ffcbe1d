"""Results of tools/call.

Sources: MCP, tools, calling tools; AgentCore Developer Guide, exception level: without DEBUG every
failure of a target has the same text. What a failure says under DEBUG, beyond a function that may
not be invoked, is our choice (claim `gateway.debug-text`).
"""

from http import HTTPStatus
from typing import Any, Final

from pydantic_core import from_json

from localcloud.cloud import Response

TERSE: Final = "An internal error occurred. Please retry later."
MAX_DETAIL: Final = 4096
"""Characters of a target's own answer that are shown under DEBUG."""


class TargetFailed(Exception):
    """The target could not be called, or says no. The message is for DEBUG."""

    code = "TargetFailed"


def success(body: bytes, *, structured: bool) -> dict[str, Any]:
    """Return the result for a target's answer: its body as text.

    `structured` adds `structuredContent` where the body is a JSON object: MCP asks for it of tools
    that declare an output schema.
    """
    content = [{"type": "text", "text": body.decode("utf-8", "replace")}]
    made: dict[str, Any] = {"content": content, "isError": False}
    parsed = _json(body) if structured else None
    if isinstance(parsed, dict):
        made["structuredContent"] = parsed
    return made


def failure(text: str) -> dict[str, Any]:
    """Return an error result."""
    return {"content": [{"type": "text", "text": text}], "isError": True}


def target_failure(error: TargetFailed, *, debug: bool) -> dict[str, Any]:
    """Return the error result for a target that failed."""
    if not debug:
        return failure(TERSE)
    return failure(str(error)) | {"_meta": {"debug": {"type": "text", "text": str(error)}}}


def expect_http_success(response: Response, label: str) -> bytes:
    """Return the body of a 2xx answer.

    Raises:
        TargetFailed: any other status.
    """
    if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
        return response.body
    raise TargetFailed(f"{label} answered HTTP {response.status}: {_detail(response.body)}")


def expect_function_success(response: Response, function_arn: str) -> bytes:
    """Return what a function returned.

    Raises:
        TargetFailed: it may not be invoked, does not exist, or raised.
    """
    if response.status == HTTPStatus.FORBIDDEN:
        raise TargetFailed(
            f"Access denied while invoking Lambda function {function_arn}. Check the permissions "
            "on the Lambda function and Gateway execution role, and retry the request."
        )
    if response.status != HTTPStatus.OK:
        raise TargetFailed(
            f"Lambda answered HTTP {response.status} for function {function_arn}: "
            f"{_detail(response.body)}"
        )
    if "x-amz-function-error" in response.headers:
        raise TargetFailed(f"Lambda function {function_arn} failed: {_detail(response.body)}")
    return response.body


def _detail(body: bytes) -> str:
    return body[:MAX_DETAIL].decode("utf-8", "replace")


def _json(body: bytes) -> object:
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        return None
