from typing import Any

import pytest

from assistant.brain import OfflineChat
from assistant.errors import ModelUnavailable
from assistant.models import GROQ_DEFAULT, PROVIDERS, choose, make_model


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({}, "offline"),
        ({"GROQ_API_KEY": "k"}, GROQ_DEFAULT),
        ({"GROQ_API_KEY": "k", "AGENT_MODEL": "offline"}, "offline"),
        ({"AGENT_MODEL": "openai:gpt-9"}, "openai:gpt-9"),
        ({"AGENT_MODEL": "", "GROQ_API_KEY": ""}, "offline"),
    ],
)
def test_the_model_is_chosen_by_name_then_by_key(environment: dict[str, str], name: str) -> None:
    assert choose(environment) == name


def test_the_offline_model_needs_nothing() -> None:
    model = make_model("offline", {})
    assert isinstance(model.chat, OfflineChat)
    assert model.failures == ()


@pytest.mark.parametrize("name", ["", "nonsense", "nobody:model", "groq:", "groq"])
def test_a_name_that_is_none_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(ModelUnavailable, match="groq:<model>"):
        make_model(name, {"GROQ_API_KEY": "k"})


@pytest.mark.parametrize("provider", [one for one, made in PROVIDERS.items() if made.key])
def test_a_missing_key_is_named(provider: str) -> None:
    with pytest.raises(ModelUnavailable, match=str(PROVIDERS[provider].key)):
        make_model(f"{provider}:some-model", {})


def test_a_missing_package_is_named() -> None:
    with pytest.raises(ModelUnavailable, match="needs the package langchain-openai"):
        make_model("openai:some-model", {"OPENAI_API_KEY": "k"})


def test_any_class_will_do() -> None:
    options = '{"responses": ["Hello."]}'
    path = "class:langchain_core.language_models:FakeListChatModel"
    model = make_model(path, {"AGENT_MODEL_OPTIONS": options})
    assert model.chat.invoke("hi").text == "Hello."


@pytest.mark.parametrize(
    ("path", "options", "reason"),
    [
        ("no_such_package:Chat", "{}", "needs the package no-such-package"),
        ("langchain_core.language_models:NoSuchChat", "{}", "there is no"),
        ("", "{}", "there is no"),
        ("langchain_core.language_models:FakeListChatModel", "{", "AGENT_MODEL_OPTIONS"),
        ("langchain_core.language_models:FakeListChatModel", "{}", "AGENT_MODEL_OPTIONS"),
        ("langchain_core.language_models:FakeListChatModel", "[1]", "AGENT_MODEL_OPTIONS"),
        ("json:JSONDecoder", "{}", "no chat model"),
    ],
)
def test_a_class_that_cannot_be_made_is_named(path: str, options: str, reason: str) -> None:
    with pytest.raises(ModelUnavailable, match=reason):
        make_model(f"class:{path}", {"AGENT_MODEL_OPTIONS": options})


def test_a_key_and_a_timeout_reach_the_models_client() -> None:
    model = make_model("groq:some-model", {"GROQ_API_KEY": "k"}, timeout_s=7.5)
    chat: Any = model.chat
    assert (chat.groq_api_key.get_secret_value(), chat.request_timeout) == ("k", 7.5)


def test_a_model_of_another_purpose_has_variables_of_its_own() -> None:
    with pytest.raises(ModelUnavailable, match=r"^MEMORY_MODEL is 'nonsense'"):
        make_model("nonsense", {}, variable="MEMORY_MODEL")
    path = "class:langchain_core.language_models:FakeListChatModel"
    options = {"MEMORY_MODEL_OPTIONS": '{"responses": ["Hello."]}', "AGENT_MODEL_OPTIONS": "{"}
    assert make_model(path, options, variable="MEMORY_MODEL").chat.invoke("hi").text == "Hello."
    with pytest.raises(ModelUnavailable, match="made with MEMORY_MODEL_OPTIONS"):
        make_model(path, {"MEMORY_MODEL_OPTIONS": "{"}, variable="MEMORY_MODEL")
