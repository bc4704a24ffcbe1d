"""Requests, replies and settings of the agents of teams."""

import pytest

from assistant.errors import AgentError
from serving.errors import BadRequest
from serving.outcomes import INTERNAL
from team_agents.errors import TeamAgentError
from team_agents.outcomes import FAILURES, failure_of
from team_agents.profiles import SRE, SUPPORT
from team_agents.request import Request, read
from team_agents.settings import DEFAULT_BUDGET_S, Settings

ENVIRONMENT = {
    "AGENT_NAME": SUPPORT,
    "GATEWAY_URL": "https://gateway.example/mcp",
    "CUSTOMER_MEMORY_ID": "customers-1",
    "HANDOVER_MEMORY_ID": "handover-1",
    "AGENT_BUDGET_SECONDS": "",
    "GROQ_API_KEY_SECRET_ARN": "",
}


def new_session() -> str:
    return "new"


def test_a_request_without_a_session_begins_one() -> None:
    assert read({"prompt": " Hi ", "customer_id": None}, new_session=new_session) == Request(
        "Hi", None, "new"
    )


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ([], "payload: must be a JSON object"),
        ({}, "prompt: "),
        ({"prompt": ""}, "prompt: "),
        ({"prompt": "x" * 10_001}, "prompt: "),
        ({"prompt": 1}, "prompt: "),
        ({"prompt": "Hi", "customer_id": "ACME/facts"}, "customer_id: "),
        ({"prompt": "Hi", "customer_id": "ACME:1"}, "customer_id: "),
        ({"prompt": "Hi", "customer_id": ""}, "customer_id: "),
        ({"prompt": "Hi", "session_id": "a b"}, "session_id: "),
        ({"prompt": "Hi", "session_id": "s" * 101}, "session_id: "),
        ({"prompt": "Hi", "token": "secret"}, "token: "),
        ({"prompt": "Hi", "very secret": "secret"}, "payload: "),
    ],
)
def test_a_request_that_is_wrong_is_told_where_and_not_repeated(
    payload: object, message: str
) -> None:
    with pytest.raises(BadRequest) as refused:
        read(payload, new_session=new_session)
    assert str(refused.value).startswith(message)
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_every_expected_failure_has_a_status_and_a_code_of_its_own() -> None:
    codes = [failure_of(kind("secret")).code for kind in _simple()]
    assert len(set(codes)) == len(codes)
    assert INTERNAL.code not in codes


def test_no_failure_repeats_what_went_wrong() -> None:
    for kind in _simple():
        assert "secret" not in failure_of(kind("secret")).message
    assert failure_of(ValueError("secret")) == INTERNAL


def _simple() -> list[type[Exception]]:
    taking_more = {"CallRefused"}
    return [one for one in FAILURES if one.__name__ not in taking_more]


def test_all_of_the_package_s_own_errors_are_expected() -> None:
    assert set(TeamAgentError.__subclasses__()) <= set(FAILURES)
    assert all(issubclass(one, AgentError | TeamAgentError) for one in FAILURES)


def test_settings_name_the_memories_by_store() -> None:
    settings = Settings.read(ENVIRONMENT)
    assert settings.stores == {"customers": "customers-1", "handoffs": "handover-1"}
    assert (settings.profile.name, settings.budget_s) == (SUPPORT, DEFAULT_BUDGET_S)
    assert settings.groq_secret_arn is None


def test_sre_has_the_memory_of_incidents_too() -> None:
    sre = ENVIRONMENT | {"AGENT_NAME": SRE, "INCIDENT_MEMORY_ID": "incidents-1"}
    assert Settings.read(sre).stores["incidents"] == "incidents-1"
    with pytest.raises(KeyError, match="INCIDENT_MEMORY_ID"):
        Settings.read(ENVIRONMENT | {"AGENT_NAME": SRE})


@pytest.mark.parametrize("budget", ["0", "-1", "soon", "nan"])
def test_a_budget_that_is_none_stops_the_agent(budget: str) -> None:
    with pytest.raises(ValueError, match=r"AGENT_BUDGET_SECONDS|could not convert"):
        Settings.read(ENVIRONMENT | {"AGENT_BUDGET_SECONDS": budget})
