"""Who can make which move, and what is to be there when all are made."""

from collections.abc import Iterator, Mapping, Sequence

from tests.support.isolation.agent_moves import AGENT_MOVES
from tests.support.isolation.memory_moves import MEMORY_MOVES
from tests.support.isolation.moves import Move, Step
from tests.support.isolation.people import COMPANIES, PEOPLE, Person
from tests.support.isolation.tool_moves import TOOL_MOVES
from tests.support.isolation.world import World

PICKS = 60
"""So many things to pick from: a multiple of all that moves divide it by."""

MOVES: Mapping[str, Move] = {**TOOL_MOVES, **AGENT_MOVES, **MEMORY_MOVES}


FIRST = {
    "create an event": (0, 3),
    "create records": (0, 3),
    "hand over": (0, 1),
    "list records": (3,),
    "list events": (0, 3),
    "open a ticket": (0,),
    "send a message": (0,),
    "ask an agent": (0,),
}
"""Moves, each with what is picked, after which there is something of everything to find.

An even pick leads into the memory of the company, an odd one into the pool.
"""


def first_steps(people: Sequence[Person] = PEOPLE) -> Iterator[Step]:
    """Yield what people do before anybody goes astray."""
    for who in people:
        for move in (one for one in FIRST if one in moves_of(who)):
            for pick in FIRST[move]:
                yield Step(who, move, pick, astray=False)


def moves_of(who: Person) -> tuple[str, ...]:
    """Return the names of the moves of a person: a team's people reach no memory themselves."""
    names = MOVES if who.is_of_a_company else {**TOOL_MOVES, **AGENT_MOVES}
    return tuple(names)


def step_of(number: int, people: Sequence[Person] = PEOPLE) -> Step:
    """Return the step that a number stands for."""
    number, person = divmod(number, len(people))
    who = people[person]
    moves = moves_of(who)
    number, move = divmod(number, len(moves))
    pick, astray = divmod(number, 2)
    return Step(who, moves[move], pick % PICKS, bool(astray))


def check_kept(world: World) -> None:
    """See that every company finds the events it wrote in their sessions, and no others."""
    for company in COMPANIES:
        sessions: dict[tuple[str, str, str], set[str]] = {}
        for memory_id, actor_id, session_id, event_id in world.written[company]:
            sessions.setdefault((memory_id, actor_id, session_id), set()).add(event_id)
        for (memory_id, actor_id, session_id), written in sessions.items():
            pages = world.data[company].get_paginator("list_events")
            names = {"memoryId": memory_id, "actorId": actor_id, "sessionId": session_id}
            listed = {one["eventId"] for page in pages.paginate(**names) for one in page["events"]}
            gone = {key[3] for key in world.deleted if key[:3] == (memory_id, actor_id, session_id)}
            assert listed == written - gone, (company, names)
