"""An agent of a team as AgentCore Runtime sees it, over ASGI, with AgentCore's own memory."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest

from localcloud.cloud import Request, Response
from platform_memory.manager import PlatformMemory
from team_agents.profiles import PROFILES, SALES, SUPPORT
from team_agents.service import TeamAgent
from tests.support.asgi import ask
from tests.support.memory_plane import Client, MemoryLaptop
from tests.support.planes import opened
from tests.support.team_agents import (
    CRITICAL_PROMPT,
    CUSTOMER,
    LOOKUP_PROMPT,
    OPPORTUNITIES,
    SESSION,
    TOKEN,
    Platform,
    offline,
)
from tests.support.team_app import BedrockAgentCoreApp, create_app

BEARER = {"authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True)
class World:
    """The gateway of a platform, and memories that are AgentCore's."""

    platform: Platform
    memory: PlatformMemory

    def app(self, name: str) -> BedrockAgentCoreApp:
        agent = TeamAgent(
            profile=PROFILES[name],
            model=offline(),
            memory=self.memory,
            open_gateway=self.platform.open,
            classifier=lambda: self.platform,
            budget_s=20.0,
        )
        return create_app(lambda: agent)

    async def post(self, name: str, payload: object, headers: dict[str, str]) -> Response:
        sent = {"content-type": "application/json", **headers}
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        request = Request("POST", "/invocations", "", tuple(sent.items()), body)
        return await ask(self.app(name), request)

    async def ask(self, name: str, prompt: str) -> dict[str, Any]:
        payload = {"prompt": prompt, "customer_id": CUSTOMER, "session_id": SESSION}
        response = await self.post(name, payload, BEARER)
        assert response.status == 200, response.body
        found: dict[str, Any] = json.loads(response.body)
        return found


@pytest.fixture
def client() -> Iterator[tuple[Client, Client, MemoryLaptop]]:
    with opened(MemoryLaptop) as laptop, laptop.clients() as (control, data):
        yield control, data, laptop


@pytest.fixture
def world(client: tuple[Client, Client, MemoryLaptop]) -> World:
    control, data, laptop = client
    names = {"customers": "Customers", "handoffs": "Handover", "incidents": "Incidents"}
    made = {
        store: control.create_memory(name=name, eventExpiryDuration=30)["memory"]["id"]
        for store, name in names.items()
    }
    laptop.settle()
    return World(Platform(), PlatformMemory(data, made))


