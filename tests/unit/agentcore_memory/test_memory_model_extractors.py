"""What the model's replies become, and what happens when they are none."""

import json

import pytest

from assistant.errors import ModelUnavailable
from assistant.models import Model
from localcloud.agentcore.memory.extraction.episodes import Episodes
from localcloud.agentcore.memory.extraction.model import Extractor, Finding, Heard, Turn
from localcloud.agentcore.memory.extraction.model_backed import prompts, replies
from localcloud.agentcore.memory.extraction.model_backed.asking import (
    Asking,
    ModelFailed,
    ReplyUnusable,
)
from localcloud.agentcore.memory.extraction.model_backed.choice import (
    extractors_of,
    model_extractors,
)
from localcloud.agentcore.memory.extraction.semantic import Facts
from localcloud.agentcore.memory.extraction.summaries import MAX_CHARACTERS, Summaries
from localcloud.agentcore.memory.records.model import Record
from tests.support.agent_tools import ScriptedChat
from tests.support.faq import BrokenChat
from tests.support.memory_known import NOW, KnownRecords
from tests.support.memory_model import asking

SAID = (Turn("USER", "I moved to Berlin."), Turn("ASSISTANT", "Noted."))
HEARD = Heard("ann", "s", SAID)
KNOWN = KnownRecords([Record("mem-1", "Long-1", "The user lives in Munich.", NOW, NOW)])


def extractor(kind: str, *said: str) -> tuple[Extractor, ScriptedChat]:
    asks, chat = asking(*said)
    return model_extractors(asks)[kind], chat


def topic(name: str, text: str) -> str:
    return f'<topic name="{name}">\n{text}\n</topic>'


def episode(number: int, assessment: str = "Unknown") -> str:
    parts = {
        "situation": "A",
        "intent": f"Intent {number}",
        "action": "B",
        "assessment": assessment,
        "justification": "C & D",
    }
    lines = "".join(f"<{name}>{text}</{name}>" for name, text in parts.items())
    return f'<episodes><episode number="{number}">{lines}</episode></episodes>'


async def test_a_fact_is_a_sentence_and_takes_the_place_of_the_record_it_updates() -> None:
    found = [
        {"fact": "The user lives in Berlin.", "updates": 1},
        {"fact": "The user moved.", "updates": 1},
        {"fact": "Berlin is a city.", "updates": 7},
    ]
    facts, chat = extractor("SEMANTIC", json.dumps(found))
    assert await facts.extract(HEARD, KNOWN) == [
        Finding("The user lives in Berlin.", "The user lives in Berlin.", replaces="mem-1"),
        Finding("The user moved.", "The user moved."),
        Finding("Berlin is a city.", "Berlin is a city."),
    ]
    assert '<record number="1">The user lives in Munich.</record>' in chat.heard[0][1].text


async def test_a_preference_is_json_as_without_a_model() -> None:
    found = {"context": "Said so.", "preference": "Prefers café", "categories": ["food"]}
    preferences, _ = extractor("USER_PREFERENCE", json.dumps([{**found, "updates": 1}]))
    (one,) = await preferences.extract(HEARD, KNOWN)
    assert json.loads(one.text) == found
    assert (one.meaning, one.replaces, one.slot) == ("Prefers café", "mem-1", None)


@pytest.mark.parametrize("kind", ["SEMANTIC", "USER_PREFERENCE"])
async def test_where_the_user_says_nothing_nobody_is_asked(kind: str) -> None:
    extracts, chat = extractor(kind, "[]")
    assert await extracts.extract(Heard("ann", "s", SAID[1:], SAID), KNOWN) == []
    assert chat.heard == []


