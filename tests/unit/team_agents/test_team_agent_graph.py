"""What sales and SRE do, who may ask, and what becomes of failures."""

import asyncio

import pytest
from langchain_core.messages import AIMessage

from assistant.errors import CallRefused, GatewayUnreachable, ModelUnavailable, TokenRejected
from assistant.models import Model
from platform_memory.model import HandOver, Message
from request_routing.classifier import Choice
from team_agents.errors import AnswerTimeout, NotPermitted
from team_agents.journal import Journal
from team_agents.profiles import PROFILES, SALES, SRE, SUPPORT
from team_agents.request import Request
from team_agents.tools import UserToken, UserTools, deletes_customers
from tests.support.faq import SlowChat
from tests.support.team_agents import (
    CUSTOMER,
    DELETE,
    LOOKUP_PROMPT,
    MONDAY,
    OPPORTUNITIES,
    SEARCH,
    SESSION,
    TOKEN,
    TOOLS,
    Platform,
    actions,
    ask,
    calling,
    scripted,
    team_agent,
)

FROM_SUPPORT = HandOver(
    SUPPORT, SALES, CUSTOMER, SESSION, "Wants Enterprise.", MONDAY, "event-0", {"plan": "Pro"}
)


# Sales


async def test_sales_goes_on_with_what_support_has_told() -> None:
    platform = Platform(offered=[FROM_SUPPORT])
    answer = await ask(platform, "Which opportunities are there?", name=SALES)
    assert answer.text.startswith("Taken over from support-agent: Wants Enterprise.")
    assert "Support contract: $48,000.00" in answer.text
    assert platform.called == [(OPPORTUNITIES, {"account_id": CUSTOMER})]


async def test_what_one_agent_hands_over_another_takes() -> None:
    platform = Platform(choice=Choice(SALES, 0.9, "A plan.", ("upgrade",)))
    await ask(platform, "I want to upgrade to Enterprise.")
    platform.choice = Choice(SALES, 0.9, "Opportunities.", ("opportunities",))
    answer = await ask(platform, "Which opportunities are there?", name=SALES)
    assert answer.text.startswith(
        "Taken over from support-agent: I want to upgrade to Enterprise.\n"
    )


async def test_a_hand_over_is_taken_once() -> None:
    platform = Platform(offered=[FROM_SUPPORT])
    await ask(platform, "Which opportunities are there?", name=SALES)
    answer = await ask(platform, "Which opportunities are there?", name=SALES)
    assert not answer.text.startswith("Taken over")


async def test_a_hand_over_to_another_agent_or_of_another_session_is_left_alone() -> None:
    other = HandOver(SUPPORT, SALES, CUSTOMER, "tuesday", "Else.", MONDAY, "event-1")
    platform = Platform(offered=[FROM_SUPPORT, other])
    for name in (SUPPORT, SRE):
        await ask(platform, LOOKUP_PROMPT, name=name)
    assert platform.taken == []
    await ask(platform, LOOKUP_PROMPT, name=SALES)
    assert platform.taken == ["event-0"]


# Loops


async def test_what_was_handed_over_is_not_handed_back_by_the_classifier() -> None:
    platform = Platform(
        offered=[FROM_SUPPORT], choice=Choice(SUPPORT, 0.9, "It is about a case.", ("case",))
    )
    await ask(platform, "What about my case?", name=SALES)
    assert platform.offered == [FROM_SUPPORT]


async def test_what_was_handed_over_is_not_handed_back_by_the_model() -> None:
    platform = Platform(offered=[FROM_SUPPORT])
    model = scripted(
        platform,
        calling("hand_over", target_agent=SUPPORT, reason="Not mine."),
        AIMessage("Then I shall see to it."),
    )
    answer = await ask(platform, "Hello", model, SALES)
    assert platform.offered == [FROM_SUPPORT]
    assert answer.text.endswith("Then I shall see to it.")


@pytest.mark.parametrize("target", ["nobody", SUPPORT, "", None])
async def test_a_model_hands_over_to_others_alone(target: str | None) -> None:
    platform = Platform()
    model = scripted(
        platform, calling("hand_over", target_agent=target, reason="-"), AIMessage("No.")
    )
    answer = await ask(platform, "Hello", model)
    assert platform.offered == []
    assert answer.text == "No."


# SRE


async def test_sre_reads_and_writes_incidents_as_well() -> None:
    platform = Platform()
    answer = await ask(platform, "Get ticket OPS-1", name=SRE)
    assert sorted(platform.paths) == [f"/customers/{CUSTOMER}/", "/incidents/sre-agent/"]
    kept = sorted((store, actor) for store, actor, _, _ in platform.events)
    assert kept == [("customers", CUSTOMER), ("incidents", "sre-agent")]
    assert "Disk full" in answer.text


async def test_others_leave_incidents_alone() -> None:
    for name in (SUPPORT, SALES):
        platform = Platform()
        await ask(platform, LOOKUP_PROMPT, name=name)
        assert platform.paths == [f"/customers/{CUSTOMER}/"]
        assert [store for store, *_ in platform.events] == ["customers"]


# Who may ask


async def test_who_may_call_no_tool_gets_nothing_read_and_nothing_written() -> None:
    only_search = [one for one in TOOLS if one.name == SEARCH]
    for tools in ([], only_search):
        platform = Platform(tools=tools)
        with pytest.raises(NotPermitted):
            await ask(platform, LOOKUP_PROMPT)
        assert platform.log == []


async def test_without_a_customer_a_conversation_has_a_memory_of_its_own() -> None:
    platform = Platform()
    await ask(platform, LOOKUP_PROMPT, customer=None)
    assert platform.paths == [f"/customers/anonymous-{SESSION}/"]
    assert platform.events[0][1] == f"anonymous-{SESSION}"


