"""Targets that are called for a person, who must have consented (authorization code)."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from mcp_types import ElicitationRequiredErrorData
from starlette.types import ASGIApp

from localcloud.agentcore.errors import AccessRefused
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Request
from tests.contract.agentcore_gateway.keyed import CITY, HOST, Keyed
from tests.contract.agentcore_gateway.world import CLIENT, access_token, error_of
from tests.support.asgi import ask
from tests.support.identity_plane import RETURN_URL


@pytest.fixture
def personal(keyed: Keyed) -> Keyed:
    """Return a gateway that takes tokens, and whose target is called for people."""
    keyed.target(
        "OAUTH", scopes=["read"], grantType="AUTHORIZATION_CODE", defaultReturnUrl=RETURN_URL
    )
    keyed.world.jwt_gateway({"exceptionLevel": "DEBUG"}, allowedClients=[CLIENT])
    return keyed


async def asked(keyed: Keyed, token: str) -> JsonObject:
    """Call the tool; return what the person is asked to do first."""
    params = {"name": "Weather___Forecast", "arguments": CITY}
    response = await keyed.world.rpc("tools/call", params, token=token)
    error = error_of(response)
    assert (response.status, error["code"]) == (200, -32042)
    data = ElicitationRequiredErrorData.model_validate(error["data"])
    assert [one.mode for one in data.elicitations] == ["url"]
    elicitation: JsonObject = error["data"]["elicitations"][0]
    return elicitation


async def onward(pages: ASGIApp, url: str, **more: str) -> str:
    """Open a page of ours; return where it sends the browser."""
    parts = urlsplit(url)
    query = urlencode(dict(parse_qsl(parts.query)) | more)
    response = await ask(pages, Request("GET", parts.path, query, (("host", parts.netloc),)))
    assert response.status == 302
    return response.headers["location"]


async def consented(keyed: Keyed, elicitation: JsonObject) -> str:
    """Let the person consent; return the session they come back with."""
    pages = keyed.identity.pages
    redirect_uri, answer = keyed.server.consent(await onward(pages, elicitation["url"]))
    end = await onward(pages, redirect_uri, **answer)
    assert end.startswith(f"{RETURN_URL}?")
    return dict(parse_qsl(urlsplit(end).query))["session_id"]


async def complete(keyed: Keyed, session_uri: str, **user: Any) -> None:  # noqa: ANN401 - JSON
    """Say who has come back with a session."""
    await keyed.provide("CompleteResourceTokenAuth", sessionUri=session_uri, userIdentifier=user)


@pytest.mark.fidelity("gateway.oauth-code")
async def test_a_person_is_asked_once_and_the_target_is_called_for_them(personal: Keyed) -> None:
    ann = access_token()
    elicitation = await asked(personal, ann)
    assert personal.world.sent_to(HOST) == []
    session_uri = await consented(personal, elicitation)
    assert session_uri == elicitation["elicitationId"]
    await complete(personal, session_uri, userToken=ann)
    for _ in range(2):
        sent = await personal.call(token=ann)
        assert sent.headers["Authorization"] == "Bearer access-1"
    assert personal.server.grants == ["authorization_code"]


@pytest.mark.fidelity("gateway.oauth-code")
async def test_what_one_person_has_consented_to_is_nobody_elses(personal: Keyed) -> None:
    ann, bob = access_token(), access_token(sub="user-2")
    session_uri = await consented(personal, await asked(personal, ann))
    for user in ({"userToken": bob}, {"userId": "user-1"}):
        with pytest.raises(AccessRefused, match="another user"):
            await complete(personal, session_uri, **user)
    await complete(personal, session_uri, userToken=ann)
    assert await asked(personal, bob)
    await personal.call(token=ann)


async def test_a_token_that_has_ended_is_refreshed_without_the_person(personal: Keyed) -> None:
    session_uri = await consented(personal, await asked(personal, access_token()))
    await complete(personal, session_uri, userToken=access_token())
    personal.world.now += timedelta(hours=2)
    later = access_token(exp=int(personal.world.now.timestamp()) + 600)
    sent = await personal.call(token=later)
    assert sent.headers["Authorization"] == "Bearer access-2"
    assert personal.server.grants == ["authorization_code", "refresh_token"]


async def test_nobody_is_asked_where_the_gateway_may_not_have_the_token(personal: Keyed) -> None:
    personal.world.cloud.denied.append(("bedrock-agentcore:GetResourceOauth2Token", "*"))
    assert "GetResourceOauth2Token" in await personal.failure(token=access_token())


async def test_a_gateway_without_users_has_nobody_to_ask(personal: Keyed) -> None:
    personal.world.gateway(exceptionLevel="DEBUG")
    assert "made for a user" in await personal.failure()
