"""Take in what the first request needs, before it comes. What fails here fails again then."""

from __future__ import annotations

import gc
import threading

from orchestrator import wiring


def make_orchestrator() -> None:
    """Begin to put the orchestrator together; call it when imports of the caller's are done."""
    threading.Thread(target=_make, name="making", daemon=True).start()


def _make() -> None:
    try:
        wiring.orchestrator()
        wiring.offline().classify("Is everything there?")  # what it needs is read with the first
    finally:
        gc.freeze()  # what is there now stays
        gc.enable()
