"""Calls to targets with a credential provider: its key or token, and whose permissions it takes."""

import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from localcloud.agentcore.gateway.results import TERSE
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Response
from tests.contract.agentcore_gateway.keyed import HOST, IDENTITY, KEY_ARN, OAUTH_ARN, Keyed
from tests.contract.agentcore_gateway.world import (
    CLIENT,
    GATEWAY_ID,
    ROLE_ARN,
    access_token,
    json_response,
)
from tests.support.fake_cloud import Sent
from tests.support.identity_plane import (
    API_KEY,
    ARNS,
    DIRECTORY,
    SECRETS,
    VAULT,
)
from tests.support.oauth_server import EXCHANGE


@pytest.mark.fidelity("gateway.api-key")
@pytest.mark.parametrize(
    ("provider", "header", "value"),
    [
        (
            {"credentialParameterName": "x-api-key", "credentialLocation": "HEADER"},
            "x-api-key",
            API_KEY,
        ),
        (
            {"credentialParameterName": "X-Auth", "credentialPrefix": "Token"},
            "X-Auth",
            f"Token {API_KEY}",
        ),
        ({}, "Authorization", f"Bearer {API_KEY}"),
    ],
)
async def test_a_key_goes_into_a_header(
    keyed: Keyed, provider: JsonObject, header: str, value: str
) -> None:
    keyed.target("API_KEY", **provider)
    sent = await keyed.call()
    assert sent.headers[header] == value
    assert (sent.credentials, sent.service) == (None, None)
    assert API_KEY not in sent.url


@pytest.mark.fidelity("gateway.api-key")
async def test_a_key_goes_into_the_query_and_no_argument_takes_its_place(keyed: Keyed) -> None:
    keyed.target("API_KEY", credentialParameterName="key", credentialLocation="QUERY_PARAMETER")
    sent = await keyed.call({"city": "Nice & warm", "key": "of the caller"})
    assert parse_qs(urlsplit(sent.url).query) == {"city": ["Nice & warm"], "key": [API_KEY]}
    assert API_KEY not in str(sent.headers)


@pytest.mark.fidelity("gateway.oauth")
async def test_a_token_of_the_gateway_itself_is_got_once(keyed: Keyed) -> None:
    keyed.target("OAUTH", scopes=["read"], grantType="CLIENT_CREDENTIALS")
    assert (await keyed.call()).headers["Authorization"] == "Bearer access-1"
    assert (await keyed.call()).headers["Authorization"] == "Bearer access-1"
    assert keyed.server.forms == [{"grant_type": "client_credentials", "scope": "read"}]
    keyed.world.now += timedelta(hours=1)
    assert (await keyed.call()).headers["Authorization"] == "Bearer access-2"


@pytest.mark.fidelity("gateway.oauth-exchange")
async def test_the_users_own_identity_reaches_the_target(keyed: Keyed) -> None:
    keyed.target("OAUTH", scopes=["read"], grantType="TOKEN_EXCHANGE")
    keyed.world.jwt_gateway(allowedClients=[CLIENT])
    ann, bob = access_token(), access_token(sub="user-2")
    tokens = [(await keyed.call(token=user)).headers["Authorization"] for user in (ann, bob, ann)]
    assert tokens == ["Bearer access-1", "Bearer access-2", "Bearer access-1"]
    assert [form["subject_token"] for form in keyed.server.forms] == [ann, bob]
    assert set(keyed.server.grants) == {EXCHANGE}
    assert ann not in str([sent.headers for sent in keyed.world.sent_to(HOST)])


@pytest.mark.fidelity("gateway.oauth-exchange")
async def test_without_a_user_there_is_nothing_to_exchange(keyed: Keyed) -> None:
    keyed.target("OAUTH", scopes=["read"], grantType="TOKEN_EXCHANGE")
    assert "not made for a user's JWT" in await keyed.failure()
    assert keyed.world.sent_to(HOST) == []


@pytest.mark.fidelity("gateway.oauth-401")
async def test_a_token_that_the_target_refuses_is_renewed_once(keyed: Keyed) -> None:
    keyed.target("OAUTH", scopes=["read"])
    await keyed.call()
    world = keyed.world

    def revoked(sent: Sent) -> Response:
        good = sent.headers["Authorization"] == "Bearer access-2"
        return json_response({"sky": "grey"}) if good else Response(401, {}, b"revoked")

    world.cloud.answer("GET", f"{HOST}/*", revoked)
    assert (await keyed.call()).headers["Authorization"] == "Bearer access-2"
    assert len(keyed.server.forms) == 2
    world.cloud.answer("GET", f"{HOST}/*", Response(401, {}, b"never"))
    before = len(world.sent_to(HOST))
    assert "answered HTTP 401" in await keyed.failure()
    assert len(world.sent_to(HOST)) - before == 2


