"""Events and sessions as the API shows them (botocore `Event`, `SessionSummary`)."""

from localcloud.agentcore.memory.model import Event, Session
from localcloud.agentcore.model import JsonObject


def event_view(session: Session, event: Event) -> JsonObject:
    """Return everything there is to say of an event; no payload if it was not read."""
    return {
        "memoryId": session.memory_id,
        "actorId": session.actor_id,
        "sessionId": session.session_id,
        "eventId": event.event_id,
        "eventTimestamp": event.timestamp,
        "payload": event.payload,
        "branch": {"name": event.branch.name, "rootEventId": event.branch.root_event_id},
        "metadata": {key: {"stringValue": value} for key, value in event.metadata.items()} or None,
    }


def session_view(session: Session) -> JsonObject:
    """Return what a list says of a session."""
    return {
        "sessionId": session.session_id,
        "actorId": session.actor_id,
        "createdAt": session.created_at,
    }
