"""Bad input to the deployed gateway: the right error, never a 5xx, and nothing of it in a log."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from botocore.waiter import WaiterModel, create_waiter_with_client
from joserfc.jwk import RSAKey

from tests.support import bad_tokens
from tests.support.laptop import Cloud, Laptop, Stack
from tests.support.rpc import Gateway

LIST = "PetStoreTarget___ListPets"
GET = "PetStoreTarget___GetPetById"
MAX_BODY_BYTES = 6 * 1024 * 1024
TERSE = "An internal error occurred. Please retry later."
NOT_VALID = "ValidationException - Parameter validation failed: Invalid request parameters:"
INVALID_TOKEN = {
    "jsonrpc": "2.0",
    "id": 0,
    "error": {"code": -32001, "message": "Invalid Bearer token"},
}


@pytest.fixture(scope="module")
def token(cloud: Cloud, stack: Stack) -> str:
    return stack.tokens(cloud)["AccessToken"]


@pytest.fixture(scope="module")
def gateway(cloud: Cloud, stack: Stack, token: str) -> Gateway:
    return Gateway.of(cloud, stack, token=token)


def code_of(response: httpx.Response) -> tuple[int, int]:
    return response.status_code, response.json()["error"]["code"]


# --- JSON-RPC ------------------------------------------------------------------------------------


@pytest.mark.fidelity("gateway.rpc-status")
@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"{'a': 1}", b'{"a": NaN}', b"[" * 9999])
def test_what_is_not_json_is_a_parse_error(gateway: Gateway, body: bytes) -> None:
    response = gateway.post(body)

    assert response.status_code == 400
    error = {"code": -32700, "message": "Parse error"}
    assert response.json() == {"jsonrpc": "2.0", "id": None, "error": error}


@pytest.mark.fidelity("gateway.rpc-status")
@pytest.mark.parametrize(
    "message",
    [
        *(7, "ping", b"null", {}, []),
        {"id": 1, "method": "ping"},
        {"jsonrpc": "1.0", "id": 1, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1, "method": 5},
        {"jsonrpc": "2.0", "id": {}, "method": "ping"},
    ],
    ids=str,
)
def test_what_is_no_request_is_invalid(gateway: Gateway, message: object) -> None:
    assert code_of(gateway.post(message)) == (400, -32600)


@pytest.mark.fidelity("gateway.methods")
@pytest.mark.parametrize("method", ["pets/list", "", "tools/", "resources/list", "__init__"])
def test_an_unknown_method_is_not_found(gateway: Gateway, method: str) -> None:
    response = gateway.post({"jsonrpc": "2.0", "id": "a", "method": method})

    assert code_of(response) == (200, -32601)
    assert response.json()["id"] == "a"


@pytest.mark.fidelity("gateway.rpc-status")
@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("tools/list", [1]),
        ("tools/list", {"cursor": 3}),
        ("tools/list", {"cursor": "made up"}),
        ("tools/call", {}),
        ("tools/call", {"name": [GET]}),
        ("tools/call", {"name": GET, "arguments": "pet-1"}),
        ("initialize", {"protocolVersion": 2}),
    ],
)
def test_parameters_of_the_wrong_type_are_invalid(
    gateway: Gateway, method: str, params: object
) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}

    assert code_of(gateway.post(message)) == (200, -32602)


@pytest.mark.fidelity("gateway.unknown-tool")
@pytest.mark.parametrize("name", ["PetStoreTarget___DeletePet", "ListPets", "", "x" * 5000])
def test_a_tool_that_is_not_exported_is_unknown(gateway: Gateway, name: str) -> None:
    error = gateway.request("tools/call", {"name": name, "arguments": {}})["error"]

    assert error == {"code": -32602, "message": f"Unknown tool: {name}"}


@pytest.mark.fidelity("gateway.versions")
def test_a_version_the_gateway_does_not_speak_is_refused(gateway: Gateway) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    response = gateway.post(message, headers={"mcp-protocol-version": "1999-01-01"})

    assert code_of(response) == (400, -32022)


@pytest.mark.fidelity("gateway.body-limit")
@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 5 * MAX_BODY_BYTES])
def test_a_body_of_more_than_6_mb_is_too_large(gateway: Gateway, size: int) -> None:
    assert code_of(gateway.post(b" " * size)) == (413, -32600)


@pytest.mark.fidelity("gateway.body-limit")
def test_a_body_of_6_mb_is_answered(gateway: Gateway) -> None:
    ping = b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}'

    assert gateway.post(ping.ljust(MAX_BODY_BYTES)).json()["result"] == {}


@pytest.mark.fidelity("gateway.content-type")
def test_what_does_not_call_itself_json_is_not_read(gateway: Gateway) -> None:
    response = gateway.post(b"{}", headers={"content-type": "text/plain"})

    assert code_of(response) == (415, -32600)


# --- Arguments -----------------------------------------------------------------------------------


@pytest.mark.fidelity("gateway.argument-missing")
@pytest.mark.fidelity("gateway.argument-lines")
@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        ({}, ["Missing required field(s): 'petId'"]),
        (
            {"petId": 5},
            ["Invalid type for field 'petId': expected string, got integer"],
        ),
        ({"petId": None}, ["Invalid type for field 'petId': expected string, got null"]),
        ({"petId": "pet-1", "x": 1}, ["Unexpected field(s): 'x'"]),
        ({"x": 1}, ["Missing required field(s): 'petId'", "Unexpected field(s): 'x'"]),
    ],
    ids=str,
)
def test_arguments_that_do_not_fit_are_told_one_by_one(
    gateway: Gateway, arguments: dict[str, Any], lines: list[str]
) -> None:
    result = gateway.call(GET, **arguments)

    heading, *rest = result["content"][0]["text"].splitlines()
    assert result["isError"] is True
    assert heading == NOT_VALID
    assert sorted(rest) == sorted(f"- {line}" for line in lines)


@pytest.mark.fidelity("gateway.errors-terse")
@pytest.mark.parametrize(
    "pet_id",
    [
        "pet-1/",  # as a path it would be pet-1 again
        "pet-nobody",
        "no such pet",
        "../pets",
        "pet-1\0",
        "pet-1\r\nx: y",
        "%2e%2e",
        "🐶",
        "x" * 5000,
    ],
    ids=ascii,
)
def test_what_is_no_pets_id_is_a_terse_tool_error(gateway: Gateway, pet_id: str) -> None:
    result = gateway.call(GET, petId=pet_id)

    assert result == {"content": [{"type": "text", "text": TERSE}], "isError": True}


@pytest.mark.fidelity("gateway.path-arguments")
@pytest.mark.parametrize("pet_id", ["", ".", ".."])
def test_an_id_that_would_lead_to_another_path_is_not_sent(gateway: Gateway, pet_id: str) -> None:
    result = gateway.call(GET, petId=pet_id)

    assert result["isError"] is True
    assert result["content"][0]["text"].startswith(NOT_VALID)


@pytest.mark.fidelity("gateway.errors-terse")
@pytest.mark.parametrize(
    "arguments",
    [
        {"type": "dragon"},
        {"minPriceCents": "a lot"},
        {"minPriceCents": "2", "maxPriceCents": "1"},
        {"pageSize": "9" * 400},
        {"nextToken": "made up"},
    ],
    ids=lambda arguments: next(iter(arguments)),
)
def test_values_the_api_refuses_are_a_terse_tool_error(
    gateway: Gateway, arguments: dict[str, str]
) -> None:
    result = gateway.call(LIST, **arguments)

    assert result == {"content": [{"type": "text", "text": TERSE}], "isError": True}


# --- Tokens --------------------------------------------------------------------------------------


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


# --- Logs ----------------------------------------------------------------------------------------


@pytest.mark.fidelity("gateway.log")
def test_no_log_has_tokens_or_what_clients_sent(cloud: Cloud, stack: Stack) -> None:
    needle = f"needle{secrets.token_hex(8)}"
    tokens = stack.tokens(cloud)
    access, others = tokens["AccessToken"], [tokens["IdToken"], tokens["RefreshToken"]]
    gateway = Gateway.of(cloud, stack, token=access)
    refused = [bad_tokens.forged(access), bad_tokens.altered(access, sub=needle), *others]
    before = invocations(cloud, stack)

    for token in (*refused, needle):
        Gateway(gateway.url, cloud, token).request("tools/call", {"name": needle})
    misuse(gateway, needle)
    reached = [gateway.call(GET, petId=pet_id) for pet_id in (f"pet-{needle}", f"{needle}!")]
    reached += [gateway.call(LIST, **{name: needle}) for name in ("type", "nextToken")]

    assert all(result["content"][0]["text"] == TERSE for result in reached)
    wait_for_invocations(cloud, stack, len(before) + len(reached))
    logs = "\n".join(written(cloud, stack))
    assert "pet_not_found" in logs  # what a refusal does leave
    assert "unexpected fault" not in logs
    signatures = [token.rpartition(".")[2] for token in (access, *refused)]
    claims = [token.split(".")[1] for token in (access, *refused)]
    assert [
        secret for secret in (needle, stack.password, *signatures, *claims) if secret in logs
    ] == []


def misuse(gateway: Gateway, needle: str) -> None:
    """Put the needle wherever a client can put something, without reaching the API."""
    gateway.post(f'{{"{needle}'.encode())
    gateway.post({"jsonrpc": needle, "id": needle, "method": needle})
    gateway.post({"jsonrpc": "2.0", "id": needle, "method": needle, "params": {needle: needle}})
    gateway.post({"jsonrpc": "2.0", "id": 1, "method": "ping"}, headers={"origin": needle})
    gateway.post(b"{}", headers={"mcp-protocol-version": needle, "content-type": needle})
    gateway.call(GET, petId=5, **{needle: needle})
    gateway.post(needle.encode() + b" " * MAX_BODY_BYTES)


def invocations(cloud: Cloud, stack: Stack) -> list[str]:
    """Return the last line of each invocation that the log of the API's function has."""
    lines = events(cloud, f"/{stack.name}/petstore")
    return [line for line in lines if line.startswith("REPORT RequestId")]


