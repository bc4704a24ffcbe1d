"""Who asks, in which thread: as callers name it, and as the agent knows it."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Conversation:
    """One thread of one actor of the holder of one API key.

    Callers choose `actor_id` and `thread_id`, and two of them may choose the same: what the agent
    remembers is kept apart by the key's id, which callers do not choose. None of the three has a
    slash in it, so no two conversations are taken for one.
    """

    key_id: str
    actor_id: str
    thread_id: str

    @property
    def scoped_actor_id(self) -> str:
        """Return the actor as the agent knows it."""
        return f"{self.key_id}/{self.actor_id}"

    @property
    def session_id(self) -> str:
        """Return the runtime session: 64 characters, the same for each question of a thread.

        Source: InvokeAgentRuntime takes session ids of 33 to 256 characters.
        """
        name = f"{self.scoped_actor_id}/{self.thread_id}"
        return hashlib.sha256(name.encode()).hexdigest()