async def test_a_summary_grows_by_topics_that_are_new_and_those_that_go_on() -> None:
    known = KnownRecords()
    summaries, chat = extractor(
        "SUMMARIZATION",
        topic("Home", "Ann lives in Munich.") + topic("Tea", "Ann likes tea &amp; milk."),
        topic("Home", "Ann lived in Munich, and\n\nnow in Berlin.") + topic("Cats", "She has two."),
    )
    for _ in range(2):
        (found,) = await summaries.extract(HEARD, known)
        known.learn(found)
    assert found.text == "\n".join(
        (
            topic("Tea", "Ann likes tea &amp; milk."),
            topic("Home", "Ann lived in Munich, and\nnow in Berlin."),
            topic("Cats", "She has two."),
        )
    )
    assert (found.slot, found.merges) == ("ann s", False)
    first, second = (heard[1].text for heard in chat.heard)
    assert "Munich" not in first
    assert "Ann lives in Munich." in second
    assert second.count("I moved to Berlin.") == 1


async def test_a_summary_goes_on_whether_a_model_is_asked_or_not() -> None:
    known = KnownRecords()
    known.learn((await Summaries().extract(HEARD, known))[0])
    summaries, _ = extractor("SUMMARIZATION", topic("Cats", "Ann has two cats."))
    known.learn((await summaries.extract(HEARD, known))[0])
    later = Heard("ann", "s", (Turn("USER", "My cats sleep."),))
    (last,) = await Summaries().extract(later, known)
    assert last.text == "\n".join(
        (
            topic(
                "moved berlin", 'The user said: "I moved to Berlin."\nThe assistant said: "Noted."'
            ),
            topic("Cats", 'Ann has two cats.\nThe user said: "My cats sleep."'),
        )
    )


async def test_a_summary_of_a_model_never_outgrows_a_record() -> None:
    known = KnownRecords()
    for number in range(9):
        summaries, _ = extractor("SUMMARIZATION", topic(f"T{number}{'&' * 90}", "&" * 3_000))
        (found,) = await summaries.extract(HEARD, known)
        known.learn(found)
        assert f"T{number}" in found.text
        assert len(found.text) <= MAX_CHARACTERS


async def test_an_episode_is_xml_in_the_record_it_has_without_a_model() -> None:
    turns = (Turn("USER", "How?"), Turn("ASSISTANT", "So."))
    heard = Heard("ann", "s", turns)
    (plain,) = await Episodes().extract(heard, KnownRecords())
    episodes, _ = extractor("EPISODIC", episode(0, "Yes"))
    (told,) = await episodes.extract(heard, KnownRecords())
    assert told.text == (
        "<episode>\n<situation>A</situation>\n<intent>Intent 0</intent>\n<action>B</action>\n"
        "<assessment>Yes</assessment>\n<justification>C &amp; D</justification>\n</episode>"
    )
    assert (told.slot, told.merges, told.notes.keys()) == (plain.slot, False, plain.notes.keys())
    assert told.meaning == "Intent 0"


EARLIER = (
    *(Turn("USER", "How?"), Turn("ASSISTANT", "So.")),
    *(Turn("USER", "Why?"), Turn("ASSISTANT", "Because.")),
)
LATER = Heard("ann", "s", (Turn("USER", "Brilliant, the door opens!"),), EARLIER)


async def test_an_exchange_is_told_again_when_the_user_says_more_and_others_are_not() -> None:
    known = KnownRecords()
    for one in await Episodes().extract(Heard("ann", "s", EARLIER), known):
        known.learn(one)
    episodes, chat = extractor("EPISODIC", episode(0) + episode(1, "Yes"))
    (told,) = await episodes.extract(LATER, known)
    assert told.notes == {"intent": "Intent 1", "action": "B", "assessment": "Yes"}
    assert chat.heard[0][1].text.count(" number=") == 1


async def test_an_exchange_that_has_no_episode_gets_none_by_what_is_said_later() -> None:
    episodes, chat = extractor("EPISODIC", episode(1, "Yes"))
    assert await episodes.extract(LATER, KnownRecords()) == []
    assert chat.heard == []


