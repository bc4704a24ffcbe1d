"""Make the model that is configured, importing no other one's package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crewai import LLM, BaseLLM

from support_desk.errors import ModelUnavailable
from support_desk.models import wanted


def make_model(environment: Mapping[str, str]) -> BaseLLM:
    """Make the model; see `support_desk.models`.

    Raises:
        ModelUnavailable: it cannot be made.
    """
    found = wanted(environment)
    if found.provider == "offline":
        from crewai_support.offline import OfflineLLM  # noqa: PLC0415 - takes LangChain in

        return OfflineLLM(model="offline")
    try:
        if found.provider == "groq":
            where: dict[str, Any] = {"base_url": found.base_url, "api_key": found.api_key}
            return LLM(found.name, provider="openai", **where)
        if found.provider == "bedrock":
            return LLM(found.name, provider="bedrock")
        return LLM(found.name, is_litellm=True)
    except ImportError as error:
        raise ModelUnavailable(f"{found.provider} needs its package") from error
