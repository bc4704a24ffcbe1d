"""What a message is, inside: plain values without I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Message:
    """A message in a channel or to a person; `sent_at` is in UTC."""

    message_id: str
    channel: str
    message: str
    sent_at: datetime


class Backend(Protocol):
    """Where messages go: a table of ours, or a vendor's API behind an adapter."""

    def add(self, message: Message) -> Message:
        """Send a message, unless there is one of its id: that is returned."""
        ...

    def containing(self, text: str, *, channel: str | None) -> Iterator[Message]:
        """Yield the messages that have a text in them, in whatever case, newest first."""
        ...
