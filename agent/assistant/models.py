"""Make the chat model that the configuration names, importing no other one's package.

`AGENT_MODEL` is `offline`, or `<provider>:<model>` for a provider in `PROVIDERS`, or
`class:<module>:<class>` for any chat model of LangChain, made with the arguments that
`AGENT_MODEL_OPTIONS` has as a JSON object. Without it, a `GROQ_API_KEY` in the environment chooses
Groq, and otherwise the offline model answers. Whoever has a model of another purpose names it in
the same forms by another variable.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from assistant.errors import ModelUnavailable

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

OFFLINE = "offline"
AGENT_MODEL = "AGENT_MODEL"
GROQ_DEFAULT = "groq:openai/gpt-oss-20b"
CLASS = "class"


@dataclass(frozen=True)
class Provider:
    """Where a provider's chat model is found.

    Attributes:
        package: the module with the class `chat`, which takes the model's name as `model`.
        failures: the base classes of what its client raises, each as `module:class`.
        key: the environment variable without which it cannot work, if there is one; the class
            takes it as `api_key`.
        timeout: the argument with the seconds that one request may take, if it has one.
        options: what else the class is made with.
    """

    package: str
    chat: str
    failures: tuple[str, ...]
    key: str | None = None
    timeout: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


PROVIDERS = {
    "anthropic": Provider(
        "langchain_anthropic",
        "ChatAnthropic",
        ("anthropic:APIError",),
        "ANTHROPIC_API_KEY",
        "timeout",
    ),
    "bedrock": Provider(
        "langchain_aws",
        "ChatBedrockConverse",
        ("botocore.exceptions:ClientError", "botocore.exceptions:BotoCoreError"),
    ),
    "groq": Provider(
        "langchain_groq",
        "ChatGroq",
        ("groq:APIError",),
        "GROQ_API_KEY",
        "timeout",
        {"temperature": 0},
    ),
    "ollama": Provider(
        "langchain_ollama",
        "ChatOllama",
        ("httpx:HTTPError", "ollama:ResponseError", "builtins:ConnectionError"),
    ),
    "openai": Provider(
        "langchain_openai", "ChatOpenAI", ("openai:APIError",), "OPENAI_API_KEY", "timeout"
    ),
}


@dataclass(frozen=True)
class Model:
    """A chat model, its name as configured, and what it raises when its service fails."""

    name: str
    chat: BaseChatModel
    failures: tuple[type[Exception], ...] = ()


def choose(environment: Mapping[str, str]) -> str:
    """Return the configured name of the model."""
    by_key = GROQ_DEFAULT if environment.get("GROQ_API_KEY") else OFFLINE
    return environment.get(AGENT_MODEL) or by_key


def make_model(
    name: str,
    environment: Mapping[str, str],
    *,
    timeout_s: float | None = None,
    variable: str = AGENT_MODEL,
) -> Model:
    """Make the model of this name.

    Args:
        name: as `choose` returns it.
        environment: where keys and `<variable>_OPTIONS` are; keys are read from nowhere else.
        timeout_s: how long one request to the model may take, where its class can be told.
        variable: the variable that names the model.

    Raises:
        ModelUnavailable: no such provider, its package is not installed, its key is missing, or
            its class does not take what it is given.
    """
    if name == OFFLINE:
        from assistant.brain import OfflineChat  # noqa: PLC0415 - takes LangChain in

        return Model(name, OfflineChat())
    provider_name, _, model_name = name.partition(":")
    if provider_name == CLASS:
        return _make_any(name, model_name, environment, f"{variable}_OPTIONS")
    provider = PROVIDERS.get(provider_name)
    if provider is None or not model_name:
        known = ", ".join([*(f"{one}:<model>" for one in PROVIDERS), f"{CLASS}:<module>:<class>"])
        raise ModelUnavailable(f"{variable} is {name!r}, not {OFFLINE} or one of {known}")
    if provider.key and not environment.get(provider.key):
        raise ModelUnavailable(f"{name} needs {provider.key} in the environment")
    chat = _load(f"{provider.package}:{provider.chat}", name)
    failures = tuple(_load(one, name) for one in provider.failures)
    options = dict(provider.options)
    if provider.key:
        options["api_key"] = environment[provider.key]
    if provider.timeout and timeout_s:
        options[provider.timeout] = timeout_s
    try:
        return Model(name, chat(model=model_name, **options), failures)
    except ValueError as error:  # such as no region; the message may hold the key
        raise ModelUnavailable(f"{name} cannot be made: {type(error).__name__}") from None


def _make_any(name: str, path: str, environment: Mapping[str, str], variable: str) -> Model:
    """Make a model of a class we know nothing of: whatever a call to it raises is its failure."""
    from langchain_core.language_models import BaseChatModel  # noqa: PLC0415

    of_class = _load(path, name)
    try:
        chat = of_class(**json.loads(environment.get(variable) or "{}"))
    except (ValueError, TypeError):  # not JSON, or not what the class takes; may quote a key
        raise ModelUnavailable(f"{name} cannot be made with {variable}") from None
    if not isinstance(chat, BaseChatModel):
        raise ModelUnavailable(f"{name} is no chat model of LangChain")
    return Model(name, chat, (Exception,))


def _load(path: str, model: str) -> Any:  # noqa: ANN401 - a class of a package that may be absent
    module, _, attribute = path.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except ImportError as error:
        package = module.partition(".")[0].replace("_", "-")
        raise ModelUnavailable(f"{model} needs the package {package}") from error
    except (AttributeError, ValueError) as error:  # ValueError: no module is named at all
        raise ModelUnavailable(f"{model}: there is no {path}") from error
