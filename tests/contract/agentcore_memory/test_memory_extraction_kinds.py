"""What each kind of strategy makes of a conversation."""

import re

import pytest

from tests.support.memory_plane import Client, MemoryLaptop
from tests.support.memory_records import EPISODIC, PREFERENCES, SUMMARY, long_term

RESET = "How do I reset my password?"
STEPS = "Open Settings, choose Security, then Reset password."
WAYS_TO_ASK = (
    "How do I reset my password?",
    "I forgot my password, how can I reset it?",
    "How can the password be reset?",
)


def element(name: str, text: str) -> str:
    match = re.search(f"<{name}>(.*?)</{name}>", text)
    assert match is not None, text
    return match[1]


@pytest.mark.fidelity("memory.extraction.preference")
def test_a_preference_is_kept_as_json_with_its_context(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    memory = long_term(laptop, clients, PREFERENCES)
    memory.talk("I prefer email over phone calls, please.", "Noted. I like phones.")
    assert memory.preferences() == [
        {
            "context": 'The user said: "I prefer email over phone calls, please."',
            "preference": "Prefers email over phone calls",
            "categories": ["communication", "technology"],
        }
    ]
    assert memory.found("How should we contact the user?") == memory.texts()


@pytest.mark.fidelity("memory.extraction.preference")
def test_a_taste_that_changed_takes_the_place_of_the_old(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    memory = long_term(laptop, clients, PREFERENCES)
    memory.tell("I like tea.", "My favourite colour is blue.")
    memory.tell("I no longer like tea.", "My favorite colour is red.", session_id="tuesday")
    assert [one["preference"] for one in memory.preferences()] == [
        "Does not like tea",
        "Favourite colour: red",
    ]


@pytest.mark.fidelity("memory.extraction.summary")
def test_a_session_has_one_summary_which_grows_by_topics(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    memory = long_term(laptop, clients, SUMMARY)
    memory.talk(RESET, STEPS)
    (first,) = memory.records("/sums/ann/monday/")
    memory.talk("The password mail never arrived <hm>.", "I sent it again.")
    memory.talk("I want to upgrade to the Enterprise plan.", "Sales will call.")
    (summary,) = memory.records("/sums/ann/monday/")
    assert summary["memoryRecordId"] == first["memoryRecordId"]
    assert summary["content"]["text"] == (
        '<topic name="reset password">\n'
        f'The user said: "{RESET}"\n'
        f'The assistant said: "{STEPS}"\n'
        'The user said: "The password mail never arrived &lt;hm&gt;."\n'
        'The assistant said: "I sent it again."\n'
        "</topic>\n"
        '<topic name="upgrade enterprise plan">\n'
        'The user said: "I want to upgrade to the Enterprise plan."\n'
        'The assistant said: "Sales will call."\n'
        "</topic>"
    )


@pytest.mark.fidelity("memory.extraction.summary")
def test_sessions_in_one_namespace_are_summarised_apart(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    strategy = {"name": "Sums", "namespaceTemplates": ["/summaries/"]}
    memory = long_term(laptop, clients, {"summaryMemoryStrategy": strategy})
    for session_id in ("monday", "tuesday"):
        memory.talk(RESET, STEPS, session_id=session_id)
    assert len(memory.records("/summaries")) == 2


@pytest.mark.fidelity("memory.extraction.episodic")
def test_an_exchange_becomes_an_episode_and_learns_how_it_ended(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    memory = long_term(laptop, clients, EPISODIC)
    memory.tell(RESET)
    assert memory.texts() == []
    memory.tell(payload=[{"conversational": {"role": "ASSISTANT", "content": {"text": STEPS}}}])
    (before,) = memory.records("/eps/ann/monday/")
    assert element("assessment", before["content"]["text"]) == "Unknown"
    memory.talk("Thanks, that worked!", "You are welcome.")
    (after,) = memory.records("/eps/ann/monday/")
    assert after["memoryRecordId"] == before["memoryRecordId"]
    text = after["content"]["text"]
    assert element("intent", text) == f'The user said: "{RESET}"'
    assert element("action", text) == f'The assistant said: "{STEPS}"'
    assert element("assessment", text) == "Yes"
    assert "Thanks, that worked!" in element("justification", text)


@pytest.mark.fidelity("memory.extraction.episodic")
def test_what_did_not_help_is_said_so(laptop: MemoryLaptop, clients: tuple[Client, Client]) -> None:
    memory = long_term(laptop, clients, EPISODIC)
    memory.talk(RESET, STEPS, "That does not work.", "Oh.")
    assert [element("assessment", text) for text in memory.texts()] == ["No"]


@pytest.mark.fidelity("memory.extraction.reflection")
def test_episodes_that_agree_make_one_reflection(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    memory = long_term(laptop, clients, EPISODIC)
    for number, question in enumerate(WAYS_TO_ASK):
        assert "<reflection>" not in "".join(memory.texts())
        memory.talk(question, STEPS, session_id=f"s-{number}")
    memory.talk("Where is my parcel?", "It is on its way.", session_id="s-8")
    (reflection,) = [one for one in memory.records() if "<reflection>" in one["content"]["text"]]
    assert reflection["namespaces"] == ["/eps/ann/"]
    text = reflection["content"]["text"]
    assert all(f'"{question}"' in element("use_cases", text) for question in WAYS_TO_ASK)
    assert element("hints", text) == f'It was answered: "{STEPS}"'
    memory.talk("How is a password reset?", STEPS, session_id="s-9")
    again = [one for one in memory.records() if "<reflection>" in one["content"]["text"]]
    assert [one["memoryRecordId"] for one in again] == [reflection["memoryRecordId"]]


@pytest.mark.fidelity("memory.extraction.reflection")
def test_episodes_that_failed_teach_nothing(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    memory = long_term(laptop, clients, EPISODIC)
    for number, question in enumerate(WAYS_TO_ASK):
        memory.talk(question, STEPS, "That does not work.", "Oh.", session_id=f"s-{number}")
    assert len(memory.texts()) == 3
    assert "<reflection>" not in "".join(memory.texts())


@pytest.mark.fidelity("memory.extraction.reflection")
def test_reflections_stay_with_their_episodes_unless_another_place_is_named(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    strategy = {"name": "Eps", "namespaceTemplates": ["/eps/{actorId}/"]}
    memory = long_term(laptop, clients, {"episodicMemoryStrategy": strategy})
    for number, question in enumerate(WAYS_TO_ASK):
        memory.talk(question, STEPS, session_id=f"s-{number}")
    assert {one["namespaces"][0] for one in memory.records()} == {"/eps/ann/"}
    assert len([text for text in memory.texts() if "<reflection>" in text]) == 1
