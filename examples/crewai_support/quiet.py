"""Let CrewAI tell nobody: by default it reports to its makers, and prints what is said.

Telemetry and traces: CrewAI's documentation, Telemetry and Tracing; `crewai_core.telemetry`.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Final

SETTINGS: Final = {
    "CREWAI_DISABLE_TELEMETRY": "true",
    "CREWAI_TRACING_ENABLED": "false",
    "CREWAI_DISABLE_VERSION_CHECK": "true",
}


def be_quiet(environment: MutableMapping[str, str]) -> None:
    """Set the variables, before CrewAI is imported; what is set already stays."""
    for name, value in SETTINGS.items():
        environment.setdefault(name, value)
