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
