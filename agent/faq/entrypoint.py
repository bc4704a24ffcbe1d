"""POST /invocations: check the payload, ask the agent, name the status. AgentCore Runtime's side.

JSON by default; with `Accept: text/event-stream` server-sent events, each `data: <json>`:
`{"type": "delta", "text"}` any number of times, then `{"type": "result", ...the JSON reply...}` or
`{"type": "error", "code", "message"}`. A payload that is wrong is refused before a stream begins.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

from bedrock_agentcore.runtime import BedrockAgentCoreApp, RequestContext
from starlette.responses import JSONResponse, Response

from faq import logs
from faq.outcomes import INTERNAL, Failure, failure_of, reply
from faq.request import Question, read
from faq.wiring import agent

EVENT_STREAM = "text/event-stream"

logs.configure()
app = BedrockAgentCoreApp()


@app.entrypoint
async def invoke(payload: Any, context: RequestContext) -> Response | AsyncIterator[dict[str, Any]]:  # noqa: ANN401
    """Answer one question."""
    logs.take_caller_request_id(context)
    try:
        question = read(payload, new_thread=_new_thread)
    except Exception as error:  # noqa: BLE001 - the outermost layer
        return _refusal(_failed(error, time.monotonic()))
    if _wants_stream(context):
        return _events(question)
    return await _answer(question)


def _new_thread() -> str:
    return uuid4().hex


def _wants_stream(context: RequestContext) -> bool:
    return context.request is not None and EVENT_STREAM in context.request.headers.get("accept", "")


async def _answer(question: Question) -> Response:
    start_s = time.monotonic()
    try:
        found = await (await asyncio.to_thread(agent)).answer(question)
    except Exception as error:  # noqa: BLE001 - the outermost layer
        return _refusal(_failed(error, start_s))
    logs.answered(len(found.sources), start_s)
    return JSONResponse(reply(question, found))


async def _events(question: Question) -> AsyncIterator[dict[str, Any]]:
    from faq.service import Delta  # noqa: PLC0415 - LangGraph

    start_s = time.monotonic()
    try:
        async for part in (await asyncio.to_thread(agent)).stream(question):
            if isinstance(part, Delta):
                yield {"type": "delta", "text": part.text}
            else:
                logs.answered(len(part.sources), start_s)
                yield {"type": "result", **reply(question, part)}
    except Exception as error:  # noqa: BLE001 - the outermost layer
        failed = _failed(error, start_s)
        yield {"type": "error", "code": failed.code, "message": failed.message}


def _failed(error: Exception, start_s: float) -> Failure:
    found = failure_of(error)
    if found.code == INTERNAL.code:
        logs.bug(error, start_s)
    else:
        logs.refused(found.code, found.status, start_s)
    return found


def _refusal(failed: Failure) -> Response:
    return JSONResponse({"error": failed.message, "code": failed.code}, failed.status)
