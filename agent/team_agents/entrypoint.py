"""POST /invocations: check the payload and find the user's token, ask the agent, name the status.

The token comes in the header `Authorization`, which AgentCore Runtime has checked and passes on
where a runtime's header allowlist has it. It goes to the gateway and nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from bedrock_agentcore.runtime import BedrockAgentCoreApp, RequestContext
from starlette.responses import JSONResponse, Response

from serving.entrypoint import serving_app
from team_agents import logs, wiring
from team_agents.errors import TokenMissing
from team_agents.outcomes import failure_of, reply
from team_agents.request import read

if TYPE_CHECKING:
    from team_agents.service import TeamAgent

type GetAgent = Callable[[], TeamAgent]
"""May take its time: it is called off the event loop."""


def create_app(agent: GetAgent = wiring.agent) -> BedrockAgentCoreApp:
    """Return the ASGI app, with `/invocations` and `/ping`."""

    async def answer(payload: object, context: RequestContext, start_s: float) -> Response:
        token = bearer_token(context)
        request = read(payload, new_session=lambda: uuid4().hex)
        asked = await asyncio.to_thread(agent)
        found = await asked.answer(request, token)
        logs.answered(found.actions, start_s)
        return JSONResponse(reply(asked.profile, request, found))

    return serving_app(answer, failure_of, logs.logger)


def bearer_token(context: RequestContext) -> str:
    """Return the user's token.

    Raises:
        TokenMissing: the request carries none.
    """
    given = context.request.headers.get("authorization", "") if context.request else ""
    scheme, _, token = given.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenMissing("there is no bearer token")
    return token.strip()
