import json
from collections.abc import Callable

import pytest

from localcloud.agentcore.memory.extraction.model_backed import replies
from localcloud.agentcore.memory.extraction.model_backed.replies import MOST_FINDINGS, Unreadable

FACT = '[{"fact": "The user lives in Munich.", "updates": 2}]'
TOO_MANY = json.dumps([{"context": "A", "preference": "B", "categories": ["Munich"] * 11}])
EPISODE = """<episodes><episode number="3"><situation>A</situation><intent>B &amp; C</intent>
<action>
D
</action><assessment>yes</assessment><justification>E</justification></episode></episodes>"""


@pytest.mark.parametrize(
    "reply",
    [
        FACT,
        f"```json\n{FACT}\n```",
        f"Here are the facts:\n```\n{FACT}\n```\nThat is all.",
        f"<think>[none] or one?</think>{FACT}",
        f"Sure [as asked]: {FACT}",
        f"{FACT} (see [1])",
    ],
)
def test_what_surrounds_a_reply_does_not_matter(reply: str) -> None:
    (fact,) = replies.facts(reply)
    assert (fact.fact, fact.updates) == ("The user lives in Munich.", 2)


def test_forms_are_read_with_what_else_is_in_them() -> None:
    assert replies.facts("[]") == []
    (liked,) = replies.preferences(
        '[{"context": "Said\\n so.", "preference": "Tea", "categories": ["food"], "sure": 1}]'
    )
    assert (liked.context, liked.categories, liked.updates) == ("Said so.", ["food"], None)
    told = replies.summary(
        "<topic name=\"A &quot;b&quot;\">x &lt; y</topic><topic name='C'>z</topic>"
    )
    assert [(one.name, one.text) for one in told] == [('A "b"', "x < y"), ("C", "z")]
    (episode,) = replies.episodes(f"```xml\n{EPISODE}\n```")
    assert (episode.number, episode.intent, episode.action) == (3, "B & C", "D")
    assert episode.assessment == "Yes"
    assert replies.episodes("<episodes/>") == replies.episodes("<episodes>\n</episodes>") == []


def test_only_so_many_findings_are_taken() -> None:
    many = json.dumps([{"fact": f"Fact {number}."} for number in range(500)])
    assert len(replies.facts(many)) == MOST_FINDINGS


@pytest.mark.parametrize(
    ("read", "reply", "problem"),
    [
        (replies.facts, "", "there is no JSON list in it"),
        (replies.facts, "The user lives in Munich.", "there is no JSON list in it"),
        (replies.facts, "[Munich]", "there is no JSON list in it"),
        (replies.facts, "[" * 10_000, "there is no JSON list in it"),
        (replies.facts, "Munich " * 5_000, "it is too long"),
        (replies.summary, '<topic name="Munich">\n' * 800, "there is no <topic"),
        (replies.preferences, TOO_MANY, "0.categories: List should have at most 10 items"),
        (replies.facts, '["Munich"]', "0: "),
        (replies.facts, '[{"fakt": "Munich"}]', "0.fact: Field required"),
        (replies.facts, '[{"fact": " "}]', "0.fact: String should have at least 1 character"),
        (replies.facts, f'[{{"fact": "{"Munich " * 900}"}}]', "0.fact: String should have at most"),
        (replies.facts, '[{"fact": 4711}]', "0.fact: Input should be a valid string"),
        (replies.preferences, '[{"context": "Munich"}]', "0.preference: Field required"),
        (replies.summary, "Munich", "there is no <topic"),
        (replies.summary, "<topic>Munich</topic>", "there is no <topic"),
        (replies.summary, '<topic name="Munich"></topic>', "0.text: String should have at least"),
        (replies.episodes, "Munich", "there is no <episodes>"),
        (
            replies.episodes,
            EPISODE.replace("yes", "Munich"),
            "0.assessment: Input should be 'Yes', 'No' or 'Unknown'",
        ),
        (replies.episodes, EPISODE.replace("intent", "Munich"), "0.intent: Field required"),
    ],
)
def test_what_cannot_be_read_is_named_and_not_quoted(
    read: Callable[[str], object], reply: str, problem: str
) -> None:
    with pytest.raises(Unreadable) as unreadable:
        read(reply)
    assert str(unreadable.value).startswith(problem)
    assert "Munich" not in str(unreadable.value)
