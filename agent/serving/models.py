"""The chat model that an agent's environment names, with its key from Secrets Manager."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from assistant.errors import ModelUnavailable
from assistant.models import GROQ_DEFAULT, OFFLINE, Model, choose, make_model

if TYPE_CHECKING:
    from botocore.config import Config
    from langchain_core.language_models import BaseChatModel

GROQ_KEY = "GROQ_API_KEY"

ATTEMPT_SHARE = 0.4
"""Of the budget, for one request to the model: there is time for a second one, and to answer."""


def configured_model(
    environment: Mapping[str, str],
    *,
    budget_s: float,
    groq_secret_arn: str | None,
    offline: Callable[[], BaseChatModel] | None = None,
) -> Model:
    """Make the model that is configured; the key from the secret is read only if it is needed.

    `offline` makes another model without a network than `assistant.models` has.

    Raises:
        ModelUnavailable: it cannot be made, or the secret cannot be read.
    """
    wanted = environment.get("AGENT_MODEL") or (GROQ_DEFAULT if groq_secret_arn else "")
    if groq_secret_arn and wanted.startswith("groq:"):
        environment = {**environment, GROQ_KEY: _secret_key(groq_secret_arn)}
    name = choose(environment)
    if name == OFFLINE and offline is not None:
        return Model(name, offline())
    return make_model(name, environment, timeout_s=budget_s * ATTEMPT_SHARE)


def _secret_key(arn: str) -> str:
    """Read the key.

    Raises:
        ModelUnavailable: the secret cannot be read, or holds none.
    """
    import boto3  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    from assistant.aws import reason  # noqa: PLC0415

    client = boto3.client("secretsmanager", config=patience())
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


def patience() -> Config:
    """Return how long to wait for AWS: what takes longer would use the budget up."""
    from botocore.config import Config  # noqa: PLC0415

    return Config(
        connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
    )
