"""What the tools of communication do. Time, ids and the backend come in as arguments."""

from itertools import islice

from bridges.errors import Conflict
from bridges.records import digest
from bridges.toolbox import Asked
from comms_tools.messages import Backend, Message
from comms_tools.models import SearchMessages, SendMessage


def send_message(asked: SendMessage, at: Asked, *, comms: Backend) -> Message:
    """Send a message; a call that is delivered again sends nothing, and returns the same.

    Raises:
        Conflict: the call's key has sent another message.
    """
    message = Message(
        message_id=f"message-{digest(at.key, 'message')[:12]}",
        channel=asked.channel,
        message=asked.message,
        sent_at=at.now,
    )
    kept = comms.add(message)
    if (kept.channel, kept.message) != (message.channel, message.message):
        raise Conflict("this call has sent another message; call again.")
    return kept


def search_messages(asked: SearchMessages, *, comms: Backend) -> list[Message]:
    """Return the newest messages that have the query in them; none is an answer too."""
    return list(islice(comms.containing(asked.query, channel=asked.channel), asked.limit))
