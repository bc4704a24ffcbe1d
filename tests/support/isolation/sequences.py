"""Who can make which move, and what is to be there when all are made."""

from collections.abc import Mapping

from tests.support.isolation.agent_moves import AGENT_MOVES
from tests.support.isolation.memory_moves import MEMORY_MOVES
from tests.support.isolation.moves import Move
from tests.support.isolation.people import COMPANIES, Person
from tests.support.isolation.tool_moves import TOOL_MOVES
from tests.support.isolation.world import World

MOVES: Mapping[str, Move] = {**TOOL_MOVES, **AGENT_MOVES, **MEMORY_MOVES}


def moves_of(who: Person) -> tuple[str, ...]:
    """Return the names of the moves of a person: a team's people reach no memory themselves."""
    names = MOVES if who.is_of_a_company else {**TOOL_MOVES, **AGENT_MOVES}
    return tuple(names)


def check_kept(world: World) -> None:
    """See that every company finds the events it wrote in their sessions, and no others."""
    for company in COMPANIES:
        sessions: dict[tuple[str, str, str], set[str]] = {}
        for memory_id, actor_id, session_id, event_id in world.kept[company]:
            sessions.setdefault((memory_id, actor_id, session_id), set()).add(event_id)
        for (memory_id, actor_id, session_id), written in sessions.items():
            pages = world.data[company].get_paginator("list_events")
            names = {"memoryId": memory_id, "actorId": actor_id, "sessionId": session_id}
            listed = {one["eventId"] for page in pages.paginate(**names) for one in page["events"]}
            assert listed == written, (company, names)
