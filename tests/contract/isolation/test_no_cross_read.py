"""Any sequence of calls, with others' ids, tokens and names too: nobody reads what is another's."""

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from tests.support.isolation.agent_moves import tell
from tests.support.isolation.canaries import marks
from tests.support.isolation.moves import Step, check_alone
from tests.support.isolation.people import PEOPLE, of_team
from tests.support.isolation.sequences import MOVES, check_kept, first_steps, step_of
from tests.support.isolation.world import World

steps = some.integers(0, 2**24 - 1).map(step_of)
"""One number each, all alike likely: several narrow ones would be the same few again and again."""


@pytest.mark.fidelity("agentcore-runtime.session.user")
def test_whoever_may_ask_an_agent_and_names_a_session_is_in_it(platform: tuple[World, Any]) -> None:
    world, _ = platform
    support, sales = (
        of_team(f"{team}-user", tenant=f"{team}-team") for team in ("support", "sales")
    )
    first, second = "first".ljust(33, "0"), "second".ljust(33, "0")
    assert tell(world, support, first, "one") == ["one"]
    assert tell(world, sales, second, "two") == ["two"]
    assert tell(world, sales, first, "three") == ["one", "three"]


def test_no_sequence_of_calls_reads_across_tenants(platform: tuple[World, Any]) -> None:
    world, control = platform

    @settings(
        deadline=None,
        derandomize=True,
        database=None,
        max_examples=40,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @example([Step(PEOPLE[0], "move records", 1, astray=True)])  # from where it may not be read
    @given(some.lists(steps, min_size=60, max_size=60))
    def run(sequence: list[Step]) -> None:
        world.renew_memories(control)
        for step in (*first_steps(), *sequence):
            check_alone(world, step, MOVES[step.move])
        check_kept(world)

    run()
    lines = world.decision_lines()
    assert sum(map(len, lines.values())) == len(world.decided)
    for home, logged in lines.items():
        assert marks(str(logged)) == {}, home
        assert {line["gateway"].rpartition("/")[2] for line in logged} == {world.gateways[home]}
