"""Structured logs: one JSON object a line, with the ids of request and session, never a prompt.

The messages of unexpected exceptions are left out too: they may quote what was being worked on.
"""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from bedrock_agentcore.runtime import BedrockAgentCoreContext, RequestContext

CALLER_REQUEST_ID = "X-Amzn-Bedrock-AgentCore-Runtime-Custom-Request-Id"
"""A header that AgentCore Runtime passes on from whoever invokes it."""

SDK = "bedrock_agentcore.app"
"""The logger of AWS's SDK."""

_ID = re.compile(r"[A-Za-z0-9._=-]{1,128}")
_STANDARD = frozenset(vars(logging.makeLogRecord({})))
_caller_request_id: ContextVar[str | None] = ContextVar("caller_request_id", default=None)


class JsonFormatter(logging.Formatter):
    """A record as one JSON object, with whatever `extra` it has."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": BedrockAgentCoreContext.get_request_id(),
            "sessionId": BedrockAgentCoreContext.get_session_id(),
            "callerRequestId": _caller_request_id.get(),
            **{key: value for key, value in vars(record).items() if key not in _STANDARD},
        }
        if record.exc_info and record.exc_info[1]:
            line |= _described(record.exc_info[1])
        return json.dumps({key: value for key, value in line.items() if value is not None})


def _described(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{one.filename}:{one.lineno} {one.name}" for one in frames]
    return {"errorType": type(error).__name__, "stack": places}


def configure(name: str) -> None:
    """Let a package's logger and the SDK's write such lines; the SDK then adds no others."""
    for one in (name, SDK):
        logger = logging.getLogger(one)
        if not any(isinstance(own.formatter, JsonFormatter) for own in logger.handlers):
            handler = logging.StreamHandler()
            handler.setFormatter(JsonFormatter())
            logger.handlers = [handler]
            logger.setLevel(logging.INFO)


def take_caller_request_id(context: RequestContext) -> None:
    """Remember the id that the caller gave the request, for this request's lines."""
    given = context.request.headers.get(CALLER_REQUEST_ID, "") if context.request else ""
    _caller_request_id.set(given if _ID.fullmatch(given) else None)


def passed_on() -> dict[str, str]:
    """Return the headers with which the caller's request id goes on to another agent."""
    request_id = _caller_request_id.get()
    return {CALLER_REQUEST_ID: request_id} if request_id else {}


def refused(logger: logging.Logger, code: str, status: int, start_s: float) -> None:
    """Log a failure that was expected."""
    extra = {"code": code, "status": int(status), "elapsedMs": since_ms(start_s)}
    logger.info("not answered", extra=extra)


def bug(logger: logging.Logger, error: Exception, start_s: float) -> None:
    """Log one that was not."""
    logger.error("failed", exc_info=error, extra={"elapsedMs": since_ms(start_s)})


def since_ms(start_s: float) -> float:
    """Return the time since a reading of the monotonic clock, in milliseconds."""
    return round((time.monotonic() - start_s) * 1000, 1)
