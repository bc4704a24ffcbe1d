"""What the sentence model is taught with, and that it is not what search is measured with."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.tool_search import sets
from benchmarks.tool_search.training import teams
from benchmarks.tool_search.training.corpus import numbered
from localcloud.agentcore.gateway.search.texts import spaced
from localcloud.agentcore.model import TOOL_NAME_SEPARATOR
from minilm.embedding import VOCABULARY
from minilm.wordpiece import WordPiece


@pytest.fixture(scope="module")
def taught() -> list[teams.Team]:
    return teams.read()


def test_each_tool_is_asked_for_four_times_and_has_neighbours(taught: list[teams.Team]) -> None:
    assert len(taught) >= 400
    assert min(len(team.tools) for team in taught) >= 8
    assert {len(tool.requests) for team in taught for tool in team.tools} == {4}
    assert all(tool.name and tool.description for team in taught for tool in team.tools)


def test_no_request_is_for_two_tools_of_a_team(taught: list[teams.Team]) -> None:
    for team in taught:
        said = Counter(one.casefold() for tool in team.tools for one in tool.requests)
        assert not [one for one, times in said.items() if times > 1], team.name


@pytest.mark.parametrize("measured", sets.ALL)
def test_nothing_that_search_is_measured_with_is_taught(
    taught: list[teams.Team], measured: str
) -> None:
    asked = sets.read(measured)
    questions = {one.query.casefold() for one in asked.questions}
    targets = {spaced(one.name.partition(TOOL_NAME_SEPARATOR)[0]) for one in asked.tools}
    assert targets.isdisjoint(spaced(team.name) for team in taught)
    assert questions.isdisjoint(
        request.casefold() for team in taught for tool in team.tools for request in tool.requests
    )


def test_a_team_is_numbered_as_search_reads_its_tools() -> None:
    tokens = WordPiece.read(VOCABULARY)
    team = teams.Team(
        "WineCellar", (teams.Tool("open_bottle", "Open one.", ("pour it", "thirsty")),)
    )
    assert numbered(team, tokens) == {
        "tools": [tokens.ids("wine cellar: open bottle. Open one.")],
        "requests": [[tokens.ids("pour it"), 0], [tokens.ids("thirsty"), 0]],
    }


@pytest.mark.parametrize("text", ["# A\na: who comes first?\n", "# A\nget_it, Get it.\na: get\n"])
def test_a_line_that_is_no_tool_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "one.txt").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="not a tool"):
        teams.read(tmp_path)
