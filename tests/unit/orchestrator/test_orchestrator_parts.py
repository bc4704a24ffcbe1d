"""What the orchestrator is made of: registry, settings, users, sessions, and how it chooses."""

import asyncio
import threading
from collections.abc import Iterator

import httpx2
import pytest

from assistant.errors import ModelUnavailable
from orchestrator import wiring
from orchestrator.calls import url_of
from orchestrator.errors import Misconfigured, OrchestratorError
from orchestrator.outcomes import FAILURES, failure_of
from orchestrator.registry import CAPABILITIES, VARIABLES, Registry
from orchestrator.settings import DEFAULT_BUDGET_S, Settings
from orchestrator.users import user_of
from platform_memory.model import HandOver
from request_routing.by_model import ModelClassifier
from request_routing.classifier import DEFAULT_AGENT
from request_routing.offline import OfflineClassifier
from serving.errors import BadRequest
from serving.memory import TIMEOUT_CODE
from team_agents.errors import TokenMissing
from team_agents.request import Request
from tests.support.orchestrating import ARNS, ISSUER, Chooses, Memory, router, token

ENVIRONMENT = {"SUPPORT_AGENT_ARN": ARNS["support"], "HANDOVER_MEMORY_ID": "HandOvers-1"}


def test_agents_are_registered_with_their_arns_and_what_they_are_for() -> None:
    registry = Registry.read({**ENVIRONMENT, "SALES_AGENT_ARN": ARNS["sales"], "SRE_AGENT_ARN": ""})
    assert [one.name for one in registry.agents] == ["support-agent", "sales-agent"]
    sales = registry.find("sales-agent")
    assert sales is not None
    assert (sales.arn, sales.capabilities) == (ARNS["sales"], CAPABILITIES["sales-agent"])
    assert registry.find("sre-agent") is registry.find("finance-agent") is None
    assert CAPABILITIES.keys() == VARIABLES.keys()


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"SUPPORT_AGENT_ARN": ""}, "SUPPORT_AGENT_ARN"),
        ({"AGENT_BUDGET_SECONDS": "0"}, "AGENT_BUDGET_SECONDS"),
        ({"AGENT_BUDGET_SECONDS": "nan"}, "AGENT_BUDGET_SECONDS"),
        ({"ROUTING_BY": "dice"}, "ROUTING_BY"),
    ],
)
def test_an_environment_that_is_wrong_stops_the_start(
    changed: dict[str, str], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Settings.read({**ENVIRONMENT, **changed})


def test_what_is_not_said_has_a_default() -> None:
    settings = Settings.read(ENVIRONMENT)
    assert (settings.budget_s, settings.routing_by) == (DEFAULT_BUDGET_S, "offline")
    assert (settings.endpoint_url, settings.groq_secret_arn) == (None, None)
    with pytest.raises(KeyError):
        Settings.read({"SUPPORT_AGENT_ARN": ARNS["support"]})


def test_each_failure_has_a_status_of_its_own_kind_and_a_code_of_its_own() -> None:
    assert FAILURES.keys() == {*OrchestratorError.__subclasses__(), TokenMissing}
    codes = [failure_of(kind()).code for kind in FAILURES]
    assert len(set(codes)) == len(codes)
    assert failure_of(BadRequest("prompt", "is missing")).message == "prompt: is missing"
    assert failure_of(ZeroDivisionError()).code == "internal-error"


def test_a_user_is_the_subject_at_an_issuer_and_the_token_does_not_show() -> None:
    user = user_of(token("user-7"))
    assert (user.issuer, user.subject, user.token) == (ISSUER, "user-7", token("user-7"))
    assert token("user-7") not in repr(user)
    with pytest.raises(TokenMissing):
        user_of(token(""))


def test_a_runtime_is_invoked_in_the_region_of_its_arn() -> None:
    arn = "arn:aws:bedrock-agentcore:eu-west-1:1:runtime/sales-1"
    escaped = "arn%3Aaws%3Abedrock-agentcore%3Aeu-west-1%3A1%3Aruntime%2Fsales-1"
    path = f"/runtimes/{escaped}/invocations?qualifier=DEFAULT"
    assert url_of(arn) == f"https://bedrock-agentcore.eu-west-1.amazonaws.com{path}"
    assert url_of(arn, "https://vpce.example") == f"https://vpce.example{path}"
    assert httpx2.URL(url_of(arn)).raw_path.decode() == path
    for other in (
        "",
        "sales-1",
        "arn:aws:lambda:us-east-1:1:function:x",
        arn.replace("eu-west-1", ""),
    ):
        with pytest.raises(Misconfigured):
            url_of(other)


async def test_a_memory_that_never_answers_is_not_waited_for() -> None:
    released = threading.Event()

    class Silent(Memory):
        def pending_hand_over(self, customer_id: str, session_id: str) -> HandOver | None:
            released.wait(10)
            return None

    asked = router(Silent(), Chooses("sales-agent"), limit_s=0.05).route(Request("hi", None, "s-1"))
    try:
        route = await asyncio.wait_for(asked, 5)
    finally:
        released.set()
    assert (route.agent.name, route.by) == ("sales-agent", "classifier")
    assert TIMEOUT_CODE in route.reason


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Start with nothing made, and with ENVIRONMENT; leave nothing made behind."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name in ("ROUTING_BY", "AGENT_MODEL", "GROQ_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    made = (wiring._settings, wiring.offline, wiring._by_model)
    for one in made:
        one.cache_clear()
    yield monkeypatch
    for one in made:
        one.cache_clear()


def test_the_offline_classifier_chooses_unless_told_otherwise(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("GROQ_API_KEY", "gsk_test")
    assert isinstance(wiring.classifier(), OfflineClassifier)


def test_a_configured_model_chooses_where_that_is_asked_for(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("ROUTING_BY", "model")
    assert isinstance(wiring.classifier(), OfflineClassifier)  # of two without a network, this one
    wiring._by_model.cache_clear()
    environment.setenv("GROQ_API_KEY", "gsk_test")
    assert isinstance(wiring.classifier(), ModelClassifier)


def test_a_model_that_cannot_be_made_is_stood_in_for_until_it_can(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("ROUTING_BY", "model")
    environment.setenv("AGENT_MODEL", "groq:openai/gpt-oss-20b")
    with pytest.raises(ModelUnavailable):
        wiring._by_model()
    assert isinstance(wiring.classifier(), OfflineClassifier)
    environment.setenv("GROQ_API_KEY", "gsk_test")
    assert isinstance(wiring.classifier(), ModelClassifier)


def test_the_default_agent_is_one_that_must_be_there() -> None:
    assert VARIABLES[DEFAULT_AGENT] == "SUPPORT_AGENT_ARN"