def wait_for_invocations(cloud: Cloud, stack: Stack, count: int) -> None:
    """Wait until the function's log has this many invocations; on AWS it lags behind."""
    wait(
        cloud.client("logs"),
        "FilterLogEvents",
        f"length(events) >= `{count}`",
        True,
        logGroupName=f"/{stack.name}/petstore",
        filterPattern='"REPORT RequestId"',
    )


def written(cloud: Cloud, stack: Stack) -> Iterator[str]:
    """Yield all that is in the stack's log groups and in the laptop cloud's own log."""
    pages = cloud.client("logs").get_paginator("describe_log_groups").paginate()
    for group in (group["logGroupName"] for page in pages for group in page["logGroups"]):
        if stack.name in group or isinstance(cloud, Laptop):
            yield from events(cloud, group)
    if isinstance(cloud, Laptop):
        yield cloud.settings.log_file.read_text(encoding="utf-8")


def events(cloud: Cloud, group: str) -> list[str]:
    pages = cloud.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    return [event["message"] for page in pages for event in page["events"]]


def wait(client: Any, operation: str, argument: str, expected: object, **call: str) -> None:  # noqa: ANN401
    """Wait until the answer to an operation has a value, asking every second for two minutes."""
    reached = {
        "matcher": "path",
        "argument": argument,
        "expected": expected,
        "state": "success",
    }
    waiter = {"operation": operation, "delay": 1, "maxAttempts": 120, "acceptors": [reached]}
    model = WaiterModel({"version": 2, "waiters": {"Reached": waiter}})
    create_waiter_with_client("Reached", model, client).wait(**call)
