"""Who is asked, and what the caller learns of it: over ASGI, and HTTP to the agents."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from orchestrator.registry import Registry
from platform_memory.errors import MemoryUnavailable
from platform_memory.manager import HAND_OVERS, PlatformMemory
from request_routing.classifier import offline_classifier
from tests.support.data_plane import SESSION_HEADER, DataPlane, Refused, Said
from tests.support.memory_plane import Client, MemoryLaptop
from tests.support.orchestrating import (
    ARNS,
    ISSUER,
    Chooses,
    Memory,
    create_app,
    handing_over,
    offer,
    orchestrator,
    post,
    said,
    token,
)
from tests.support.planes import opened

type Json = dict[str, Any]

ASKED = {"prompt": "How much is the Pro plan?", "customer_id": "ACME-001", "session_id": "monday"}


async def answer(url: str, payload: Json = ASKED, **made_of: Any) -> Json:  # noqa: ANN401
    response = await post(create_app(lambda: orchestrator(url, **made_of)), payload)
    body: Json = json.loads(response.body)
    assert response.status == 200, body
    return body


async def test_the_reply_is_the_agent_s_with_the_reason_why_it_was_that_one(
    agents: DataPlane, url: str
) -> None:
    recalled = {"kind": "recall", "outcome": "none"}
    agents.script.append(said("sales-agent", recalled, text="It costs $40."))
    assert await answer(url, classifier=Chooses("sales-agent", 0.8765)) == {
        "response": "It costs $40.",
        "agent": "sales-agent",
        "customer_id": "ACME-001",
        "session_id": "monday",
        "actions": [recalled],
        "routing": {
            "agent": "sales-agent",
            "by": "classifier",
            "reason": "It says so.",
            "confidence": 0.876,
            "evidence": ["so"],
            "via": [],
        },
    }


async def test_an_agent_is_asked_as_the_user_in_a_session_of_theirs(
    agents: DataPlane, url: str
) -> None:
    agents.script.append(said("sales-agent"))
    await answer(url, classifier=Chooses("sales-agent"))
    [call] = agents.invoked
    assert (call.arn, call.query) == (ARNS["sales"], "qualifier=DEFAULT")
    assert call.headers["authorization"] == f"Bearer {token()}"
    assert call.headers["content-type"] == "application/json"
    assert 33 <= len(call.headers[SESSION_HEADER]) <= 256
    assert call.payload == ASKED


async def test_the_caller_s_request_id_goes_on_to_the_agent(agents: DataPlane, url: str) -> None:
    name = "x-amzn-bedrock-agentcore-runtime-custom-request-id"
    agents.script.extend([said("support-agent"), said("support-agent")])
    app = create_app(lambda: orchestrator(url))
    await post(app, ASKED, headers=[(name, "caller-1")])
    await post(app, ASKED)
    assert [call.headers.get(name) for call in agents.invoked] == ["caller-1", None]


async def test_sessions_are_the_same_for_one_conversation_and_never_for_two(
    agents: DataPlane, url: str
) -> None:
    one = f"Bearer {token()}"
    asked: list[tuple[str, Json, str]] = [
        (one, ASKED, "sales-agent"),
        (f"Bearer {token('user-2')}", ASKED, "sales-agent"),
        (f"Bearer {token(issuer=f'{ISSUER}x')}", ASKED, "sales-agent"),
        (one, {**ASKED, "customer_id": "ACME-002"}, "sales-agent"),
        (one, {**ASKED, "session_id": "tuesday"}, "sales-agent"),
        (one, {**ASKED, "customer_id": None}, "sales-agent"),
        (one, ASKED, "sre-agent"),
    ]
    for authorization, payload, agent in [*asked, *asked]:
        agents.script.append(said(agent))
        app = create_app(lambda to=agent: orchestrator(url, classifier=Chooses(to)))  # type: ignore[misc]
        await post(app, payload, authorization=authorization)
    sessions = [call.headers[SESSION_HEADER] for call in agents.invoked]
    assert sessions[: len(asked)] == sessions[len(asked) :]
    assert len(set(sessions)) == len(asked)


async def test_a_conversation_of_its_own_begins_without_a_session(
    agents: DataPlane, url: str
) -> None:
    memory = Memory()
    agents.script.extend([said("support-agent"), said("support-agent")])
    for _ in range(2):
        await answer(url, {"prompt": "Hello"}, memory=memory)
    names = [call.payload["session_id"] for call in agents.invoked]
    assert len(set(names)) == 2
    assert memory.asked == [(f"anonymous-{name}", name) for name in names]


async def test_a_hand_over_that_waits_wins_over_the_words(agents: DataPlane, url: str) -> None:
    agents.script.append(said("sre-agent"))
    classifier = Chooses("sales-agent")
    reply = await answer(url, memory=Memory(offer("sre-agent")), classifier=classifier)
    assert agents.invoked[0].arn == ARNS["sre"]
    assert reply["routing"] == {
        "agent": "sre-agent",
        "by": "hand-over",
        "reason": "support-agent has handed this conversation over to sre-agent.",
        "confidence": 1.0,
        "evidence": [],
        "via": [],
    }
    assert classifier.asked == []


async def test_what_is_not_clear_stays_with_who_has_taken_the_conversation_over(
    agents: DataPlane, url: str
) -> None:
    agents.script.extend([said("sales-agent"), said("sre-agent")])
    memory = Memory(taker="sales-agent")
    unclear = await answer(url, memory=memory, classifier=Chooses("sre-agent", 0.3))
    clear = await answer(url, memory=memory, classifier=Chooses("sre-agent", 0.7))
    assert (unclear["routing"]["agent"], unclear["routing"]["by"]) == ("sales-agent", "hand-over")
    assert (clear["routing"]["agent"], clear["routing"]["by"]) == ("sre-agent", "classifier")


@pytest.mark.parametrize(
    ("memory", "classifier", "why"),
    [
        (Memory(), Chooses("sre-agent", 0.49), "It is not clear which team this is for."),
        (Memory(taker="finance-agent"), Chooses("sre-agent", 0.1), "It is not clear"),
        (Memory(), Chooses("finance-agent", 0.9), "for finance-agent, which is not deployed"),
        (Memory(offer("finance-agent")), Chooses("sre-agent"), "to finance-agent, which is not"),
    ],
)
async def test_support_takes_what_nobody_else_can_and_says_why(
    agents: DataPlane, url: str, memory: Memory, classifier: Chooses, why: str
) -> None:
    agents.script.append(said("support-agent"))
    routing = (await answer(url, memory=memory, classifier=classifier))["routing"]
    assert (routing["agent"], routing["by"]) == ("support-agent", "default")
    assert why in routing["reason"]
    assert routing["reason"].endswith("support-agent takes what is nobody else's.")
    assert agents.invoked[0].arn == ARNS["support"]


async def test_an_agent_that_is_not_deployed_is_nobody_s(agents: DataPlane, url: str) -> None:
    agents.script.append(said("support-agent"))
    alone = Registry.read({"SUPPORT_AGENT_ARN": ARNS["support"], "SALES_AGENT_ARN": ""})
    reply = await answer(url, registry=alone, classifier=Chooses("sales-agent"))
    assert reply["routing"]["by"] == "default"


async def test_without_its_memory_it_goes_by_the_words_and_says_so(
    agents: DataPlane, url: str
) -> None:
    broken = Memory(fails=MemoryUnavailable("the memory answered ServiceException of 10.0.0.1"))
    agents.script.extend([said("sales-agent"), said("support-agent")])
    sure = await answer(url, memory=broken, classifier=Chooses("sales-agent"))
    unsure = await answer(url, memory=broken, classifier=Chooses("sales-agent", 0.2))
    for reply, by in ((sure, "classifier"), (unsure, "default")):
        assert reply["routing"]["by"] == by
        assert "cannot be read (memory-unavailable)" in reply["routing"]["reason"]
        assert "10.0.0.1" not in json.dumps(reply)


async def test_a_hand_over_in_this_turn_is_followed_once_and_nothing_is_lost(
    agents: DataPlane, url: str
) -> None:
    ticket = {"kind": "tool", "outcome": "ok", "name": "TicketingTools___create_ticket"}
    first = said("support-agent", ticket, handing_over("sales-agent"), text="Over to sales.")
    second = said("sales-agent", handing_over("sre-agent"), text="We take it.")
    agents.script.extend([first, second])
    reply = await answer(url, classifier=Chooses("support-agent", 0.8))
    assert [call.arn for call in agents.invoked] == [ARNS["support"], ARNS["sales"]]
    assert [call.payload for call in agents.invoked] == [ASKED, ASKED]
    assert (reply["response"], reply["agent"]) == ("We take it.", "sales-agent")
    routing = reply["routing"]
    assert (routing["agent"], routing["by"]) == ("sales-agent", "hand-over")
    assert routing["reason"] == "support-agent has handed this over to sales-agent in this turn."
    [before] = routing["via"]
    assert (before["agent"], before["by"], before["response"]) == (
        "support-agent",
        "classifier",
        "Over to sales.",
    )
    assert before["actions"] == [ticket, handing_over("sales-agent")]


@pytest.mark.parametrize(
    ("action", "note"),
    [
        (handing_over("finance-agent"), "handed over to finance-agent, which is not deployed."),
        (handing_over("support-agent"), "handed over to support-agent"),
        (handing_over("sales-agent", outcome="failed"), "It says so."),
        ({"kind": "hand-over", "outcome": "ok", "to": 7}, "It says so."),
        ({"kind": "hand-over-taken", "outcome": "ok", "from": "sales-agent"}, "It says so."),
    ],
)
async def test_a_hand_over_that_cannot_be_followed_leaves_the_answer(
    agents: DataPlane, url: str, action: Json, note: str
) -> None:
    agents.script.append(said("support-agent", action, text="Somebody will call you."))
    reply = await answer(url)
    assert len(agents.invoked) == 1
    assert reply["response"] == "Somebody will call you."
    assert note in reply["routing"]["reason"]
    assert reply["routing"]["via"] == []


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (Refused("RuntimeClientError", 424), "agent-failed"),
        (Refused("UnauthorizedException", 401), "token-refused"),
        (Said("no json"), "agent-failed"),
    ],
)
async def test_if_the_second_agent_fails_the_first_one_s_answer_stays(
    agents: DataPlane, url: str, second: Refused | Said, code: str
) -> None:
    first = said("support-agent", handing_over("sales-agent"), text="Over to sales.")
    agents.script.extend([first, second])
    reply = await answer(url)
    assert (reply["response"], reply["routing"]["agent"]) == ("Over to sales.", "support-agent")
    assert f"sales-agent could not be asked ({code})" in reply["routing"]["reason"]


async def test_a_hand_over_late_in_the_turn_waits_for_the_next(agents: DataPlane, url: str) -> None:
    agents.script.append(said("support-agent", handing_over("sales-agent")))
    ticks = iter([0.0, 0.0, 8.0])
    reply = await answer(url, budget_s=10.0, clock_s=ticks.__next__)
    assert len(agents.invoked) == 1
    assert "sales-agent goes on with your next message." in reply["routing"]["reason"]


@pytest.fixture
def memory(hand_over_client: tuple[Client, str]) -> PlatformMemory:
    client, memory_id = hand_over_client
    return PlatformMemory(client, {HAND_OVERS: memory_id})


@pytest.fixture
def hand_over_client() -> Iterator[tuple[Client, str]]:
    with opened(MemoryLaptop) as laptop, laptop.clients() as (control, data):
        made = control.create_memory(name="HandOvers", eventExpiryDuration=7)
        laptop.settle()
        yield data, made["memory"]["id"]


async def test_with_agentcore_memory_and_the_offline_classifier_a_conversation_is_routed(
    agents: DataPlane, url: str, memory: PlatformMemory
) -> None:
    agents.script.extend([said(name) for name in ("sre-agent", "sales-agent", "sales-agent")])
    made_of: Json = {"memory": memory, "classifier": offline_classifier()}
    down = await answer(url, {**ASKED, "prompt": "The sales page is down"}, **made_of)
    memory.hand_over("sre-agent", "sales-agent", "ACME-001", "monday", "They want to buy.")
    over = await answer(url, {**ASKED, "prompt": "The sales page is down"}, **made_of)
    taken = memory.pending_hand_over("ACME-001", "monday")
    assert taken is not None
    memory.take_over(taken)
    after = await answer(url, {**ASKED, "prompt": "hello again"}, **made_of)
    other = {**ASKED, "prompt": "hello again", "customer_id": "ACME-002"}
    agents.script.append(said("support-agent"))
    elsewhere = await answer(url, other, **made_of)
    routes = [
        (one["routing"]["agent"], one["routing"]["by"]) for one in (down, over, after, elsewhere)
    ]
    assert routes == [
        ("sre-agent", "classifier"),
        ("sales-agent", "hand-over"),
        ("sales-agent", "hand-over"),
        ("support-agent", "default"),
    ]
    assert "They want to buy" not in json.dumps([over, after])