@pytest.mark.fidelity("gateway.oauth-401")
async def test_a_key_that_the_target_refuses_is_not_tried_again(keyed: Keyed) -> None:
    keyed.target("API_KEY")
    keyed.world.cloud.answer("GET", f"{HOST}/*", Response(401, {}, b"no"))
    assert "answered HTTP 401" in await keyed.failure()
    assert len(keyed.world.sent_to(HOST)) == 1


@pytest.mark.fidelity("identity.gateway.permissions")
async def test_the_gateways_role_is_asked_for_everything(keyed: Keyed) -> None:
    keyed.target("OAUTH", scopes=["read"])
    keyed.world.jwt_gateway(allowedClients=[CLIENT])
    keyed.world.cloud.authorizations.clear()
    await keyed.call(token=access_token())
    asked = keyed.world.cloud.authorizations
    who = "arn:aws:sts::123456789012:assumed-role/gateway/" + GATEWAY_ID
    assert {(one.caller.arn, one.caller.access_key_id) for one in asked} == {
        (who, f"ASIA{ROLE_ARN}")
    }
    *ours, secret = asked
    assert [(one.action.partition(":")[2], one.resource) for one in ours] == [
        ("GetWorkloadAccessToken", DIRECTORY),
        ("GetWorkloadAccessToken", IDENTITY),
        ("GetWorkloadAccessTokenForJWT", DIRECTORY),
        ("GetWorkloadAccessTokenForJWT", IDENTITY),
        ("GetResourceOauth2Token", VAULT),
        ("GetResourceOauth2Token", OAUTH_ARN),
        ("GetResourceOauth2Token", DIRECTORY),
        ("GetResourceOauth2Token", IDENTITY),
    ]
    assert secret.action == "secretsmanager:GetSecretValue"
    assert secret.resource.startswith(f"{SECRETS}/oauth2/crm-")


@pytest.mark.fidelity("identity.gateway.permissions")
@pytest.mark.parametrize(
    "denied",
    [
        ("bedrock-agentcore:GetWorkloadAccessToken", IDENTITY),
        ("bedrock-agentcore:GetResourceApiKey", KEY_ARN),
        ("bedrock-agentcore:GetResourceApiKey", VAULT),
        ("secretsmanager:GetSecretValue", f"{SECRETS}/apikey/weather-*"),
    ],
)
async def test_each_permission_that_is_missing_is_named_under_debug_and_only_there(
    keyed: Keyed, denied: tuple[str, str]
) -> None:
    keyed.target("API_KEY")
    keyed.world.cloud.denied.append(denied)
    said = await keyed.failure()
    assert f"is not authorized to perform: {denied[0]}" in said
    keyed.world.gateway()
    assert await keyed.failure() == TERSE
    assert keyed.world.sent_to(HOST) == []


async def test_a_role_that_cannot_be_assumed_gives_no_credentials(keyed: Keyed) -> None:
    keyed.target("API_KEY")
    keyed.world.cloud.unassumable.append(ROLE_ARN)
    assert "cannot be assumed" in await keyed.failure()


@pytest.mark.parametrize(
    "arn",
    [
        f"{VAULT}/apikeycredentialprovider/none",
        f"{VAULT}/oauth2credentialprovider/crm",
        f"{ARNS}:token-vault/other/apikeycredentialprovider/weather",
    ],
)
async def test_a_provider_that_is_not_there_gives_no_credentials(keyed: Keyed, arn: str) -> None:
    keyed.target("API_KEY", providerArn=arn)
    assert (await keyed.failure()).startswith("No credentials for the target: ")
    assert keyed.world.sent_to(HOST) == []


async def test_a_provider_is_found_by_an_arn_of_the_models_pattern_too(keyed: Keyed) -> None:
    keyed.target("API_KEY", providerArn=KEY_ARN.replace("bedrock-agentcore", "acps"))
    assert (await keyed.call()).headers["Authorization"] == f"Bearer {API_KEY}"


async def test_nothing_leaks_into_results_and_logs(
    keyed: Keyed, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    keyed.target("API_KEY", credentialParameterName="key", credentialLocation="QUERY_PARAMETER")
    keyed.world.cloud.answer("GET", f"{HOST}/*", Response(500, {}, b"broken"))
    said = await keyed.failure()
    assert said == f"GET {HOST}/v1 answered HTTP 500: broken"
    assert API_KEY not in caplog.text + said
