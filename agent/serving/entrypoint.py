"""POST /invocations, as all agents answer it: AgentCore Runtime's side."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from logging import Logger
from typing import Any, Final

from bedrock_agentcore.runtime import BedrockAgentCoreApp, RequestContext
from starlette.responses import JSONResponse, Response

from serving import logs
from serving.outcomes import INTERNAL, Failure

DEFAULT_PORT: Final = 8080
"""Where AgentCore Runtime asks an agent that speaks HTTP."""

type Events = AsyncIterator[dict[str, Any]]
"""A reply as server-sent events; it tells of its own failures."""

type Answers = Callable[[object, RequestContext, float], Awaitable[Response | Events]]
"""Answers a payload, which is not checked, that came at a reading of the monotonic clock."""

type Explains = Callable[[Exception], Failure]


def serving_app(answer: Answers, explain: Explains, logger: Logger) -> BedrockAgentCoreApp:
    """Return the ASGI app, with `/invocations` and `/ping`. What `answer` raises is a refusal."""
    logs.configure(logger.name)
    app = BedrockAgentCoreApp()

    @app.entrypoint
    async def invoke(payload: object, context: RequestContext) -> Response | Events:
        logs.take_caller_request_id(context)
        start_s = time.monotonic()
        try:
            return await answer(payload, context, start_s)
        except Exception as error:  # noqa: BLE001 - the outermost layer: logged, and answered
            return _refusal(logged(explain(error), error, start_s, logger))

    return app


def listen(app: BedrockAgentCoreApp, environment: Mapping[str, str]) -> None:
    """Serve on $PORT and $HOST, or where AgentCore Runtime asks, until the process ends."""
    port = int(environment.get("PORT") or DEFAULT_PORT)
    # No WebSockets: it would import a server for them.
    app.run(port=port, host=environment.get("HOST") or None, ws="none", log_config=None)


def logged(failed: Failure, error: Exception, start_s: float, logger: Logger) -> Failure:
    """Log a failure as what it is, and return it."""
    if failed.code == INTERNAL.code:
        logs.bug(logger, error, start_s)
    else:
        logs.refused(logger, failed.code, failed.status, start_s)
    return failed


def _refusal(failed: Failure) -> Response:
    return JSONResponse({"error": failed.message, "code": failed.code}, failed.status)
