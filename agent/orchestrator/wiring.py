"""Put the orchestrator together from its environment, once a process."""

from __future__ import annotations

import logging
import os
import threading
import time
from functools import cache
from typing import TYPE_CHECKING

from assistant.errors import ModelUnavailable
from orchestrator.settings import MODEL, Settings

if TYPE_CHECKING:
    from orchestrator.service import Orchestrator
    from request_routing.classifier import Classifier

# `cache` alone would let two threads make the same thing.
_LOCK, _CLASSIFIER_LOCK = threading.Lock(), threading.Lock()

logger = logging.getLogger(__name__)


def orchestrator() -> Orchestrator:
    """Return the orchestrator that the environment describes, made at the first call."""
    with _LOCK:
        return _orchestrator()


def classifier() -> Classifier:
    """Return what chooses, made at the first call; a model that cannot be made, is tried again."""
    with _CLASSIFIER_LOCK:
        if _settings().routing_by != MODEL:
            return offline()
        try:
            return _by_model()
        except ModelUnavailable as error:
            logger.warning("the model cannot be made", extra={"code": error.code})
            return offline()


@cache
def offline() -> Classifier:
    """Return the classifier that needs no network."""
    from request_routing.classifier import offline_classifier  # noqa: PLC0415

    return offline_classifier()


@cache
def _settings() -> Settings:
    return Settings.read(os.environ)


@cache
def _orchestrator() -> Orchestrator:
    # boto3, httpx and numpy take most of a second: `/ping` must not wait for them.
    from orchestrator.calls import Agents  # noqa: PLC0415
    from orchestrator.routing import Router  # noqa: PLC0415
    from orchestrator.service import Orchestrator  # noqa: PLC0415
    from platform_memory.manager import HAND_OVERS  # noqa: PLC0415
    from serving.logs import passed_on  # noqa: PLC0415
    from serving.memory import shared_memory  # noqa: PLC0415

    settings = _settings()
    memory = shared_memory({HAND_OVERS: settings.hand_over_memory_id})
    return Orchestrator(
        router=Router(settings.registry, memory, classifier),
        agents=Agents(settings.endpoint_url, more_headers=passed_on),
        budget_s=settings.budget_s,
        clock_s=time.monotonic,
    )


@cache
def _by_model() -> Classifier:
    """Return the classifier that asks the configured model; without a network that is none.

    Raises:
        ModelUnavailable: it cannot be made, or its key cannot be read.
    """
    from assistant.models import OFFLINE  # noqa: PLC0415
    from request_routing.by_model import ModelClassifier  # noqa: PLC0415
    from serving.models import configured_model  # noqa: PLC0415

    settings = _settings()
    model = configured_model(
        os.environ, budget_s=settings.budget_s / 4, groq_secret_arn=settings.groq_secret_arn
    )
    return offline() if model.name == OFFLINE else ModelClassifier(model, offline())
