"""Tokens the deployed gateway must refuse: each as AgentCore does, and never with a 5xx."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from tests.support import bad_tokens
from tests.support.laptop import Cloud, Laptop, Stack
from tests.support.rpc import Gateway
from tests.support.waiting import wait

INVALID_TOKEN = {
    "jsonrpc": "2.0",
    "id": 0,
    "error": {"code": -32001, "message": "Invalid Bearer token"},
}


@contextmanager
def another_client(cloud: Cloud, pool_id: str, name: str) -> Iterator[str]:
    """Add an app client to a user pool; yield its id."""
    cognito = cloud.client("cognito-idp")
    made = cognito.create_user_pool_client(
        UserPoolId=pool_id, ClientName=name, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )
    client_id: str = made["UserPoolClient"]["ClientId"]
    try:
        yield client_id
    finally:
        cognito.delete_user_pool_client(UserPoolId=pool_id, ClientId=client_id)


@contextmanager
def another_pool(cloud: Cloud, user: Stack) -> Iterator[str]:
    """Make a user pool with a user of the same name and password; yield the pool's id."""
    cognito = cloud.client("cognito-idp")
    pool_id: str = cognito.create_user_pool(PoolName="another")["UserPool"]["Id"]
    cognito.admin_create_user(UserPoolId=pool_id, Username=user.username, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(
        UserPoolId=pool_id, Username=user.username, Password=user.password, Permanent=True
    )
    try:
        yield pool_id
    finally:
        cognito.delete_user_pool(UserPoolId=pool_id)


def log_in(cloud: Cloud, user: Stack, client_id: str) -> str:
    """Return an access token for the demo user, by way of another app client."""
    outputs = {**user.outputs, "UserPoolClientId": client_id}
    return Stack(user.name, outputs, user.username, user.password).tokens(cloud)["AccessToken"]


def public_key(cloud: Cloud, stack: Stack, token: str) -> dict[str, Any]:
    """Return the JWK that the user pool has signed an access token with."""
    with Gateway.http(cloud) as http:
        url = http.get(stack.outputs["DiscoveryUrl"]).json()["jwks_uri"]
        keys: list[dict[str, Any]] = http.get(url).json()["keys"]
    (key,) = (key for key in keys if key["kid"] == bad_tokens.key_id_of(token))
    return key


MADE_FROM_A_GOOD_ONE: Mapping[str, Callable[[str], str]] = {
    "alg none": bad_tokens.unsigned,
    "forged signature": bad_tokens.forged,
    "altered claims": lambda token: bad_tokens.altered(token, username="somebody-else"),
    "no signature": lambda token: token.rpartition(".")[0] + ".",
    "no token": lambda _: "pet-1",
}


def expect_refused(gateway: Gateway, token: str) -> None:
    """Check that a gateway takes no request with this token."""
    refusing = Gateway(gateway.url, gateway.cloud, token)
    for method in ("tools/list", "ping", "initialize"):
        response = refusing.post({"jsonrpc": "2.0", "id": 5, "method": method})
        assert (response.status_code, response.json()) == (401, INVALID_TOKEN)
        assert response.headers["www-authenticate"].startswith('Bearer resource_metadata="https://')


@pytest.mark.fidelity("gateway.auth-missing-token")
@pytest.mark.parametrize("authorization", [None, "Bearer", "Basic dXNlcjpwYXNzd29yZA=="])
def test_without_a_bearer_token_the_request_is_refused(
    gateway: Gateway, authorization: str | None
) -> None:
    headers = {"authorization": authorization} if authorization else {}
    nobody = Gateway(gateway.url, gateway.cloud, None)
    response = nobody.post({"jsonrpc": "2.0", "id": 5, "method": "ping"}, headers=headers)

    assert response.status_code == 401
    error = {"code": -32001, "message": "Missing Bearer token"}
    assert response.json() == {"jsonrpc": "2.0", "id": 0, "error": error}


@pytest.mark.fidelity("gateway.auth-invalid-token")
@pytest.mark.parametrize("kind", MADE_FROM_A_GOOD_ONE)
def test_a_token_nobody_issued_is_invalid(gateway: Gateway, token: str, kind: str) -> None:
    expect_refused(gateway, MADE_FROM_A_GOOD_ONE[kind](token))


def test_a_token_of_100_kb_is_the_clients_fault(gateway: Gateway, token: str) -> None:
    huge = Gateway(gateway.url, gateway.cloud, token + "a" * 100_000)

    assert 400 <= huge.post({"jsonrpc": "2.0", "id": 1, "method": "ping"}).status_code < 500


@pytest.mark.fidelity("gateway.auth-algorithms")
def test_a_token_signed_with_the_public_key_as_a_secret_is_invalid(
    cloud: Cloud, stack: Stack, gateway: Gateway, token: str
) -> None:
    key = public_key(cloud, stack, token)

    expect_refused(gateway, bad_tokens.signed_with_the_public_key(token, key))


@pytest.mark.fidelity("gateway.auth-invalid-token")
def test_a_token_of_another_pool_is_invalid(cloud: Cloud, stack: Stack, gateway: Gateway) -> None:
    with another_pool(cloud, stack) as pool_id, another_client(cloud, pool_id, "people") as client:
        expect_refused(gateway, log_in(cloud, stack, client))


@pytest.mark.fidelity("gateway.auth-clients")
def test_a_token_of_a_client_that_is_not_allowed_is_invalid(
    cloud: Cloud, stack: Stack, gateway: Gateway
) -> None:
    with another_client(cloud, stack.outputs["UserPoolId"], "strangers") as client:
        expect_refused(gateway, log_in(cloud, stack, client))


@pytest.mark.fidelity("gateway.auth-id-token")
def test_an_id_token_in_place_of_an_access_token_is_invalid(
    cloud: Cloud, stack: Stack, gateway: Gateway
) -> None:
    expect_refused(gateway, stack.tokens(cloud)["IdToken"])


def test_a_token_for_an_audience_that_is_not_allowed_is_invalid(cloud: Cloud, stack: Stack) -> None:
    id_token = stack.tokens(cloud)["IdToken"]
    with gateway_for_audience(cloud, stack, "somebody-else") as url:
        expect_refused(Gateway(url, cloud, id_token), id_token)


@contextmanager
def gateway_for_audience(cloud: Cloud, stack: Stack, audience: str) -> Iterator[str]:
    """Make a gateway that takes the tokens of the stack's user pool for one audience."""
    control = cloud.client("bedrock-agentcore-control")
    ours = control.get_gateway(gatewayIdentifier=stack.outputs["GatewayId"])
    authorizer = {"discoveryUrl": stack.outputs["DiscoveryUrl"], "allowedAudience": [audience]}
    made = control.create_gateway(
        name=f"{stack.name}-gw-audience",  # a name the role's trust policy covers
        roleArn=ours["roleArn"],
        protocolType="MCP",
        authorizerType="CUSTOM_JWT",
        authorizerConfiguration={"customJWTAuthorizer": authorizer},
    )
    wait(control, "GetGateway", "status", "READY", gatewayIdentifier=made["gatewayId"])
    try:
        yield made["gatewayUrl"]
    finally:
        control.delete_gateway(gatewayIdentifier=made["gatewayId"])


@pytest.mark.laptop
@pytest.mark.fidelity("gateway.auth-expired")
def test_an_expired_token_is_invalid(
    laptop: Laptop, stack: Stack, gateway: Gateway, token: str
) -> None:
    name = f"{stack.outputs['UserPoolId']}-access.pem"
    kept = laptop.settings.home / "state" / "cognito-pool-keys" / name
    key = RSAKey.import_key(kept.read_bytes())

    assert Gateway(gateway.url, laptop, bad_tokens.signed(token, key)).tool_names()
    expect_refused(gateway, bad_tokens.expired(token, key))
