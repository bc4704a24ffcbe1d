"""The same moves by 32 clients at once, 16 of each tenant."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.isolation.canaries import marks
from tests.support.isolation.moves import check
from tests.support.isolation.people import COMPANIES, MANAGERS, Person, of_company, of_team
from tests.support.isolation.sequences import (
    MOVES,
    check_kept,
    first_steps,
    step_of,
)
from tests.support.isolation.world import World

EACH = 16
STEPS = 40

COMPANYS = [
    of_company(company, f"{name}-{number}", MANAGERS[name])
    for number in range(EACH // len(MANAGERS))
    for name in MANAGERS
    for company in COMPANIES
]
TEAMS = [
    of_team(f"{team}-{chr(ord('a') + number)}", tenant=f"{team}-team", role="agent")
    for number in range(EACH)
    for team in ("support", "sales")
]


@pytest.mark.parametrize("people", [COMPANYS, TEAMS], ids=["companies", "teams"])
def test_32_clients_at_once_read_nothing_of_each_other(
    platform: tuple[World, Any], people: list[Person]
) -> None:
    world, control = platform
    world.renew_memories(control)

    def live(who: Person) -> int:
        dice = random.Random(who.name + who.home)  # noqa: S311 - a test's choice
        numbers = (dice.randrange(2**24) for _ in range(STEPS))
        steps = [*first_steps((who,)), *(step_of(number, (who,)) for number in numbers)]
        for step in steps:
            check(step, MOVES[step.move](world, step))
        return len(steps)

    with ThreadPoolExecutor(len(people)) as clients:
        done = list(clients.map(live, people))
    assert len(done) == 2 * EACH
    assert min(done) > STEPS
    world.settle()
    check_kept(world)


def test_no_line_of_a_log_has_what_anybody_wrote(platform: tuple[World, Any]) -> None:
    world, _ = platform
    lines = world.decision_lines()
    assert sum(map(len, lines.values())) == len(world.decided)
    assert marks(str(lines)) == {}
    for home, logged in lines.items():
        assert {line["gateway"].rpartition("/")[2] for line in logged} <= {world.gateways[home]}
