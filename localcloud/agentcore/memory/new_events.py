"""CreateEvent.

Sources: botocore `CreateEventInput`; Developer Guide, event branching; bedrock_agentcore 1.24,
`memory/client.py` (a new branch names its root event, one that is there need not); ids as in the
samples of aws/bedrock-agentcore-sdk-python and its issue 571 ("the eventId prefix is a millisecond
epoch" of eventTimestamp). What the service says of wrong branches is ours (claim `memory.branch`).
"""

import json
from typing import Final

from localcloud.agentcore.control import tokens
from localcloud.agentcore.errors import ValidationFailed
from localcloud.agentcore.memory.context import Context, active_memory
from localcloud.agentcore.memory.event_store import NewEvent
from localcloud.agentcore.memory.event_views import event_view
from localcloud.agentcore.memory.extraction.namespaces import variables_of
from localcloud.agentcore.memory.extraction.operations import extract
from localcloud.agentcore.memory.model import MAIN_BRANCH, Branch, Event, Session
from localcloud.agentcore.memory.moments import given_ms
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller

MAX_JSON_BYTES: Final = 100 * 1024
"""Largest `json` item of a payload (Developer Guide, create event)."""

MAX_EVENT_BYTES: Final = 10 * 1024 * 1024
"""Largest payload of an event (quotas page)."""


def create_event(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Write an event, and its session and branch if they are new."""
    memory = active_memory(context, members)
    earlier = _earlier(context, memory.memory_id, members)
    if earlier is not None:
        return {"event": event_view(*earlier)}
    _check_payload(members["payload"])
    variables_of(memory, members)
    occurred_ms = given_ms(members["eventTimestamp"], "eventTimestamp")
    actor_id, session_id = members["actorId"], members.get("sessionId") or context.new_id()
    branch = _branch(context, memory.memory_id, session_id, members)
    now = context.clock()
    session = context.events.open_session(memory.memory_id, actor_id, session_id, now)
    event = Event(
        event_id=_event_id(context, session, occurred_ms),
        branch=branch,
        metadata={key: value["stringValue"] for key, value in members.get("metadata", {}).items()},
        payload=members["payload"],
    )
    token = members.get("clientToken")
    context.events.add(session, NewEvent(event, now, token, tokens.fingerprint(members)))
    if "extractionMode" not in members:  # its only value is SKIP
        said = {"session_id": session.session_id, "event_id": event.event_id}
        extract(context, memory, members, payload=members["payload"], **said)
    return {"event": event_view(session, event)}


def _earlier(context: Context, memory_id: str, members: JsonObject) -> tuple[Session, Event] | None:
    token = members.get("clientToken")
    sent = None if token is None else context.events.sent(memory_id, token)
    if sent is None:
        return None
    spent_on, session, event = sent
    tokens.check_same(spent_on, members)
    return session, event


def _check_payload(payload: list[JsonObject]) -> None:
    sizes = [len(json.dumps(item).encode()) for item in payload]
    if sum(sizes) > MAX_EVENT_BYTES:
        message = f"The payload of an event must be at most {MAX_EVENT_BYTES} bytes"
        raise ValidationFailed.of_field("payload", message)
    for number, (item, size) in enumerate(zip(payload, sizes, strict=True), start=1):
        if "json" in item and size > MAX_JSON_BYTES:
            message = f"JSON content must be at most {MAX_JSON_BYTES} bytes"
            raise ValidationFailed.of_field(f"payload.{number}.member.json", message)


def _event_id(context: Context, session: Session, occurred_ms: int) -> str:
    """Return an id after all those of the session that occurred in the same millisecond."""
    prefix = f"{occurred_ms:019}#"
    last = context.events.last_id(session, prefix)
    if last is None:
        return f"{prefix}{int(context.new_id(), 36) % 2**31:08x}"
    return f"{prefix}{int(last.removeprefix(prefix), 16) + 1:08x}"


def _branch(context: Context, memory_id: str, session_id: str, members: JsonObject) -> Branch:
    given = members.get("branch", {"name": MAIN_BRANCH})
    name, root = given["name"], given.get("rootEventId")
    if name == MAIN_BRANCH:
        if root is not None:
            raise _wrong_root(f"Branch {MAIN_BRANCH} has no root event")
        return Branch(MAIN_BRANCH)
    session = context.events.session(memory_id, members["actorId"], session_id)
    present = None if session is None else context.events.branches(session).get(name)
    if present is not None and root in (None, present.root_event_id):
        return present
    if present is not None:
        raise _wrong_root(f"Branch {name} goes on from event {present.root_event_id}")
    if root is None:
        raise _wrong_root(f"Branch {name} is new: it needs a root event")
    begun_at = None if session is None else context.events.event(session, root)
    if begun_at is None:
        message = f"Event {root} is not in session {session_id}"
        raise ValidationFailed(message, reason="EventInOtherSession")
    return Branch(name, root, begun_at.branch.name)


def _wrong_root(message: str) -> ValidationFailed:
    return ValidationFailed.of_field("branch.rootEventId", message)
