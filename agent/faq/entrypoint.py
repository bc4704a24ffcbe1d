"""POST /invocations: check the payload, ask the agent, name the status. AgentCore Runtime's side.

JSON by default; with `Accept: text/event-stream` server-sent events, each `data: <json>`:
`{"type": "delta", "text"}` any number of times, then `{"type": "result", ...the JSON reply...}` or
`{"type": "error", "code", "message"}`. A payload that is wrong is refused before a stream begins.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from bedrock_agentcore.runtime import BedrockAgentCoreApp, RequestContext
from starlette.responses import JSONResponse, Response

from faq import logs, wiring
from faq.outcomes import failure_of, reply
from faq.request import Question, read
from serving.entrypoint import Events, logged, serving_app

if TYPE_CHECKING:
    from faq.service import FaqAgent

EVENT_STREAM = "text/event-stream"

type GetAgent = Callable[[], FaqAgent]
"""May take its time: it is called off the event loop."""


def create_app(agent: GetAgent = wiring.agent) -> BedrockAgentCoreApp:
    """Return the ASGI app, with `/invocations` and `/ping`."""

    async def answer(payload: object, context: RequestContext, start_s: float) -> Response | Events:
        question = read(payload, new_thread=lambda: uuid4().hex)
        if _wants_stream(context):
            return _events(agent, question, start_s)
        found = await (await asyncio.to_thread(agent)).answer(question)
        logs.answered(len(found.sources), start_s)
        return JSONResponse(reply(question, found))

    return serving_app(answer, failure_of, logs.logger)


def _wants_stream(context: RequestContext) -> bool:
    return context.request is not None and EVENT_STREAM in context.request.headers.get("accept", "")


async def _events(agent: GetAgent, question: Question, start_s: float) -> Events:
    from faq.service import Delta  # noqa: PLC0415 - LangGraph

    try:
        async for part in (await asyncio.to_thread(agent)).stream(question):
            if isinstance(part, Delta):
                yield {"type": "delta", "text": part.text}
            else:
                logs.answered(len(part.sources), start_s)
                yield {"type": "result", **reply(question, part)}
    except Exception as error:  # noqa: BLE001 - the outermost layer: logged, and told
        failed = logged(failure_of(error), error, start_s, logs.logger)
        yield {"type": "error", "code": failed.code, "message": failed.message}
