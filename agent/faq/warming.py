"""Take in what the first question needs, before it comes. What fails here fails again then."""

from __future__ import annotations

import gc
import threading
from contextlib import suppress

from assistant.errors import AgentError
from faq import wiring
from faq.errors import FaqError


def read_knowledge() -> None:
    """Begin to read weights and index, beside whatever else: numpy and FAISS are on their own."""
    threading.Thread(target=_read_knowledge, name="reading", daemon=True).start()


def make_agent() -> None:
    """Begin to put the agent together; call it when imports of the caller's are done."""
    threading.Thread(target=_make_agent, name="making", daemon=True).start()


def _read_knowledge() -> None:
    with suppress(FaqError):
        wiring.knowledge()


def _make_agent() -> None:
    with suppress(AgentError, FaqError):
        wiring.agent()
    gc.freeze()  # what is there now stays
    gc.enable()
