"""POST /invocations: check the payload and find the user's token, ask the agent, name the status.

The token comes in the header `Authorization`, which AgentCore Runtime has checked and passes on
where a runtime's header allowlist has it. It goes to the gateway and nowhere else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from bedrock_agentcore.runtime import BedrockAgentCoreApp, RequestContext
from starlette.responses import JSONResponse, Response

from serving.refusals import logged, refusal
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
    logs.configure()
    app = BedrockAgentCoreApp()

    @app.entrypoint
    async def invoke(payload: object, context: RequestContext) -> Response:
        logs.take_caller_request_id(context)
        return await _answer(agent, payload, context)

    return app


async def _answer(agent: GetAgent, payload: object, context: RequestContext) -> Response:
    start_s = time.monotonic()
    try:
        token = bearer_token(context)
        request = read(payload, new_session=lambda: uuid4().hex)
        asked = await asyncio.to_thread(agent)
        answer = await asked.answer(request, token)
    except Exception as error:  # noqa: BLE001 - the outermost layer
        return refusal(logged(failure_of(error), error, start_s, logs))
    logs.answered(answer.actions, start_s)
    return JSONResponse(reply(asked.profile, request, answer))


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
