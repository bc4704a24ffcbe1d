"""The orchestrator in front of a stand-in of AgentCore Runtime, and what its tests share.

Importing AWS's SDK warns: its models are written for pydantic 1.
"""

import base64
import json
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from bedrock_agentcore.runtime import BedrockAgentCoreApp

    from orchestrator.entrypoint import create_app

from localcloud.cloud import Request as HttpRequest
from localcloud.cloud import Response
from orchestrator.calls import Agents, open_client
from orchestrator.registry import Registry
from orchestrator.routing import HandOvers, Router
from orchestrator.service import Orchestrator
from platform_memory.model import HandOver
from request_routing.classifier import Choice, Classifier
from serving.logs import passed_on
from tests.support.asgi import ask
from tests.support.data_plane import Said

__all__ = ["BedrockAgentCoreApp", "create_app"]

type Json = dict[str, Any]

RUNTIME = "arn:aws:bedrock-agentcore:us-east-1:000000000000:runtime/"
ARNS = {name: f"{RUNTIME}{name}-0123456789" for name in ("support", "sales", "sre")}
REGISTRY = Registry.read({f"{name.upper()}_AGENT_ARN": arn for name, arn in ARNS.items()})
ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool"


def token(subject: str = "user-1", issuer: str = ISSUER) -> str:
    """Return a token with claims that somebody else has checked."""
    claims = json.dumps({"iss": issuer, "sub": subject}).encode()
    return f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.c2ln"


def said(agent: str, *actions: Json, text: str = "Done.") -> Said:
    """Return a team's agent's answer."""
    ids = {"customer_id": "ACME-001", "session_id": "monday"}
    return Said({"response": text, "agent": agent, **ids, "actions": list(actions)})


def handing_over(to_agent: str, outcome: str = "ok") -> Json:
    """Return the action that a hand-over is told by."""
    return {"kind": "hand-over", "outcome": outcome, "to": to_agent}


def offer(to_agent: str, from_agent: str = "support-agent") -> HandOver:
    """Return a hand-over."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return HandOver(from_agent, to_agent, "ACME-001", "monday", "a secret summary", at, "event-1")


@dataclass
class Memory:
    """Hand-overs as scripted; `fails` is raised instead. It writes down whose were asked for."""

    waiting: HandOver | None = None
    taker: str | None = None
    fails: Exception | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def pending_hand_over(self, customer_id: str, session_id: str) -> HandOver | None:
        self._note(customer_id, session_id)
        return self.waiting

    def taken_over_by(self, customer_id: str, session_id: str) -> str | None:
        self._note(customer_id, session_id)
        return self.taker

    def _note(self, *asked: str) -> None:
        self.asked.append((asked[0], asked[1]))
        if self.fails:
            raise self.fails


@dataclass
class Chooses:
    """A classifier that has made up its mind."""

    agent: str = "support-agent"
    confidence: float = 0.9
    asked: list[str] = field(default_factory=list)

    def classify(self, prompt: str) -> Choice:
        self.asked.append(prompt)
        return Choice(self.agent, self.confidence, "It says so.", ("so",))


def router(
    memory: HandOvers, classifier: Classifier, registry: Registry = REGISTRY, limit_s: float = 4
) -> Router:
    """Return a router over these."""
    return Router(registry, memory, lambda: classifier, limit_s)


@dataclass
class Slept:
    """Waits for nothing, and writes down how long it would have."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def orchestrator(
    url: str,
    *,
    memory: HandOvers | None = None,
    classifier: Classifier | None = None,
    registry: Registry = REGISTRY,
    budget_s: float = 10.0,
    slept: Slept | None = None,
    clock_s: Any = time.monotonic,  # noqa: ANN401 - a function
) -> Orchestrator:
    """Return the orchestrator that asks agents at `url`."""
    chooses = router(memory or Memory(), classifier or Chooses(), registry)
    agents = Agents(url, open_client, slept or Slept(), passed_on)
    return Orchestrator(chooses, agents, budget_s, clock_s)


async def post(
    app: BedrockAgentCoreApp,
    payload: object,
    *,
    authorization: str | None = None,
    headers: Sequence[tuple[str, str]] = (),
) -> Response:
    """Send a request as AgentCore Runtime does; by default with a user's token."""
    bearer = f"Bearer {token()}" if authorization is None else authorization
    sent = (("content-type", "application/json"), ("authorization", bearer), *headers)
    body = json.dumps(payload).encode()
    return await ask(app, HttpRequest("POST", "/invocations", "", sent, body))
