"""POST /invocations: check the payload, find the user, ask the orchestrator, name the status.

The reply is that of the team's agent, with `routing`: the agent, why it was chosen, and `via`, who
was asked before it in the same turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from bedrock_agentcore.runtime import BedrockAgentCoreApp, RequestContext
from starlette.responses import JSONResponse, Response

from orchestrator import logs, wiring
from orchestrator.outcomes import failure_of
from orchestrator.users import user_of
from serving.entrypoint import serving_app
from serving.logs import configure
from team_agents.entrypoint import bearer_token
from team_agents.request import read

if TYPE_CHECKING:
    from orchestrator.service import Orchestrator

type GetOrchestrator = Callable[[], Orchestrator]
"""May take its time: it is called off the event loop."""


def create_app(orchestrator: GetOrchestrator = wiring.orchestrator) -> BedrockAgentCoreApp:
    """Return the ASGI app, with `/invocations` and `/ping`."""

    async def answer(payload: object, context: RequestContext, start_s: float) -> Response:
        user = user_of(bearer_token(context))
        request = read(payload, new_session=lambda: uuid4().hex)
        found = await (await asyncio.to_thread(orchestrator)).answer(request, user)
        logs.answered(found, start_s)
        return JSONResponse(found.to_json())

    configure("request_routing")  # what it chooses with
    return serving_app(answer, failure_of, logs.logger)
