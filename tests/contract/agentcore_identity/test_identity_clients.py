"""The SDK's identity client and decorators, as they are."""

import asyncio
import contextvars
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support.identity_plane import API_KEY, RETURN_URL, IdentityLaptop
from tests.support.identity_sdk import (
    BedrockAgentCoreContext,
    IdentityClient,
    TokenPoller,
    UserIdIdentifier,
    requires_access_token,
    requires_api_key,
)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Give what the SDK takes from its environment: it has no arguments for them."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps the keys of whoever was first
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def sdk(laptop: IdentityLaptop, keys: None) -> Iterator[IdentityClient]:
    client = IdentityClient("us-east-1")
    with laptop.bridged(client.cp_client, client.dp_client):
        yield client


def workload_token(sdk: IdentityClient, user_id: str = "ann") -> str:
    token: str = sdk.get_workload_access_token("desk", user_id=user_id)["workloadAccessToken"]
    return token


@pytest.mark.fidelity("identity.clients.sdk")
def test_the_client_gets_a_key_and_a_token(sdk: IdentityClient, desk: str) -> None:
    made = sdk.create_workload_identity()
    assert made["name"].startswith("workload-")
    token = workload_token(sdk)

    async def both() -> tuple[str, str]:
        key = await sdk.get_api_key(provider_name="weather", agent_identity_token=token)
        access = await sdk.get_token(
            provider_name="crm", scopes=["read"], agent_identity_token=token, auth_flow="M2M"
        )
        return key, access

    assert asyncio.run(both()) == (API_KEY, "access-1")


@pytest.mark.fidelity("identity.clients.sdk")
def test_the_client_leads_a_user_through_a_consent(
    laptop: IdentityLaptop, sdk: IdentityClient, desk: str
) -> None:
    token = workload_token(sdk)
    opened: list[str] = []

    class Poller(TokenPoller):
        """Polls once, after the person has been there."""

        async def poll_for_token(self) -> str:
            location = laptop.open(opened[0]).headers["location"]
            redirect_uri, answer = laptop.server.consent(location)
            end = laptop.open(redirect_uri, **answer).headers["location"]
            session_uri = end.partition("session_id=")[2].replace("%3A", ":")
            sdk.complete_resource_token_auth(session_uri, UserIdIdentifier(user_id="ann"))
            return await ask()

    async def ask(**more: Any) -> str:  # noqa: ANN401 - arguments of the SDK's
        access: str = await sdk.get_token(
            provider_name="crm",
            scopes=["read"],
            agent_identity_token=token,
            auth_flow="USER_FEDERATION",
            callback_url=RETURN_URL,
            **more,
        )
        return access

    assert asyncio.run(ask(on_auth_url=opened.append, token_poller=Poller())) == "access-1"
    assert asyncio.run(ask()) == "access-1"


@pytest.mark.fidelity("identity.clients.sdk")
def test_the_decorators_bring_a_key_and_a_token_into_a_function(
    laptop: IdentityLaptop, desk: str, sdk: IdentityClient
) -> None:
    @requires_api_key(provider_name="weather")
    def forecast(*, api_key: str) -> str:
        return api_key

    @requires_access_token(provider_name="crm", scopes=["read"], auth_flow="M2M")
    async def customer(*, access_token: str) -> str:
        return access_token

    def called() -> tuple[str, str]:
        BedrockAgentCoreContext.set_workload_access_token(workload_token(sdk))
        return forecast(), asyncio.run(customer())

    with laptop.bridged(*_clients_of(forecast), *_clients_of(customer)):
        assert contextvars.copy_context().run(called) == (API_KEY, "access-1")


def _clients_of(decorated: Any) -> list[Any]:  # noqa: ANN401 - a function of the SDK's making
    """Return the boto3 clients a decorator of the SDK has made for itself."""
    cells = [cell.cell_contents for cell in decorated.__closure__]
    inner = [
        cell.cell_contents for one in cells for cell in getattr(one, "__closure__", None) or ()
    ]
    return [one.dp_client for one in (*cells, *inner) if isinstance(one, IdentityClient)]