@pytest.fixture
def log(world: World) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What the loggers wrote, line by line, as an operator gets it."""
    stream = StringIO()
    world.app(SUPPORT)  # sets the loggers up
    handler = logging.getLogger("team_agents").handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    handler.setStream(before)


async def test_a_request_is_answered_with_what_was_done_for_it(world: World) -> None:
    assert await world.ask(SUPPORT, LOOKUP_PROMPT) == {
        "response": "I found 1 customer:\n- Jane Miller",
        "agent": SUPPORT,
        "customer_id": CUSTOMER,
        "session_id": SESSION,
        "actions": [
            {"kind": "hand-over-check", "outcome": "none"},
            {"kind": "recall", "outcome": "none", "store": "customers", "found": 0},
            {"kind": "tool", "outcome": "ok", "name": "CRMTools___lookup_customer"},
            {"kind": "store", "outcome": "ok", "store": "customers"},
        ],
    }


async def test_a_refused_case_goes_from_support_to_sre_by_way_of_the_memory(world: World) -> None:
    refused = await world.ask(SUPPORT, CRITICAL_PROMPT)
    assert refused["response"].startswith("I may not open a Critical case")
    pending = world.memory.pending_hand_over(CUSTOMER, SESSION, "sre-agent")
    assert pending is not None
    assert pending.context["refused_case"]["subject"] == "Line down"
    assert pending.context["tools"] == ["CRMTools___create_case denied"]
    taken = await world.ask("sre-agent", "Get ticket OPS-1")
    assert "A Critical case was refused by policy: Line down." in taken["response"]
    assert world.memory.pending_hand_over(CUSTOMER, SESSION) is None


async def test_sales_knows_the_conversation_that_support_has_had(world: World) -> None:
    await world.ask(SUPPORT, LOOKUP_PROMPT)
    world.memory.hand_over(SUPPORT, SALES, CUSTOMER, SESSION, "Wants Enterprise.", {})
    found = await world.ask(SALES, "Which opportunities are there?")
    assert found["response"].startswith("Taken over from support-agent: Wants Enterprise.")
    assert world.platform.called[-1] == (OPPORTUNITIES, {"account_id": CUSTOMER})
    history = world.memory.session_history("customers", CUSTOMER, SESSION)
    assert [one.text.partition(":")[0] for one in history[1::2]] == [SUPPORT, SALES]


async def test_a_memory_that_is_not_there_costs_no_answer(world: World) -> None:
    gone = PlatformMemory(
        world.memory.client, dict.fromkeys(world.memory.stores, "gone-a1b2c3d4e5")
    )
    found = await World(world.platform, gone).ask(SUPPORT, LOOKUP_PROMPT)
    assert "Jane Miller" in found["response"]
    failed = {one["code"] for one in found["actions"] if one["outcome"] == "failed"}
    assert failed == {"memory-refused"}


@pytest.mark.parametrize(
    ("payload", "headers", "status", "code"),
    [
        ({"prompt": "Hi"}, {}, 401, "token-missing"),
        ({"prompt": "Hi"}, {"authorization": "Basic abc"}, 401, "token-missing"),
        ({"prompt": "Hi"}, {"authorization": "Bearer "}, 401, "token-missing"),
        ({"prompt": ""}, BEARER, 400, "invalid-request"),
        ([], BEARER, 400, "invalid-request"),
    ],
)
async def test_what_cannot_be_served_is_refused_with_a_code(
    world: World, payload: object, headers: dict[str, str], status: int, code: str
) -> None:
    response = await world.post(SUPPORT, payload, headers)
    assert (response.status, json.loads(response.body)["code"]) == (status, code)
    assert world.platform.tokens == []


async def test_who_may_call_no_tool_is_refused(world: World) -> None:
    world.platform.tools = []
    response = await world.post(SUPPORT, {"prompt": "Hi"}, BEARER)
    assert (response.status, json.loads(response.body)["code"]) == (403, "not-permitted")


async def test_neither_logs_nor_memory_have_the_token_and_logs_have_nothing_that_was_said(
    world: World, log: Callable[[], list[dict[str, Any]]]
) -> None:
    await world.ask(SUPPORT, CRITICAL_PROMPT)
    await world.ask(SUPPORT, LOOKUP_PROMPT)
    await world.post(SUPPORT, {"prompt": "", "customer_id": CUSTOMER}, BEARER)
    lines = log()
    assert [line["message"] for line in lines] == ["answered", "answered", "not answered"]
    assert "tool denied" in lines[0]["actions"]
    text = json.dumps(lines)
    for secret in (TOKEN, "Line down", "Jane", CUSTOMER):
        assert secret not in text
    kept = world.memory.session_history("customers", CUSTOMER, SESSION)
    told = world.memory.pending_hand_over(CUSTOMER, SESSION)
    assert TOKEN not in f"{kept} {told}"


async def test_a_bug_is_logged_by_its_place_and_told_as_nothing_but_one(
    world: World, log: Callable[[], list[dict[str, Any]]]
) -> None:
    class Broken(Platform):
        async def call(self, name: str, arguments: object) -> None:  # type: ignore[override]
            raise RuntimeError(f"the token is {TOKEN}")

    response = await World(Broken(), world.memory).post(SUPPORT, {"prompt": LOOKUP_PROMPT}, BEARER)
    assert (response.status, json.loads(response.body)["code"]) == (500, "internal-error")
    (line,) = log()
    assert line["errorType"] == "RuntimeError"
    assert TOKEN not in json.dumps(line) + response.body.decode()


async def test_a_ping_needs_no_token(world: World) -> None:
    response = await ask(world.app(SUPPORT), Request("GET", "/ping", "", (), b""))
    assert (response.status, json.loads(response.body)["status"]) == (200, "Healthy")
