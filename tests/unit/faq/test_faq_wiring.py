from collections.abc import Callable

import pytest

from assistant.models import GROQ_DEFAULT
from faq.offline_model import OfflineFaqChat
from faq.settings import DEFAULT_BUDGET_S, Settings
from faq.wiring import make_faq_model
from serving import models
from serving.models import key_in

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:groq-a1b2c3"


def test_without_anything_the_agent_is_offline_and_forgets() -> None:
    settings = Settings.read({"MEMORY_ID": "", "GROQ_API_KEY_SECRET_ARN": ""})
    assert settings == Settings(DEFAULT_BUDGET_S, None, None)
    model = make_faq_model(settings, {})
    assert (model.name, type(model.chat)) == ("offline", OfflineFaqChat)


@pytest.mark.parametrize("budget", ["0", "-1", "soon", "nan"])
def test_a_budget_that_is_none_stops_the_start(budget: str) -> None:
    with pytest.raises(ValueError, match=r"AGENT_BUDGET_SECONDS|could not convert"):
        Settings.read({"AGENT_BUDGET_SECONDS": budget})


@pytest.mark.parametrize(
    ("secret", "key"),
    [
        ("gsk_1\n", "gsk_1"),
        ('{"GROQ_API_KEY": "gsk_1"}', "gsk_1"),
        ('"gsk_1"', "gsk_1"),
        ("{}", ""),
        ("", ""),
    ],
)
def test_a_secret_is_the_key_or_an_object_with_it(secret: str, key: str) -> None:
    assert key_in(secret) == key


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Stand in for Secrets Manager; give the ARNs that are read."""

    def hold(text: str) -> list[str]:
        read: list[str] = []

        def read_secret(arn: str) -> str:
            read.append(arn)
            return text

        monkeypatch.setattr(models, "_secret_key", read_secret)
        return read

    return hold


def test_a_key_in_a_secret_chooses_groq(secret: Callable[[str], list[str]]) -> None:
    read = secret("gsk_1")
    model = make_faq_model(Settings.read({"GROQ_API_KEY_SECRET_ARN": ARN}), {})
    assert (model.name, read) == (GROQ_DEFAULT, [ARN])


def test_a_secret_without_a_key_leaves_the_agent_offline(
    secret: Callable[[str], list[str]],
) -> None:
    secret("")
    assert make_faq_model(Settings.read({"GROQ_API_KEY_SECRET_ARN": ARN}), {}).name == "offline"


def test_a_secret_nobody_needs_is_not_read(secret: Callable[[str], list[str]]) -> None:
    read = secret("gsk_1")
    environment = {"AGENT_MODEL": "offline"}
    assert make_faq_model(Settings.read({"GROQ_API_KEY_SECRET_ARN": ARN}), environment)
    assert read == []
