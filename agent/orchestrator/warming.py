"""Take in what the first request needs, before it comes: see `serving.warming`."""

from __future__ import annotations

from orchestrator import wiring
from serving import warming


def make_orchestrator() -> None:
    """Begin to put the orchestrator together."""
    warming.make(_make_orchestrator)


def _make_orchestrator() -> None:
    wiring.orchestrator()
    wiring.offline().classify("Is everything there?")  # what it needs is read with the first
