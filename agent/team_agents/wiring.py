"""Put an agent together from its environment, once a process."""

from __future__ import annotations

import os
import threading
from functools import cache, partial
from typing import TYPE_CHECKING

from serving.memory import shared_memory
from serving.models import configured_model

if TYPE_CHECKING:
    from request_routing.classifier import Classifier
    from team_agents.service import TeamAgent

# `cache` alone would let two threads make the same thing.
_LOCK, _CLASSIFIER_LOCK = threading.Lock(), threading.Lock()


def agent() -> TeamAgent:
    """Return the agent that the environment describes, made at the first call.

    Raises:
        ModelUnavailable: its model cannot be made, or its key cannot be read; the next call tries
            again.
    """
    with _LOCK:
        return _agent()


def classifier() -> Classifier:
    """Return what tells whose a request is, made at the first call."""
    with _CLASSIFIER_LOCK:
        return _classifier()


@cache
def _agent() -> TeamAgent:
    # LangGraph, MCP and boto3 take most of a second: `/ping` must not wait for them.
    from assistant.gateway import open_gateway  # noqa: PLC0415
    from team_agents.service import TeamAgent  # noqa: PLC0415
    from team_agents.settings import Settings  # noqa: PLC0415

    settings = Settings.read(os.environ)
    model = configured_model(
        os.environ, budget_s=settings.budget_s, groq_secret_arn=settings.groq_secret_arn
    )
    return TeamAgent(
        profile=settings.profile,
        model=model,
        memory=shared_memory(settings.stores),
        open_gateway=partial(open_gateway, settings.gateway_url),
        classifier=classifier,
        budget_s=settings.budget_s,
    )


@cache
def _classifier() -> Classifier:
    from request_routing.classifier import offline_classifier  # noqa: PLC0415

    return offline_classifier()
