"""How many requests get to their team, as a floor, and rules for the sets it is measured with.

The hold-out is asked by `make bench` alone.
"""

from collections import Counter

import numpy as np
import pytest

from benchmarks.request_routing import quality, requests
from benchmarks.request_routing.quality import Routed
from benchmarks.request_routing.requests import EVALUATION, HOLDOUT, SETS, Labelled
from benchmarks.request_routing.routers import AlwaysDefault, Keywords, NearestPhrase, Ours
from minilm.embedding import Embedder
from request_routing.build_index import embedded
from request_routing.classifier import AGENTS, DEFAULT_AGENT, SRE, SUPPORT
from request_routing.teams import NOBODY, read_teams, read_vectors

ACCURACY = 0.9
ALL = [one for name in SETS for one in requests.read(name)]


def bare(text: str) -> str:
    """Return a text's letters and digits: what makes two sentences the same."""
    return "".join(one for one in text.casefold() if one.isalnum())


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


def test_nine_of_ten_requests_get_to_their_team_and_of_each_team_most(embedder: Embedder) -> None:
    routed = quality.route(Ours(embedder), requests.read(EVALUATION))
    wrong = [(one.request.text, one.agent) for one in routed if not one.right]
    assert (quality.accuracy(routed) or 0) >= ACCURACY, wrong
    assert all((quality.recall(routed, team) or 0) >= 0.85 for team in AGENTS), wrong


def test_more_than_by_keywords_or_by_the_nearest_phrase(embedder: Embedder) -> None:
    asked = requests.read(EVALUATION)
    ours = quality.accuracy(quality.route(Ours(embedder), asked)) or 0
    for other in (Keywords(), NearestPhrase(embedder), AlwaysDefault()):
        assert ours > (quality.accuracy(quality.route(other, asked)) or 0)


def test_confidences_come_true(embedder: Embedder) -> None:
    ours = Ours(embedder)
    choices = [(ours.choose(one.text), one.team) for one in requests.read(EVALUATION)]
    sure = [choice.agent == team for choice, team in choices if choice.confidence >= 0.95]
    unsure = [choice.agent == team for choice, team in choices if choice.confidence < 0.8]
    assert np.mean(sure) >= 0.95
    assert np.mean(unsure) < 0.85


def test_there_are_enough_requests_for_each_team_and_of_each_kind() -> None:
    assert [len(requests.read(name)) for name in (EVALUATION, HOLDOUT)] == [166, 40]
    of_teams = Counter(one.team for one in requests.read(EVALUATION))
    assert of_teams.keys() == set(AGENTS)
    assert min(of_teams.values()) >= 40
    assert {one.kind for one in ALL} == set(requests.KINDS)
    assert {one.team for one in ALL if one.kind == "offtopic"} == {DEFAULT_AGENT}


def test_no_request_is_asked_twice_or_is_a_phrase_of_a_team() -> None:
    asked = [bare(one.text) for one in ALL]
    assert len(set(asked)) == len(asked)
    phrases = {bare(phrase) for team in read_teams() for phrase in team.phrases}
    assert phrases.isdisjoint(asked)


def test_teams_are_the_agents_and_nobody_and_no_phrase_is_there_twice() -> None:
    teams = read_teams()
    assert [team.name for team in teams] == [*AGENTS, NOBODY]
    phrases = [bare(phrase) for team in teams for phrase in team.phrases]
    assert len(set(phrases)) == len(phrases)


def test_the_vectors_that_are_shipped_are_those_of_the_phrases(embedder: Embedder) -> None:
    teams = read_teams()
    assert np.allclose(read_vectors(teams), embedded(teams, embedder), atol=1e-3)


def test_shares_are_counted_over_all_requests_and_over_those_of_a_team() -> None:
    down = Labelled("trap", "The sales page is down", SRE)
    routed = [
        Routed(down, SRE),
        Routed(down, SUPPORT),
        Routed(Labelled("vague", "hi", SUPPORT), SUPPORT),
    ]
    assert quality.accuracy(routed) == pytest.approx(2 / 3)
    assert (quality.recall(routed, SRE), quality.recall(routed, SUPPORT)) == (0.5, 1.0)
    assert quality.recall(routed, "sales-agent") is None
    assert [quality.band(one) for one in (0.0, 0.5, 0.94, 0.95, 1.0)] == [0, 1, 2, 3, 3]


def test_keywords_go_by_the_first_list_that_has_one() -> None:
    asked = ("Refund my plan", "My invoice", "It is down", "Hello")
    found = [Keywords().route(one) for one in asked]
    assert found == ["sales-agent", "finance-agent", "sre-agent", "support-agent"]
