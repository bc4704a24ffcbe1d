"""Make the model that is configured, importing no other one's package."""

from __future__ import annotations

from collections.abc import Mapping

from strands.models import Model

from support_desk.errors import ModelUnavailable
from support_desk.models import wanted


def make_model(environment: Mapping[str, str]) -> Model:
    """Make the model; see `support_desk.models`.

    Raises:
        ModelUnavailable: it cannot be made.
    """
    found = wanted(environment)
    try:
        if found.provider == "offline":
            from strands_support.offline import OfflineModel  # noqa: PLC0415 - takes LangChain in

            return OfflineModel()
        if found.provider == "bedrock":
            from strands.models.bedrock import BedrockModel  # noqa: PLC0415

            return BedrockModel(model_id=found.name)
        if found.provider == "groq":
            from strands.models.openai import OpenAIModel  # noqa: PLC0415

            client = {"base_url": found.base_url, "api_key": found.api_key}
            return OpenAIModel(client_args=client, model_id=found.name)
        from strands.models.litellm import LiteLLMModel  # noqa: PLC0415

        return LiteLLMModel(model_id=found.name)
    except ImportError as error:
        raise ModelUnavailable(f"{found.provider} needs its package") from error
