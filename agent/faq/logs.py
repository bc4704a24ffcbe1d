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

_ID = re.compile(r"[A-Za-z0-9._=-]{1,128}")
_STANDARD = frozenset(vars(logging.makeLogRecord({})))
_caller_request_id: ContextVar[str | None] = ContextVar("caller_request_id", default=None)
_logger = logging.getLogger("faq")


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


def configure() -> None:
    """Let this package's logger and the SDK's write such lines; the SDK then adds no others."""
    for name in ("faq", "bedrock_agentcore.app"):
        logger = logging.getLogger(name)
        if not any(isinstance(one.formatter, JsonFormatter) for one in logger.handlers):
            handler = logging.StreamHandler()
            handler.setFormatter(JsonFormatter())
            logger.handlers = [handler]
            logger.setLevel(logging.INFO)


def take_caller_request_id(context: RequestContext) -> None:
    """Remember the id that the caller gave the request, for this request's lines."""
    given = context.request.headers.get(CALLER_REQUEST_ID, "") if context.request else ""
    _caller_request_id.set(given if _ID.fullmatch(given) else None)


def answered(sources: int, start_s: float) -> None:
    """Log an answer; one without sources is a refusal."""
    _logger.info("answered", extra={"sources": sources, "elapsedMs": _since_ms(start_s)})


def refused(code: str, status: int, start_s: float) -> None:
    """Log a failure that was expected."""
    extra = {"code": code, "status": int(status), "elapsedMs": _since_ms(start_s)}
    _logger.info("not answered", extra=extra)


def bug(error: Exception, start_s: float) -> None:
    """Log one that was not."""
    _logger.error("failed", exc_info=error, extra={"elapsedMs": _since_ms(start_s)})


def _since_ms(start_s: float) -> float:
    return round((time.monotonic() - start_s) * 1000, 1)
