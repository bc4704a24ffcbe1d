"""Put the agent together from its environment, once a process."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from assistant.errors import ModelUnavailable
from assistant.models import GROQ_DEFAULT, OFFLINE, Model, choose, make_model
from faq.settings import Settings

if TYPE_CHECKING:
    from botocore.config import Config

    from faq.knowledge import Knowledge
    from faq.memory import TurnSaver
    from faq.service import FaqAgent

GROQ_KEY = "GROQ_API_KEY"

ATTEMPT_SHARE = 0.4
"""Of the budget, for one request to the model: there is time for a second one, and to answer."""


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
    secret_arn = settings.groq_secret_arn
    wanted = environment.get("AGENT_MODEL") or (GROQ_DEFAULT if secret_arn else "")
    if secret_arn and wanted.startswith("groq:"):
        environment = {**environment, GROQ_KEY: _secret_key(secret_arn)}
    name = choose(environment)
    if name == OFFLINE:
        from faq.offline_model import OfflineFaqChat  # noqa: PLC0415

        return Model(name, OfflineFaqChat())
    return make_model(name, environment, timeout_s=settings.budget_s * ATTEMPT_SHARE)


def _memory(settings: Settings) -> TurnSaver | None:
    if settings.memory_id is None:
        return None
    import boto3  # noqa: PLC0415

    from faq.memory import TurnSaver  # noqa: PLC0415

    client = boto3.client("bedrock-agentcore", config=_patience())
    return TurnSaver(client, settings.memory_id)


def _secret_key(arn: str) -> str:
    """Read the key.

    Raises:
        ModelUnavailable: the secret cannot be read, or holds none.
    """
    import boto3  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    from assistant.aws import reason  # noqa: PLC0415

    client = boto3.client("secretsmanager", config=_patience())
    try:
        text = client.get_secret_value(SecretId=arn).get("SecretString", "")
    except (ClientError, BotoCoreError) as error:
        raise ModelUnavailable(f"the model's key cannot be read: {reason(error)}") from error
    return key_in(text)


def key_in(secret: str) -> str:
    """Return the key in a secret's text; an empty one if there is none."""
    try:
        value: Any = json.loads(secret)
    except ValueError:
        return secret.strip()
    found = value.get(GROQ_KEY, "") if isinstance(value, dict) else value
    return str(found).strip()


def _patience() -> Config:
    """Return how long to wait for AWS: what takes longer would use the budget up."""
    from botocore.config import Config  # noqa: PLC0415

    return Config(
        connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
    )
