"""Moves in memories: a company's own, the other's, and the pool where both are below their names.

Actors, sessions and client tokens have the same names in both companies.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from platform_memory.errors import MemoryRefused
from platform_memory.manager import PlatformMemory
from tests.support.isolation.moves import Exchange, Move, Step, found, lost
from tests.support.isolation.people import COMPANIES
from tests.support.isolation.world import POOL, World
from tests.support.memory_plane import MEMORIES, OCCURRED, said

type Json = dict[str, Any]

SESSIONS = ("monday", "friday")
STORE = "handoffs"
REFUSED = frozenset({"AccessDeniedException", "ResourceNotFoundException", "ValidationException"})
NOBODYS = f"mem-{'0' * 36}"


@dataclass(frozen=True)
class At:
    """Where a move is made: a memory, and below which company's name. `mine`: it may be."""

    memory: str
    company: str
    prefix: str
    mine: bool

    def names(self, step: Step) -> dict[str, str]:
        """Return the members that name a session."""
        return {
            "memoryId": self.memory,
            "actorId": f"{self.prefix}{step.who.name}",
            "sessionId": SESSIONS[step.pick % len(SESSIONS)],
        }


def place(world: World, step: Step) -> At:
    """Return where a step leads: home, or to what is the other company's."""
    home = step.who.home
    other = next(one for one in COMPANIES if one != home)
    company = other if step.astray else home
    if step.pick % 2:
        return At(world.memories[POOL], company, f"{company}/", not step.astray)
    memory_id = world.memories[company]
    named = f"{MEMORIES}/{memory_id}" if step.astray and step.pick % 4 else memory_id
    return At(named, company, "", not step.astray)


def namespaces(at: At) -> tuple[str, ...]:
    """Return names that lead, or look as if they led, to what is below a company's name."""
    root = f"/customers/{at.company}" if at.prefix else "/customers"
    mine = next(one for one in COMPANIES if one != at.company)
    return (
        f"{root}/",
        f"{root}/ann/",
        root,
        f"/customers/{mine}/../{at.company}/",
        f"{root}*",
        "/customers",
        f"{root[:-1]}",
        f"/customers/{mine}//{at.company}",
        "/",
        root.upper(),
    )


