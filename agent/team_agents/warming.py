"""Take in what the first request needs, before it comes. What fails here fails again then."""

from __future__ import annotations

import gc
import threading
from contextlib import suppress

from assistant.errors import AgentError
from team_agents import wiring


def make_agent() -> None:
    """Begin to put the agent together; call it when imports of the caller's are done."""
    threading.Thread(target=_make_agent, name="making", daemon=True).start()


def _make_agent() -> None:
    with suppress(AgentError):
        wiring.agent()
        wiring.classifier().classify("Is everything there?")  # what it needs is read with the first
    gc.freeze()  # what is there now stays
    gc.enable()
