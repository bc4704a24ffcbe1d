"""What API Gateway hands over, and what it gets back: the same for whole answers and streams."""

import base64
import binascii
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from aws_lambda_powertools.metrics import MetricUnit

from agent_proxy.conversation import Conversation
from agent_proxy.errors import (
    AgentBusy,
    AgentFailed,
    AgentProxyError,
    AgentTimedOut,
    AgentUnavailable,
    InvalidRequest,
    Misconfigured,
)
from agent_proxy.models import Question, read_question
from agent_proxy.service import Trail
from agent_proxy.telemetry import logger, metrics

STATUS: Final[dict[type[AgentProxyError], HTTPStatus]] = {
    InvalidRequest: HTTPStatus.BAD_REQUEST,
    Misconfigured: HTTPStatus.INTERNAL_SERVER_ERROR,
    AgentFailed: HTTPStatus.BAD_GATEWAY,
    AgentBusy: HTTPStatus.BAD_GATEWAY,  # 429 would say that the caller's plan is used up
    AgentUnavailable: HTTPStatus.BAD_GATEWAY,
    AgentTimedOut: HTTPStatus.GATEWAY_TIMEOUT,
}

METHODS: Final = "OPTIONS,POST"
MAX_PREFLIGHT_AGE_S: Final = 7200
"""The longest that Chromium remembers; Firefox takes a day."""


@dataclass(frozen=True)
class Asked:
    """A request that is in order."""

    question: Question
    where: Conversation
    trail: Trail


@dataclass(frozen=True)
class Answer:
    """An answer whose body is whole; `code` says for the log why it is none to the question."""

    status: int
    headers: Mapping[str, str]
    body: str = ""
    code: str | None = None

    def as_proxied(self) -> dict[str, Any]:
        """Return it as API Gateway takes it from a proxy integration."""
        return {
            "statusCode": int(self.status),
            "headers": dict(self.headers),
            "body": self.body,
            "isBase64Encoded": False,
        }


def read(event: Mapping[str, Any], *, trace_id: str | None) -> Asked:
    """Return what an event asks.

    Raises:
        InvalidRequest: the body is not a question.
        Misconfigured: the method lets callers in who have no API key.
    """
    key_id = event["requestContext"]["identity"].get("apiKeyId")
    if not key_id:
        raise Misconfigured("the method wants no API key")
    question = read_question(_body(event))
    where = Conversation(key_id, question.actor_id, question.thread_id or uuid.uuid4().hex)
    return Asked(question, where, Trail(request_id(event), trace_id))


def request_id(event: Mapping[str, Any]) -> str:
    """Return API Gateway's id of the request, which callers get as `x-request-id`."""
    found: str = event["requestContext"]["requestId"]
    return found


def _body(event: Mapping[str, Any]) -> str | None:
    body: str | None = event.get("body")
    if not event.get("isBase64Encoded"):
        return body
    try:
        return base64.b64decode(body or "", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise InvalidRequest("body: must be JSON") from error


def headers(event: Mapping[str, Any], content_type: str, *, allowed: str) -> dict[str, str]:
    """Return the headers of an answer; browsers of the `allowed` origins may read it."""
    return {
        "Content-Type": content_type,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "x-request-id": request_id(event),
        **_sharing(event, allowed),
    }


def preflight(event: Mapping[str, Any], *, allowed: str) -> Answer:
    """Answer a browser that asks whether a page of its origin may ask."""
    sharing = _sharing(event, allowed)
    if "Access-Control-Allow-Origin" in sharing:
        sharing |= {
            "Access-Control-Allow-Headers": "content-type,x-api-key",
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Max-Age": str(MAX_PREFLIGHT_AGE_S),
        }
    return Answer(HTTPStatus.NO_CONTENT, sharing)


def _sharing(event: Mapping[str, Any], allowed: str) -> dict[str, str]:
    """Return the CORS headers. `allowed` has origins with commas between them, or is `*`, or empty.

    Source: Fetch standard, CORS protocol. No credentials are allowed: the key is a header that a
    page sets by itself, so that `*` lets nobody act in another's name.
    """
    if not allowed:
        return {}
    origin = _header(event, "origin")
    sharing = {"Vary": "Origin"}
    if allowed == "*" or (origin and origin in allowed.split(",")):
        sharing["Access-Control-Allow-Origin"] = "*" if allowed == "*" else origin
        sharing["Access-Control-Expose-Headers"] = "x-request-id"
    return sharing


def _header(event: Mapping[str, Any], name: str) -> str:
    found: Mapping[str, str] = event.get("headers") or {}
    return next((value for key, value in found.items() if key.lower() == name), "")


def refuse(error: AgentProxyError, event: Mapping[str, Any], *, allowed: str) -> Answer:
    """Answer what could not be answered: by its class alone, but for a request that is wrong."""
    if isinstance(error, InvalidRequest):  # its message holds what the sender wrote: no log has it
        return _problem(error, str(error), event, allowed=allowed)
    note(error)
    return _problem(error, error.sentence, event, allowed=allowed)


def note(error: AgentProxyError) -> None:
    """Log and count a question without an answer."""
    found = {"code": error.code, "status": int(STATUS[type(error)]), "reason": str(error)}
    logger.error("no answer", extra=found)
    metrics.add_metric(name="Fault", unit=MetricUnit.Count, value=1)


def admit_fault(error: Exception, event: Mapping[str, Any], *, allowed: str) -> Answer:
    """Answer a bug."""
    note_fault(error)
    fault = Misconfigured(type(error).__name__)
    return _problem(fault, fault.sentence, event, allowed=allowed)


def note_fault(error: Exception) -> None:
    """Log and count a bug."""
    logger.exception("unexpected fault", extra={"error": type(error).__name__})
    metrics.add_metric(name="Fault", unit=MetricUnit.Count, value=1)


def _problem(
    error: AgentProxyError, sentence: str, event: Mapping[str, Any], *, allowed: str
) -> Answer:
    body = {"error": sentence, "request_id": request_id(event)}
    found = headers(event, "application/json", allowed=allowed)
    return Answer(STATUS[type(error)], found, json.dumps(body), error.code)