async def test_a_token_that_the_gateway_refuses_is_not_tried_again() -> None:
    with pytest.raises(TokenRejected) as refused:
        await UserToken(TOKEN).replace_async(TOKEN)
    assert TOKEN not in str(refused.value)


def test_a_token_does_not_show() -> None:
    assert TOKEN not in repr(UserToken(TOKEN))


@pytest.mark.parametrize(
    ("name", "deletes"),
    [
        ("CRMTools___delete_customer", True),
        ("OtherCrm___PurgeCustomers", True),
        ("delete_customer", True),
        ("CRM___removeContact", True),
        ("CRMTools___lookup_customer", False),
        ("TicketingTools___delete_ticket", False),
        ("DeleteTools___get_customer", False),
    ],
)
def test_a_tool_s_operation_says_whether_it_deletes_customers(name: str, deletes: bool) -> None:
    assert deletes_customers(name) is deletes


async def test_a_tool_that_was_not_listed_is_not_passed_on_whoever_calls_it() -> None:
    platform = Platform()
    tools = UserTools(platform, Journal(), CUSTOMER)
    await tools.list_tools()
    for name in (DELETE, SEARCH, "CRMTools___unheard_of"):
        with pytest.raises(CallRefused, match="Unknown tool"):
            await tools.call(name, {"account_id": CUSTOMER})
    assert platform.called == []


# Memory that fails


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("pending_hand_over", "I could not see whether another agent has handed this over."),
        ("session_history", "I could not look up all that is known of this customer."),
        ("retrieve_context", "I could not look up all that is known of this customer."),
        ("store_interaction", "I could not store a summary of this conversation."),
    ],
)
async def test_an_answer_survives_a_memory_that_fails_and_says_what_is_missing(
    broken: str, said: str
) -> None:
    platform = Platform(broken=frozenset({broken}))
    answer = await ask(platform, LOOKUP_PROMPT)
    assert "Jane Miller" in answer.text
    assert answer.text.endswith(said)
    failed = [one.to_json() for one in answer.actions if one.outcome == "failed"]
    assert [one["code"] for one in failed] == ["memory-unavailable"]


async def test_a_hand_over_that_fails_is_not_said_to_be_one() -> None:
    choice = Choice(SALES, 0.9, "A plan.", ("upgrade",))
    platform = Platform(choice=choice, broken=frozenset({"hand_over"}))
    answer = await ask(platform, "I want to upgrade.")
    assert answer.text == (
        "This is for sales-agent, but I could not hand it over. Please turn to them directly."
    )
    assert "hand-over failed" in actions(answer)


async def test_a_hand_over_that_cannot_be_noted_as_taken_is_said_so() -> None:
    platform = Platform(offered=[FROM_SUPPORT], broken=frozenset({"take_over"}))
    answer = await ask(platform, "Which opportunities are there?", name=SALES)
    assert answer.text.endswith("I could not note that this hand-over is taken.")


async def test_a_hand_over_is_kept_for_the_next_try_if_there_is_no_answer() -> None:
    platform = Platform(offered=[FROM_SUPPORT])
    broken = Model("broken", SlowChat(lines=[]))
    agent = team_agent(platform, broken, SALES, budget_s=0.2)
    with pytest.raises(AnswerTimeout):
        await agent.answer(Request("Go on.", CUSTOMER, SESSION), TOKEN)
    assert platform.taken == []
    assert "could not answer (answer-timeout)" in platform.summaries[0]


# Others that fail


async def test_a_model_that_fails_is_stored_and_named() -> None:
    class Broken(SlowChat):
        async def _agenerate(self, *_: object, **__: object) -> None:  # type: ignore[override]
            raise ConnectionError("refused by 10.0.0.1")

    platform = Platform()
    model = Model("broken", Broken(lines=[]), (ConnectionError,))
    with pytest.raises(ModelUnavailable):
        await ask(platform, "Hello", model)
    assert "could not answer (model-unavailable)" in platform.summaries[0]
    assert "10.0.0.1" not in platform.summaries[0]


async def test_a_gateway_that_is_gone_ends_the_request() -> None:
    class Gone(Platform):
        async def call(self, name: str, arguments: object) -> None:  # type: ignore[override]
            raise GatewayUnreachable("no answer")

    with pytest.raises(GatewayUnreachable):
        await ask(Gone(), LOOKUP_PROMPT)


async def test_requests_at_once_do_not_meet() -> None:
    platform = Platform()
    agent = team_agent(platform)
    requests = [Request(LOOKUP_PROMPT, f"C-{one}", f"s-{one}") for one in range(8)]
    answers = await asyncio.gather(*(agent.answer(one, TOKEN) for one in requests))
    assert len({len(one.actions) for one in answers}) == 1
    assert sorted(actor for _, actor, *_ in platform.events) == sorted(
        one.actor_id for one in requests
    )


async def test_what_was_said_before_is_of_the_same_customer_and_session() -> None:
    said = [Message("USER", "Hello"), Message("ASSISTANT", "support-agent: Hi")]
    platform = Platform(events=[("customers", "OTHER", SESSION, said)])
    model = scripted(platform, AIMessage("Yes?"))
    await ask(platform, "And?", model)
    assert [one.text for one in model.chat.heard[0][1:]] == ["And?"]  # type: ignore[attr-defined]


def test_everyone_hands_over_to_others_alone() -> None:
    for profile in PROFILES.values():
        assert profile.name not in profile.hands_over_to
        assert profile.escalates_to in profile.hands_over_to
