"""POST /invocations: check the payload, ask the agent, name the status. AgentCore Runtime's side.

JSON by default; with `Accept: text/event-stream` server-sent events, each `data: <json>`:
`{"type": "delta", "text"}` any number of times, then `{"type": "result", ...the JSON reply...}` or
`{"type": "error", "code", "message"}`. A payload that is wrong is refused before a stream begins.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bedrock_agentcore.runtime import BedrockAgentCoreApp, RequestContext
from starlette.responses import JSONResponse, Response

from faq import logs, wiring
from faq.outcomes import failure_of, reply
from faq.request import Question, read
from serving.refusals import logged, refusal

if TYPE_CHECKING:
    from faq.service import FaqAgent

EVENT_STREAM = "text/event-stream"

type GetAgent = Callable[[], FaqAgent]
"""May take its time: it is called off the event loop."""

type Events = AsyncIterator[dict[str, Any]]


def create_app(agent: GetAgent = wiring.agent) -> BedrockAgentCoreApp:
    """Return the ASGI app, with `/invocations` and `/ping`."""
    logs.configure()
    app = BedrockAgentCoreApp()

    @app.entrypoint
    async def invoke(payload: object, context: RequestContext) -> Response | Events:
        logs.take_caller_request_id(context)
        try:
            question = read(payload, new_thread=_new_thread)
        except Exception as error:  # noqa: BLE001 - the outermost layer
            return refusal(logged(failure_of(error), error, time.monotonic(), logs))
        if _wants_stream(context):
            return _events(agent, question)
        return await _answer(agent, question)

    return app


def _new_thread() -> str:
    return uuid4().hex


def _wants_stream(context: RequestContext) -> bool:
    return context.request is not None and EVENT_STREAM in context.request.headers.get("accept", "")


async def _answer(agent: GetAgent, question: Question) -> Response:
    start_s = time.monotonic()
    try:
        found = await (await asyncio.to_thread(agent)).answer(question)
    except Exception as error:  # noqa: BLE001 - the outermost layer
        return refusal(logged(failure_of(error), error, start_s, logs))
    logs.answered(len(found.sources), start_s)
    return JSONResponse(reply(question, found))


async def _events(agent: GetAgent, question: Question) -> Events:
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
        failed = logged(failure_of(error), error, start_s, logs)
        yield {"type": "error", "code": failed.code, "message": failed.message}
