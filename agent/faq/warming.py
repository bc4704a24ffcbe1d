"""Take in what the first question needs, before it comes: see `serving.warming`."""

from __future__ import annotations

import threading
from contextlib import suppress

from assistant.errors import AgentError
from faq import wiring
from faq.errors import FaqError
from serving import warming


def read_knowledge() -> None:
    """Begin to read weights and index, beside whatever else: numpy and FAISS are on their own."""
    threading.Thread(target=_read_knowledge, name="reading", daemon=True).start()


def make_agent() -> None:
    """Begin to put the agent together."""
    warming.make(wiring.agent, AgentError, FaqError)


def _read_knowledge() -> None:
    with suppress(FaqError):
        wiring.knowledge()