async def test_a_summary_that_is_deleted_while_the_model_is_asked_begins_anew() -> None:
    class Forgetful(KnownRecords):
        """Forgets everything with the first look."""

        def about(self, slot: str) -> Record | None:
            found = super().about(slot)
            self.records.clear()
            return found

    known = Forgetful()
    known.learn((await Summaries().extract(HEARD, KnownRecords()))[0])
    summaries, chat = extractor("SUMMARIZATION", topic("Cats", "Ann has two cats."))
    (found,) = await summaries.extract(HEARD, known)
    assert "I moved to Berlin." in chat.heard[0][1].text.partition("</known>")[0]
    assert found.text == topic("Cats", "Ann has two cats.")


async def test_before_the_assistant_has_answered_there_is_no_episode_to_ask_for() -> None:
    episodes, chat = extractor("EPISODIC", episode(0))
    assert await episodes.extract(Heard("ann", "s", SAID[:1]), KnownRecords()) == []
    assert chat.heard == []


async def test_a_reply_that_cannot_be_read_is_asked_for_once_more() -> None:
    asks, chat = asking("I think: Munich.", '[{"fact": "Good."}]')
    prompt = prompts.facts(HEARD, [])
    (fact,) = await asks.ask(prompt, replies.facts)
    assert fact.fact == "Good."
    roles = [[message.type for message in heard] for heard in chat.heard]
    assert roles == [["system", "human"], ["system", "human", "ai", "human"]]
    *_, shown, again = chat.heard[1]
    assert shown.text == "I think: Munich."
    assert "could not be read: there is no JSON list in it." in again.text


@pytest.mark.parametrize("reply", ["", "Munich " * 1_000])
async def test_a_second_reply_that_cannot_be_read_is_the_last(reply: str) -> None:
    asks, chat = asking(reply)
    with pytest.raises(ReplyUnusable) as unusable:
        await asks.ask(prompts.facts(HEARD, []), replies.facts)
    assert str(unusable.value) == (
        "The reply of scripted could not be read, twice: there is no JSON list in it"
    )
    assert len(chat.heard) == 2
    assert 0 < len(chat.heard[1][2].text) <= 4_000


async def test_a_model_that_fails_is_named_with_its_error_and_nothing_it_said() -> None:
    asks = Asking(Model("groq:some", BrokenChat(lines=[]), (ConnectionError,)))
    with pytest.raises(ModelFailed) as failed:
        await asks.ask(prompts.facts(HEARD, []), replies.facts)
    assert str(failed.value) == "groq:some did not answer: ConnectionError"


async def test_a_bug_is_not_taken_for_a_failure_of_the_model() -> None:
    asks = Asking(Model("groq:some", BrokenChat(lines=[]), (TimeoutError,)))
    with pytest.raises(ConnectionError):
        await asks.ask(prompts.facts(HEARD, []), replies.facts)


@pytest.mark.fidelity("memory.extraction.model")
def test_without_a_name_nobody_is_asked_whatever_keys_there_are() -> None:
    extractors = extractors_of("offline", {"GROQ_API_KEY": "k", "AGENT_MODEL": "groq:some"})
    assert isinstance(extractors["SEMANTIC"], Facts)


@pytest.mark.fidelity("memory.extraction.model")
def test_a_model_is_named_in_the_forms_that_agents_have() -> None:
    kinds = extractors_of("groq:some", {"GROQ_API_KEY": "k"})
    assert kinds.keys() == extractors_of("offline", {}).keys()
    path = "class:langchain_core.language_models:FakeListChatModel"
    assert extractors_of(path, {"MEMORY_MODEL_OPTIONS": '{"responses": ["[]"]}'})
    with pytest.raises(ModelUnavailable, match="MEMORY_MODEL_OPTIONS"):
        extractors_of(path, {"AGENT_MODEL_OPTIONS": '{"responses": ["[]"]}'})
    with pytest.raises(ModelUnavailable, match=r"^MEMORY_MODEL is 'nonsense'"):
        extractors_of("nonsense", {})
