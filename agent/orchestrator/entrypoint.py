"""POST /invocations: check the payload, find the user, ask the orchestrator, name the status.

The reply is that of the team's agent, with `routing`: the agent, why it was chosen, and `via`, who
was asked before it in the same turn.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from bedrock_agentcore.runtime import BedrockAgentCoreApp, RequestContext
from starlette.responses import JSONResponse, Response

from orchestrator import logs, wiring
from orchestrator.outcomes import failure_of
from orchestrator.users import user_of
from serving.refusals import logged, refusal
from team_agents.entrypoint import bearer_token
from team_agents.request import read

if TYPE_CHECKING:
    from orchestrator.service import Orchestrator

type GetOrchestrator = Callable[[], Orchestrator]
"""May take its time: it is called off the event loop."""


def create_app(orchestrator: GetOrchestrator = wiring.orchestrator) -> BedrockAgentCoreApp:
    """Return the ASGI app, with `/invocations` and `/ping`."""
    logs.configure()
    app = BedrockAgentCoreApp()

    @app.entrypoint
    async def invoke(payload: object, context: RequestContext) -> Response:
        logs.take_caller_request_id(context)
        return await _answer(orchestrator, payload, context)

    return app


async def _answer(
    orchestrator: GetOrchestrator, payload: object, context: RequestContext
) -> Response:
    start_s = time.monotonic()
    try:
        user = user_of(bearer_token(context))
        request = read(payload, new_session=lambda: uuid4().hex)
        answer = await (await asyncio.to_thread(orchestrator)).answer(request, user)
    except Exception as error:  # noqa: BLE001 - the outermost layer
        return refusal(logged(failure_of(error), error, start_s, logs))
    logs.answered(answer, start_s)
    return JSONResponse(answer.to_json())
