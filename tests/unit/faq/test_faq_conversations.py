"""Follow-ups and changes of topic, two turns each, with the FAQ that ships."""

import pytest
from langchain_core.messages import BaseMessage, HumanMessage

from faq.graph import build_faq_graph
from faq.knowledge import shipped
from tests.support.faq import offline

FOLLOW_UPS = [
    ("How do I install an eSIM?", "How much does it cost?", "eSIM"),
    ("How do I install an eSIM?", "Which phones can do that?", "Which phones work with eSIM"),
    ("Do you offer 5G, and what do I need for it?", "How fast is it?", "How fast is 5G"),
    ("Do you offer 5G, and what do I need for it?", "And where is it available?", "Where is 5G"),
    ("Do you offer 5G, and what do I need for it?", "Does it cost extra?", "Do you offer 5G"),
    ("Do you offer 5G, and what do I need for it?", "Does it drain the battery?", "5G drain"),
    (
        "How do I bring my number to Lauki from another company?",
        "how long does that take?",
        "number",
    ),
    ("How do I bring my number to Lauki from another company?", "Is it free?", "bring my number"),
    (
        "How do I bring my number to Lauki from another company?",
        "And if it gets rejected?",
        "transfer rejected",
    ),
    ("Which monthly plans do you offer?", "and for business customers?", "businesses"),
    ("Which monthly plans do you offer?", "What about students?", "student discount"),
    ("Which monthly plans do you offer?", "Which one is the cheapest?", "cheapest plan"),
    ("How do I activate roaming?", "How much is it in the USA?", "roaming cost in the USA"),
    ("How do I activate roaming?", "And how do I turn it off again?", "turn roaming off"),
    ("How do I set up voicemail?", "And how do I turn it off?", "turn off voicemail"),
    ("Can I make calls over Wi-Fi?", "what about abroad?", "calls over Wi-Fi"),
    ("Can I make calls over Wi-Fi?", "does it cost extra?", "calls over Wi-Fi"),
    ("Do you offer home broadband?", "Can I take it with me when I move?", "move house"),
    ("Do you offer home broadband?", "How long does the installation take?", "installation"),
    ("How do I cancel my contract?", "Is there a fee for that?", "fee for leaving early"),
    ("How do I top up my prepaid credit?", "When does it expire?", "prepaid credit expire"),
    ("How do I top up my prepaid credit?", "Can I send it to somebody else?", "send credit"),
    ("Do you have insurance for phones?", "How much is it?", "insurance"),
    ("Can I use my phone as a hotspot for my laptop?", "is it free?", "hotspot"),
    ("When is my bill due, and how can I pay it?", "And if I am late?", "pay late"),
    ("When is my bill due, and how can I pay it?", "Why is it higher than usual?", "higher"),
    ("Do you have TV?", "What does that cost?", "TV"),
    ("How do I reach customer support?", "Which languages do they speak?", "languages"),
]
"""A question, one that goes on with it, and what the question of an entry named for it has."""

NEW_TOPICS = [
    ("How do I activate roaming?", "What is your cheapest plan?", "cheapest plan"),
    ("How do I activate roaming?", "And do you have a student discount?", "student discount"),
    ("How do I install an eSIM?", "How much does delivery cost?", "delivery cost"),
    ("How do I install an eSIM?", "Where is the nearest shop?", "nearest shop"),
    ("How do I install an eSIM?", "Is roaming free in Europe?", "roaming cost in Europe"),
    ("Do you offer 5G, and what do I need for it?", "I forgot my password", "password"),
    ("How do I set up voicemail?", "My phone was stolen", "stolen"),
    ("How do I cancel my contract?", "Do you have TV?", "TV"),
    ("Which monthly plans do you offer?", "Are you hiring?", "work for Lauki"),
    ("How do I top up my prepaid credit?", "How fast is 5G?", "How fast is 5G"),
    ("Do you have insurance for phones?", "How do I reset my router?", "router"),
    ("Do you offer home broadband?", "What is my PUK?", "PUK"),
]
"""A question, one of something else, and what the question of the one entry named for it has."""

OFF_TOPIC = [
    ("How do I install an eSIM?", "Who won the game?"),
    ("How do I activate roaming?", "Can it bake a cake?"),
    ("Do you have TV?", "Do they sell pizza?"),
    ("Do you have TV?", "Thanks a lot!"),
    ("How do I cancel my contract?", "How tall is it?"),
    ("Do you offer home broadband?", "And what is the weather like there?"),
]


async def sources(*questions: str) -> list[str]:
    """Ask one after the other; return the questions of the entries the last answer names."""
    graph = build_faq_graph(offline(), shipped())
    said: list[BaseMessage] = []
    named: list[str] = []
    for one in questions:
        state = await graph.ainvoke({"messages": [*said, HumanMessage(one)]})
        said += [HumanMessage(one), state["messages"][-1]]
        named = [hit.entry.question for hit in state["sources"]]
    return named


@pytest.mark.parametrize(("first", "then", "about"), FOLLOW_UPS)
async def test_a_follow_up_is_understood(first: str, then: str, about: str) -> None:
    assert any(about in one for one in await sources(first, then))


@pytest.mark.parametrize(("first", "then", "about"), NEW_TOPICS)
async def test_a_new_topic_is_not_bent_to_the_old_one(first: str, then: str, about: str) -> None:
    [named] = await sources(first, then)
    assert about in named


@pytest.mark.parametrize(("first", "then"), OFF_TOPIC)
async def test_nothing_is_made_up_for_what_the_faq_does_not_have(first: str, then: str) -> None:
    assert await sources(first, then) == []


async def test_a_follow_up_of_a_vague_answer_keeps_the_topic() -> None:
    named = await sources("How do I install an eSIM?", "How much does it cost?", "Is it free?")
    assert all("eSIM" in one for one in named)
    assert named


@pytest.mark.parametrize("vague", ["How much does it cost?", "how long does that take?"])
async def test_without_a_topic_a_vague_question_has_no_one_answer(vague: str) -> None:
    named = await sources(vague)
    assert len(named) != 1
    assert not any("eSIM" in one for one in named)