def _namespace(at: At, step: Step) -> str:
    choices = namespaces(at) if step.astray else namespaces(at)[:2]
    return choices[step.pick // 2 % len(choices)]


@contextmanager
def _noted(seen: list[Json]) -> Iterator[None]:
    """Note a refusal; anything else that goes wrong is an error of ours."""
    try:
        yield
    except ClientError as error:
        assert error.response["Error"]["Code"] in REFUSED, error
        seen.append({"error": error.response["Error"]})


def _ask(
    world: World, step: Step, method: str, asked: Json, mine: bool | None = None
) -> tuple[Exchange, Json]:
    """Call an operation as the company's role; `mine`: it had to be refused if it is not."""
    seen: list[Json] = []
    reply: Json = {}
    with _noted(seen):
        reply = getattr(world.data[step.who.home], method)(**asked)
        reply.pop("ResponseMetadata")
    may = False if mine is False else None
    return Exchange(asked, seen or reply, bool(seen), may), reply


def _keep(world: World, step: Step, asked: Json, event: Json) -> None:
    key = (asked["memoryId"], asked["actorId"], asked["sessionId"], event["eventId"])
    world.written[step.who.home].add(key)
    lost(world, "event", step, key)


def create_event(world: World, step: Step) -> Exchange:
    """Say something, at times with a client token that was used before."""
    at, mark = place(world, step), world.canaries.of(step.who.home)
    token = {"clientToken": f"token-{step.pick % 3}"} if step.pick % 3 else {}
    text = f"I live in Lisbon and my favourite drink is {mark} tea."
    asked = at.names(step) | {"eventTimestamp": _when(mark), "payload": [said(text)]} | token
    exchange, reply = _ask(world, step, "create_event", asked, at.mine)
    if reply:
        _keep(world, step, asked, reply["event"])
        lost(world, "request", step, asked)
    return exchange


def _when(mark: str) -> datetime:
    """Return an instant of a mark's own: events of one and the same have ids one after another."""
    return OCCURRED + timedelta(milliseconds=int(mark.rpartition(".")[2]))


def replay_event(world: World, step: Step) -> Exchange:
    """Send what somebody has sent, client token and all, to the same memory or to another."""
    request = found(world, "request", step, None)
    if request is None:
        return create_event(world, step)
    at = place(world, step)
    asked = request | ({"memoryId": at.memory} if step.pick % 3 else {})
    exchange, reply = _ask(world, step, "create_event", asked)
    if reply:
        _keep(world, step, asked, reply["event"])
    return exchange


def list_events(world: World, step: Step) -> Exchange:
    """Read a page of a session, from a token that somebody was given."""
    at = place(world, step)
    asked = at.names(step) | _page(world, step)
    exchange, reply = _ask(world, step, "list_events", asked, at.mine)
    lost(world, "page", step, reply.get("nextToken"))
    return exchange


def _page(world: World, step: Step) -> Json:
    token = found(world, "page", step, None) if step.pick % 3 else None
    return {"maxResults": 1} | ({} if token is None else {"nextToken": token})


def _on_event(method: str) -> Move:
    def move(world: World, step: Step) -> Exchange:
        key = found(world, "event", step, None)
        if key is None:
            return list_events(world, step)
        memory_id, actor_id, session_id, event_id = key
        home = world.memories[step.who.home]
        asked = {
            "memoryId": home if step.pick % 3 == 0 else memory_id,
            "actorId": actor_id,
            "sessionId": session_id,
            "eventId": event_id,
        }
        exchange, reply = _ask(world, step, method, asked)
        assert not (step.astray and reply), (step, asked, reply)
        if method == "delete_event" and reply:
            world.deleted.add((asked["memoryId"], actor_id, session_id, event_id))
        return exchange

    return move


def list_sessions(world: World, step: Step) -> Exchange:
    """List the sessions of an actor."""
    at = place(world, step)
    names = at.names(step)
    asked = {name: names[name] for name in ("memoryId", "actorId")} | _page(world, step)
    exchange, reply = _ask(world, step, "list_sessions", asked, at.mine)
    lost(world, "page", step, reply.get("nextToken"))
    return exchange


def list_actors(world: World, step: Step) -> Exchange:
    """List actors: in the pool that would name the other company's."""
    at = place(world, step)
    mine = at.mine and not at.prefix
    return _ask(world, step, "list_actors", {"memoryId": at.memory}, mine)[0]


def list_jobs(world: World, step: Step) -> Exchange:
    """Look at what could not be extracted."""
    at = place(world, step)
    mine = at.mine and not at.prefix
    return _ask(world, step, "list_memory_extraction_jobs", {"memoryId": at.memory}, mine)[0]


def _reading(method: str, **members: object) -> Move:
    def move(world: World, step: Step) -> Exchange:
        at = place(world, step)
        name = "namespace" if step.pick // 2 % 2 else "namespacePath"
        asked: Json = {"memoryId": at.memory, name: _namespace(at, step), **members}
        asked |= {"maxResults": 1} if step.pick % 3 == 0 else {}
        token = found(world, "page", step, None) if step.pick % 5 == 0 else None
        asked |= {} if token is None else {"nextToken": token}
        exchange, reply = _ask(world, step, method, asked)
        lost(world, "page", step, reply.get("nextToken"))
        for one in reply.get("memoryRecordSummaries", []):
            record = (at.memory, one["memoryRecordId"], one["namespaces"][0])
            lost(world, "record", step, record)
        return exchange

    return move


def _on_record(method: str, *, in_batch: bool = False) -> Move:
    """Get, move or remove a record, said to be where it is or where one may."""

    def move(world: World, step: Step) -> Exchange:
        nobodys = (world.memories[POOL], NOBODYS, "/customers/")
        memory, record_id, namespace = found(world, "record", step, nobodys)
        mine = f"/customers/{step.who.home}/ann/"
        named = (namespace, None, mine, None)[step.pick % 4]
        memory = memory if step.pick % 5 else world.memories[step.who.home]
        record: Json = {"memoryRecordId": record_id}
        if method == "batch_update_memory_records":
            record |= {"timestamp": OCCURRED, "namespaces": [mine]}
            record |= {} if named is None else {"sourceNamespaces": [named]}
        elif named is not None:
            record |= {"namespace": named}
        asked = {"memoryId": memory} | ({"records": [record]} if in_batch else record)
        exchange, reply = _ask(world, step, method, asked)
        done = bool(reply) and not reply.get("failedRecords")
        assert not (step.astray and done), (step, asked, reply)
        return exchange

    return move


def create_records(world: World, step: Step) -> Exchange:
    """Write a record as a client does."""
    at, mark = place(world, step), world.canaries.of(step.who.home)
    record = {
        "requestIdentifier": "one",
        "namespaces": [_namespace(at, step)],
        "content": {"text": f"It is {mark}"},
        "timestamp": OCCURRED,
    }
    token = {"clientToken": f"token-{step.pick % 3}"} if step.pick % 3 else {}
    asked = {"memoryId": at.memory, "records": [record]} | token
    exchange, _ = _ask(world, step, "batch_create_memory_records", asked, at.mine)
    return exchange


def _handing(act: Callable[[PlatformMemory, Json, str], Any]) -> Move:
    def move(world: World, step: Step) -> Exchange:
        at, mark = place(world, step), world.canaries.of(step.who.home)
        client, now = world.data[step.who.home], _when(mark)
        shared = PlatformMemory(client, {STORE: at.memory}, now=lambda: now)
        names = at.names(step)
        try:
            reply = act(shared, names, mark)
        except MemoryRefused as refusal:
            return Exchange(names, repr(refusal), refused=True, may=at.mine)
        if isinstance(reply, str):
            _keep(world, step, names, {"eventId": reply})
        return Exchange(names | {"mark": mark}, reply, refused=False, may=at.mine)

    return move


def _hand_over(shared: PlatformMemory, names: Json, mark: str) -> str:
    to = (names["actorId"], names["sessionId"], f"Call back {mark}")
    return shared.hand_over("support-agent", "sales-agent", *to, {"note": mark})


def _pending(shared: PlatformMemory, names: Json, _: str) -> object:
    return shared.pending_hand_over(names["actorId"], names["sessionId"])


MEMORY_MOVES: Mapping[str, Move] = {
    "create an event": create_event,
    "send an event again": replay_event,
    "list events": list_events,
    "get an event": _on_event("get_event"),
    "delete an event": _on_event("delete_event"),
    "list sessions": list_sessions,
    "list actors": list_actors,
    "look at extraction": list_jobs,
    "list records": _reading("list_memory_records"),
    "retrieve records": _reading(
        "retrieve_memory_records", searchCriteria={"searchQuery": "favourite drink"}
    ),
    "get a record": _on_record("get_memory_record"),
    "delete a record": _on_record("delete_memory_record"),
    "move records": _on_record("batch_update_memory_records", in_batch=True),
    "delete records": _on_record("batch_delete_memory_records", in_batch=True),
    "create records": create_records,
    "hand over": _handing(_hand_over),
    "look for a hand-over": _handing(_pending),
}
