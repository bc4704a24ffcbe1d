"""Put the agent together from its environment, once a process."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from assistant.models import Model
from faq.settings import Settings
from serving.models import configured_model, patience

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from faq.knowledge import Knowledge
    from faq.memory import TurnSaver
    from faq.service import FaqAgent

# `cache` alone would let two threads make the same thing.
_LOCK, _KNOWLEDGE_LOCK = threading.Lock(), threading.Lock()


def agent() -> FaqAgent:
    """Return the agent that the environment describes, made at the first call.

    Raises:
        ModelUnavailable: its model cannot be made, or its key cannot be read; the next call tries
            again.
        IndexUnreadable: the package is incomplete.
    """
    with _LOCK:
        return _agent()


def knowledge() -> Knowledge:
    """Return what it knows, read and ready for a question.

    Raises:
        IndexUnreadable: the package is incomplete.
        WeightsUnreadable: the embedding model is.
    """
    with _KNOWLEDGE_LOCK:
        return _knowledge()


@cache
def _agent() -> FaqAgent:
    # LangGraph and FAISS take most of a second: `/ping` must not wait for them.
    from faq.service import FaqAgent  # noqa: PLC0415

    settings = Settings.read(os.environ)
    model = make_faq_model(settings, os.environ)
    return FaqAgent(model, knowledge(), memory=_memory(settings), budget_s=settings.budget_s)


@cache
def _knowledge() -> Knowledge:
    from faq.knowledge import shipped  # noqa: PLC0415

    found = shipped()
    found.search("Are the weights there?")  # they are read with the first search
    return found


def make_faq_model(settings: Settings, environment: Mapping[str, str]) -> Model:
    """Make the model that is configured; the key from the secret is read only if it is needed.

    Raises:
        ModelUnavailable: it cannot be made, or the secret cannot be read.
    """
    return configured_model(
        environment,
        budget_s=settings.budget_s,
        groq_secret_arn=settings.groq_secret_arn,
        offline=_offline,
    )


def _offline() -> BaseChatModel:
    from faq.offline_model import OfflineFaqChat  # noqa: PLC0415

    return OfflineFaqChat()


def _memory(settings: Settings) -> TurnSaver | None:
    if settings.memory_id is None:
        return None
    import boto3  # noqa: PLC0415

    from faq.memory import TurnSaver  # noqa: PLC0415

    client = boto3.client("bedrock-agentcore", config=patience())
    return TurnSaver(client, settings.memory_id)
