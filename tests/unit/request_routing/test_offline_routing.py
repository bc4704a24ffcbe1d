"""What the offline classifier says beside the team, and what its parts do."""

from pathlib import Path

import numpy as np
import pytest

from request_routing.__main__ import main
from request_routing.classifier import (
    FINANCE,
    SALES,
    SRE,
    SUPPORT,
    SURE,
    Choice,
    Classifier,
    offline_classifier,
)
from request_routing.errors import TeamsUnreadable
from request_routing.likeness import Likeness
from request_routing.teams import Team, read_teams, read_vectors
from request_routing.vocabulary import Heard, Vocabulary

TEAMS = (
    Team("a", "this", ("refund", "on-call", "both"), ("one", "two")),
    Team("b", "that", ("outage", "down", "both", "invoice"), ("three",)),
)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return offline_classifier()


@pytest.mark.parametrize(
    ("prompt", "agent"),
    [
        ("the sales page is down", SRE),
        ("I want a refund for the plan I bought", FINANCE),
        ("who can explain my upgrade options", SALES),
        ("somebody has locked me out of my account", SUPPORT),
    ],
)
def test_another_team_s_words_do_not_lead_astray(
    classifier: Classifier, prompt: str, agent: str
) -> None:
    choice = classifier.classify(prompt)
    assert (choice.agent, choice.is_sure) == (agent, True)


def test_a_choice_says_what_decided(classifier: Classifier) -> None:
    choice = classifier.classify("Please refund the last payment")
    assert choice.evidence[:2] == ("refund", "payment")
    phrases = choice.evidence[2:]
    assert phrases
    assert {*phrases} <= {*next(team for team in read_teams() if team.name == FINANCE).phrases}
    assert choice.reason.startswith("It is about invoices, payments, refunds and taxes: it says")
    assert all(f'"{one}"' in choice.reason for one in choice.evidence)


@pytest.mark.parametrize(
    "prompt", ["hello there", "What is the weather like?", "...", "\u8bf7\u95ee", "zzz"]
)
def test_what_is_for_nobody_goes_to_support_and_is_not_sure(
    classifier: Classifier, prompt: str
) -> None:
    choice = classifier.classify(prompt)
    assert (choice.agent, choice.is_sure) == (SUPPORT, False)
    assert choice.reason.endswith(".")


def test_the_same_prompt_gets_the_same_choice_in_any_process_state(classifier: Classifier) -> None:
    prompt = "our invoice shows an error"
    assert classifier.classify(prompt) == classifier.classify(prompt)
    assert classifier.classify(prompt) == offline_classifier().classify(prompt)


def test_a_long_letter_is_classified_too(classifier: Classifier) -> None:
    choice = classifier.classify("The whole site is down for everybody. " * 250)
    assert choice.agent == SRE


@pytest.mark.parametrize(("confidence", "sure"), [(SURE, True), (SURE - 0.01, False)])
def test_a_choice_is_followed_from_one_half_on(confidence: float, sure: bool) -> None:
    assert Choice(SALES, confidence, "why").is_sure is sure


def heard(text: str) -> list[Heard]:
    return list(Vocabulary(TEAMS).heard(text))


def test_words_are_heard_in_the_plural_and_side_by_side() -> None:
    assert heard("Refunds, please") == [Heard(0, "refunds", 1)]
    assert heard("who is on-call") == heard("who is on call") == [Heard(0, "on call", 1)]
    assert heard("a call on Monday") == []


def test_a_word_of_two_teams_counts_half_for_each() -> None:
    assert heard("both") == [Heard(0, "both", 0.5), Heard(1, "both", 0.5)]


@pytest.mark.parametrize(
    ("written", "is_meant"),
    [
        ("dwon", True),  # swapped
        ("refnd", True),  # one too few
        ("outtage", True),  # one too many
        ("invoixe", True),  # one wrong
        ("dawn", False),  # one wrong in a short word
        ("ownd", False),  # swapped, and more
        ("unvoice", False),  # the first letter
        ("refined", False),  # two
        ("do", False),
    ],
)
def test_a_slip_of_the_finger_is_forgiven_where_it_is_hardly_another_word(
    written: str, is_meant: bool
) -> None:
    assert [one.written for one in heard(written)] == ([written] if is_meant else [])


def test_a_text_like_a_team_s_phrases_scores_for_it_and_against_the_others() -> None:
    vectors = np.eye(4, dtype=np.float32)
    likeness = Likeness(vectors[:3], [0, 0, 1], 2)
    first, other = (likeness.added(vectors[place : place + 1]).sum(axis=0) for place in (0, 2))
    assert first[0] > first[1]
    assert other[1] > other[0]
    assert likeness.added(vectors[:1])[0, 0] == likeness.added(vectors[:1])[:, 0].max()


@pytest.mark.parametrize("text", ["not toml", "[[team]]\nname = 'a'", "[other]"])
def test_a_file_that_is_no_description_of_teams_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "teams.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TeamsUnreadable, match=r"teams\.toml"):
        read_teams(path)


def test_vectors_of_other_phrases_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "phrases.npy"
    with pytest.raises(TeamsUnreadable, match="no vectors"):
        read_vectors(TEAMS, path)
    np.save(path, np.zeros((2, 384)))
    with pytest.raises(TeamsUnreadable, match="other phrases"):
        read_vectors(TEAMS, path)


def test_a_command_says_where_requests_would_go(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["the sales page is down", "hello"]) == 0
    sure, unsure = capsys.readouterr().out.splitlines()
    assert sure.startswith("sre-agent (0.99): It is about outages")
    assert unsure.startswith("support-agent, unsure (0.0")
    assert main([]) == 2
    assert "python -m request_routing" in capsys.readouterr().err
