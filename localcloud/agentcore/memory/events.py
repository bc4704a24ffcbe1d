"""The operations on events that are there, their sessions and actors.

Sources: botocore operations of these names. That events come newest first and that their payloads
are shown unless `includePayloads` is false are as seen in public (floci-io/floci pull request 3556
and samples); the order of sessions and actors is ours (claim `memory.sessions`).
"""

from collections.abc import Sequence
from typing import Final

from localcloud.agentcore.control.paging import after_token, token_after
from localcloud.agentcore.errors import ResourceNotFound, ValidationFailed
from localcloud.agentcore.memory.context import Context, active_memory
from localcloud.agentcore.memory.event_views import event_view, session_view
from localcloud.agentcore.memory.model import MAIN_BRANCH, Branch, Event, Session
from localcloud.agentcore.memory.queries import Condition, EventQuery, Span
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller

DEFAULT_PAGE_SIZE: Final = 20
"""Items a page when `maxResults` is not given (botocore)."""


def get_event(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show an event."""
    session, event = _find_event(context, members)
    return {"event": event_view(session, event)}


def delete_event(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Remove an event, and what was not extracted from it yet; records stay."""
    session, event = _find_event(context, members)
    context.events.delete(session, event.event_id, context.clock())
    context.jobs.forget_event(
        session.memory_id, session.actor_id, session.session_id, event.event_id
    )
    return {"eventId": event.event_id}


def list_events(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a page of a session's events, newest first. A session that is not there has none."""
    session = _session(context, members)
    if session is None:
        return {"events": []}
    scope = f"events {session.memory_id} {session.actor_id} {session.session_id}"
    size = _size(members)
    query = EventQuery(
        limit=size + 1,
        payloads=members.get("includePayloads", True),
        spans=_spans(members, context.events.branches(session)),
        conditions=_conditions(members),
        before=_after(members, scope),
    )
    events = context.events.events(session, query)
    token = token_after(scope, events[size - 1].event_id) if len(events) > size else None
    return {"events": [event_view(session, one) for one in events[:size]], "nextToken": token}


def list_sessions(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a page of an actor's sessions, by id."""
    memory = active_memory(context, members)
    scope = f"sessions {memory.memory_id} {members['actorId']}"
    sessions = context.events.sessions(
        memory.memory_id,
        members["actorId"],
        after=_after(members, scope) or "",
        limit=_size(members) + 1,
        empty="eventFilter" not in members.get("filter", {}),
    )
    token = _token(scope, [session.session_id for session in sessions], _size(members))
    shown = sessions[: _size(members)]
    return {"sessionSummaries": [session_view(one) for one in shown], "nextToken": token}


def list_actors(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a page of the actors that have sessions, by id."""
    memory = active_memory(context, members)
    scope = f"actors {memory.memory_id}"
    actors = context.events.actors(
        memory.memory_id, after=_after(members, scope) or "", limit=_size(members) + 1
    )
    token = _token(scope, actors, _size(members))
    shown = actors[: _size(members)]
    return {"actorSummaries": [{"actorId": one} for one in shown], "nextToken": token}


def _session(context: Context, members: JsonObject) -> Session | None:
    memory = active_memory(context, members)
    return context.events.session(memory.memory_id, members["actorId"], members["sessionId"])


def _find_event(context: Context, members: JsonObject) -> tuple[Session, Event]:
    session = _session(context, members)
    event = None if session is None else context.events.event(session, members["eventId"])
    if session is None or event is None:
        raise ResourceNotFound(f"Event not found: {members['eventId']}")
    return session, event


def _spans(members: JsonObject, branches: dict[str, Branch]) -> tuple[Span, ...]:
    """Return the branch asked for and, if asked for, what its ancestors had when it began."""
    wanted = members.get("filter", {}).get("branch")
    if wanted is None:
        return ()
    spans = [Span(wanted["name"])]
    branch = branches.get(wanted["name"])
    while branch is not None and wanted.get("includeParentBranches"):
        spans.append(Span(branch.parent or MAIN_BRANCH, branch.root_event_id))
        branch = branches.get(branch.parent or MAIN_BRANCH)
    return tuple(spans)


def _conditions(members: JsonObject) -> tuple[Condition, ...]:
    given = members.get("filter", {}).get("eventMetadata", [])
    return tuple(_condition(expression) for expression in given)


def _condition(expression: JsonObject) -> Condition:
    key = expression["left"]["metadataKey"]
    value = expression.get("right", {}).get("metadataValue", {}).get("stringValue")
    if expression["operator"] == "NOT_EXISTS":
        return Condition(key, absent=True)
    if expression["operator"] == "EXISTS":
        return Condition(key)
    if value is None:
        message = "Operator EQUALS_TO needs a value"
        raise ValidationFailed.of_field("filter.eventMetadata", message)
    return Condition(key, value)


def _size(members: JsonObject) -> int:
    return int(members.get("maxResults", DEFAULT_PAGE_SIZE))


def _after(members: JsonObject, scope: str) -> str | None:
    token = members.get("nextToken")
    return None if token is None else after_token(scope, token)


def _token(scope: str, ids: Sequence[str], size: int) -> str | None:
    return token_after(scope, ids[size - 1]) if len(ids) > size else None
