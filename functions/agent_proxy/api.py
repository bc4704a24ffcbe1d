"""POST /invoke: one question, its whole answer. Loaded by the first request: see `app`."""

import os
import random
import time
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from agent_proxy import edge, service
from agent_proxy.edge import Answer
from agent_proxy.errors import AgentProxyError
from agent_proxy.runtime import Runtime
from agent_proxy.visit import Visit

CLOCK = service.Clock(now_s=time.monotonic, pause=time.sleep, chance=random.random)


@cache
def agent() -> service.Agent:
    """Open the client on first use: importing this module must need no environment."""
    return Runtime.open(os.environ["AGENT_RUNTIME_ARN"], read_timeout_s=service.READ_TIMEOUT_S)


def answer(event: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one event of API Gateway (REST, proxy integration)."""
    visit = Visit.begin(event, CLOCK.now_s)
    found = _found(event, visit, os.environ.get("ALLOWED_ORIGINS", ""))
    visit.end(found.status, code=found.code)
    return found.as_proxied()


def _found(event: Mapping[str, Any], visit: Visit, allowed: str) -> Answer:
    try:
        if event["httpMethod"] == "OPTIONS":
            return edge.preflight(event, allowed=allowed)
        return _answer(event, visit, allowed)
    except AgentProxyError as error:
        return edge.refuse(error, event, allowed=allowed)
    except Exception as error:  # noqa: BLE001  # the outermost layer: logged, and answered 500
        return edge.admit_fault(error, event, allowed=allowed)


def _answer(event: Mapping[str, Any], visit: Visit, allowed: str) -> Answer:
    asked = edge.read(event, trace_id=os.environ.get("_X_AMZN_TRACE_ID"))
    visit.session_id = asked.where.session_id
    reply = service.answer(asked.question, asked.where, asked.trail, agent=agent(), clock=CLOCK)
    headers = edge.headers(event, "application/json", allowed=allowed)
    return Answer(HTTPStatus.OK, headers, reply.model_dump_json())
