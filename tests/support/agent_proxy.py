"""What tests of the agent's public door share: events of API Gateway, and a Lambda context."""

import json
from dataclasses import dataclass
from typing import Any

from tests.support.petstore import Context

__all__ = ["KEY_ID", "REQUEST_ID", "Context", "StreamContext", "door_event"]

KEY_ID = "a1b2c3d4e5"
REQUEST_ID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"

type Json = dict[str, Any]


@dataclass
class StreamContext(Context):
    """The context of a runtime that can stream."""

    streams: bool = True


def door_event(
    body: object = None,
    *,
    method: str = "POST",
    path: str = "/invoke",
    headers: dict[str, str] | None = None,
    key_id: str | None = KEY_ID,
) -> Json:
    """Return an event; a body that is no text is written as JSON."""
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    identity = {"sourceIp": "192.0.2.1", "userAgent": "test"}
    if key_id:
        identity |= {"apiKeyId": key_id, "apiKey": "the-value-of-the-key"}
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": {"Content-Type": "application/json", **(headers or {})},
        "queryStringParameters": None,
        "pathParameters": None,
        "body": text,
        "isBase64Encoded": False,
        "requestContext": {
            "requestId": REQUEST_ID,
            "resourcePath": path,
            "httpMethod": method,
            "stage": "prod",
            "apiId": "api0000001",
            "identity": identity,
        },
    }
