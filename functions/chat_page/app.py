"""GET /chat: the page on which people ask the agent, for whoever opens it.

It holds no data and wants no key: the key is typed into it, and goes with each question to
`invoke` beside it. Nothing is logged, for there is nothing to tell but that it was read.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from chat_page.document import FOLDER, Document, assemble

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

HEADERS = {
    "Cache-Control": "no-cache",  # kept, and asked for by its tag: a new version shows at once
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
REFUSAL = {
    "statusCode": 405,
    "headers": {"Allow": "GET", "Content-Type": "application/json"},
    "body": '{"error": "The page can only be read."}',
}


@cache
def document() -> Document:
    """Put the page together on the first request."""
    return assemble(FOLDER)


def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Enter from API Gateway (REST, proxy integration)."""
    if event["httpMethod"] != "GET":  # API Gateway lets none of it through
        return REFUSAL
    page = document()
    headers = {**HEADERS, "Content-Security-Policy": page.policy, "ETag": page.etag}
    if page.etag in _header(event, "if-none-match"):  # as it is, weak, or one of several
        return {"statusCode": 304, "headers": headers, "body": ""}
    headers["Content-Type"] = "text/html; charset=utf-8"
    return {"statusCode": 200, "headers": headers, "body": page.html}


def _header(event: dict[str, Any], name: str) -> str:
    headers: dict[str, str] = event.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == name), "")
