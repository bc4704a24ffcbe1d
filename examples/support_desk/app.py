"""POST /invocations: check the payload, let the framework's agent answer, name the status."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from logging import getLogger
from typing import Any
from uuid import uuid4

import boto3
from bedrock_agentcore.runtime import BedrockAgentCoreApp, RequestContext
from botocore.config import Config
from starlette.responses import JSONResponse

from platform_memory.errors import PlatformMemoryError
from platform_memory.manager import PlatformMemory
from support_desk.case import Case, stores
from support_desk.errors import DeskError
from support_desk.request import Gateway, read, read_token

DEFAULT_NAME = "support-agent"
DEFAULT_PORT = 8080
MAX_PLACES = 5

type Answer = Callable[[Case, Gateway], str]
"""How a framework answers a case with the gateway's tools. It is called off the event loop."""

_logger = getLogger("support_desk")


def create_app(answer: Answer, environment: Mapping[str, str] = os.environ) -> BedrockAgentCoreApp:
    """Return the ASGI app, with `/invocations` and `/ping`.

    `environment` has GATEWAY_URL, CUSTOMER_MEMORY_ID, HANDOVER_MEMORY_ID and perhaps AGENT_NAME.
    """
    app = BedrockAgentCoreApp()

    @cache
    def memory() -> PlatformMemory:
        patience = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3})
        client = boto3.client("bedrock-agentcore", config=patience)
        return PlatformMemory(client, stores(environment))

    def asked(payload: object, context: RequestContext) -> dict[str, Any]:
        request = read(payload, session_id=context.session_id or uuid4().hex)
        gateway = Gateway(environment["GATEWAY_URL"], read_token(context.request_headers or {}))
        case = Case(environment.get("AGENT_NAME") or DEFAULT_NAME, request, memory())
        said = answer(case, gateway)
        case.keep(said)
        return case.reply(said)

    @app.entrypoint
    def invoke(payload: object, context: RequestContext) -> JSONResponse:
        try:
            return JSONResponse(asked(payload, context))
        except DeskError as error:
            return _refusal(error.status, error.code, str(error))
        except PlatformMemoryError as error:
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, error.code, "memory is not available")
        except Exception as error:  # noqa: BLE001 - the outermost layer; its text may quote anything
            _logger.error("failed: %s at %s", type(error).__name__, _places(error))  # noqa: TRY400
            return _refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", "the agent failed")

    return app


def run(app: BedrockAgentCoreApp, environment: Mapping[str, str] = os.environ) -> None:
    """Serve on $PORT, or on the port that AgentCore Runtime asks at."""
    port = int(environment.get("PORT") or DEFAULT_PORT)
    app.run(port=port, host=environment.get("HOST") or None)


def _places(error: Exception) -> str:
    """Name the innermost places that an exception passed."""
    frames = traceback.extract_tb(error.__traceback__)[-MAX_PLACES:]
    return ", ".join(f"{one.filename}:{one.lineno}" for one in frames)


def _refusal(status: HTTPStatus, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": message, "code": code}, status)
