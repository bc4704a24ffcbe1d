"""Which model is configured; what makes it is each framework's own.

AGENT_MODEL   `offline`, or `bedrock`, `groq` or `litellm` with `:<model>`; by default DEFAULT
GROQ_API_KEY  for Groq, and GROQ_API_BASE if it is somewhere else
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from support_desk.errors import ModelUnavailable

DEFAULT: Final = "bedrock:us.anthropic.claude-sonnet-4-6"
GROQ_BASE: Final = "https://api.groq.com/openai/v1"
"""Groq speaks OpenAI's protocol here (Groq's documentation, OpenAI compatibility)."""


@dataclass(frozen=True)
class Wanted:
    """A model: who provides it, what it is called there, and for Groq where and with which key."""

    provider: str
    name: str
    base_url: str = GROQ_BASE
    api_key: str = field(default="", repr=False)


def wanted(environment: Mapping[str, str]) -> Wanted:
    """Read the configuration.

    Raises:
        ModelUnavailable: it names no model, or Groq's key is missing.
    """
    configured = environment.get("AGENT_MODEL") or DEFAULT
    provider, _, name = configured.partition(":")
    if (provider, name) == ("offline", ""):
        return Wanted(provider, name)
    if provider not in {"bedrock", "groq", "litellm"} or not name:
        raise ModelUnavailable(f"AGENT_MODEL is {configured!r}")
    if provider != "groq":
        return Wanted(provider, name)
    key = environment.get("GROQ_API_KEY")
    if not key:
        raise ModelUnavailable("Groq needs GROQ_API_KEY")
    return Wanted(provider, name, environment.get("GROQ_API_BASE") or GROQ_BASE, key)
