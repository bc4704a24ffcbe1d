"""Which bearer tokens a gateway takes, and what the others are told."""

import json
from datetime import timedelta

import pytest
from joserfc.jwk import OctKey

from localcloud.cloud import CloudError, Response
from tests.contract.agentcore_gateway.world import (
    CLIENT,
    DISCOVERY,
    HOST,
    ISSUER,
    JWKS,
    NOW,
    World,
    access_token,
    ec_key,
    error_of,
    json_response,
    rsa_key,
    signed,
)

INVALID = {
    "jsonrpc": "2.0",
    "id": 0,
    "error": {"code": -32001, "message": "Invalid Bearer token"},
}
METADATA = f"https://{HOST}/.well-known/oauth-protected-resource"


async def expect_invalid(world: World, token: str) -> Response:
    response = await world.rpc("tools/list", token=token, id_=7)
    assert response.status == 401
    assert json.loads(response.body) == INVALID
    assert response.headers["www-authenticate"] == f'Bearer resource_metadata="{METADATA}"'
    return response


@pytest.mark.fidelity("gateway.auth-missing-token")
@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Basic eA=="}, {"authorization": "Bearer "}]
)
async def test_without_a_bearer_token_the_answer_is_401_with_id_0(
    world: World, headers: dict[str, str]
) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    response = await world.rpc("tools/list", headers=headers, id_=7)
    assert response.status == 401
    assert json.loads(response.body) == {
        "jsonrpc": "2.0",
        "id": 0,
        "error": {"code": -32001, "message": "Missing Bearer token"},
    }
    assert response.headers["www-authenticate"] == f'Bearer resource_metadata="{METADATA}"'


@pytest.mark.fidelity("gateway.auth-clients")
async def test_the_access_token_of_an_allowed_client_passes(world: World) -> None:
    world.jwt_gateway(allowedClients=["other", CLIENT])
    assert await world.result("tools/list", token=access_token())


async def test_a_token_signed_with_an_elliptic_curve_passes(world: World) -> None:
    world.jwt_gateway()
    world.publish(rsa_key(), ec_key())
    claims = {"iss": ISSUER, "exp": NOW.timestamp() + 60}
    token = signed(claims, key=ec_key(), header={"alg": "ES256"})
    assert await world.result("tools/list", token=token)


@pytest.mark.fidelity("gateway.auth-id-token")
async def test_an_id_token_is_invalid_under_allowed_clients(world: World) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    await expect_invalid(world, access_token(client_id=None, aud=CLIENT, token_use="id"))


@pytest.mark.fidelity("gateway.auth-id-token-audience")
async def test_an_id_token_passes_under_allowed_audience(world: World) -> None:
    world.jwt_gateway(allowedAudience=[CLIENT])
    token = access_token(client_id=None, aud=[CLIENT, "x"], token_use="id")
    assert await world.result("tools/list", token=token)


@pytest.mark.fidelity("gateway.auth-invalid-token")
@pytest.mark.parametrize(
    "claims",
    [
        {"client_id": "another-client"},
        {"client_id": ["client-one"]},
        {"iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other"},
        {"iss": None},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"nbf": NOW.timestamp() + 60},
        {"nbf": "now"},
    ],
)
async def test_a_token_whose_claims_do_not_fit_is_invalid(
    world: World, claims: dict[str, object]
) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    await expect_invalid(world, access_token(**claims))


@pytest.mark.fidelity("gateway.auth-invalid-token")
async def test_an_audience_that_is_not_allowed_is_invalid(world: World) -> None:
    world.jwt_gateway(allowedAudience=["this-api"], allowedClients=[CLIENT])
    await expect_invalid(world, access_token(aud="another-api"))


@pytest.mark.fidelity("gateway.auth-expired")
async def test_an_expired_token_is_told_the_same_as_an_invalid_one(world: World) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    await expect_invalid(world, access_token(exp=int(NOW.timestamp())))


@pytest.mark.fidelity("gateway.auth-expired")
async def test_a_token_that_passed_once_is_refused_from_its_last_second_on(world: World) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    token = access_token(exp=int(NOW.timestamp()) + 60)
    assert await world.result("tools/list", token=token)
    world.now = NOW + timedelta(seconds=60)
    await expect_invalid(world, token)


async def test_a_token_that_passed_once_is_refused_when_the_gateway_asks_for_more(
    world: World,
) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    assert await world.result("tools/list", token=access_token())
    world.jwt_gateway(allowedClients=["another"])
    await expect_invalid(world, access_token())


@pytest.mark.fidelity("gateway.auth-algorithms")
async def test_a_token_without_a_signature_is_invalid(world: World) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    _, payload, _ = access_token().split(".")
    await expect_invalid(world, f"eyJhbGciOiJub25lIn0.{payload}.")  # {"alg":"none"}
    await expect_invalid(world, f"eyJhbGciOiJub25lIiwia2lkIjoiazEifQ.{payload}.")


@pytest.mark.fidelity("gateway.auth-algorithms")
async def test_a_token_signed_with_the_public_key_as_a_secret_is_invalid(world: World) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    secret = OctKey.import_key(
        {"kty": "oct", "k": rsa_key().as_dict(private=False)["n"], "kid": "k1"}
    )
    claims = {"iss": ISSUER, "client_id": CLIENT, "exp": NOW.timestamp() + 60}
    await expect_invalid(world, signed(claims, key=secret, header={"alg": "HS256", "kid": "k1"}))


@pytest.mark.fidelity("gateway.auth-invalid-token")
async def test_a_forged_signature_is_invalid(world: World) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    header, payload, _ = access_token().split(".")
    other = signed({"iss": ISSUER}).split(".")[2]
    await expect_invalid(world, f"{header}.{payload}.{other}")


@pytest.mark.fidelity("gateway.auth-invalid-token")
async def test_a_token_of_another_pool_is_invalid(world: World) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    claims = {"iss": ISSUER, "client_id": CLIENT, "exp": NOW.timestamp() + 60}
    await expect_invalid(world, signed(claims, key=rsa_key("elsewhere")))
    await expect_invalid(world, signed(claims, key=rsa_key("elsewhere"), header={"kid": "k1"}))


@pytest.mark.fidelity("gateway.auth-invalid-token")
@pytest.mark.parametrize(
    "token",
    [
        "x",
        "a.b.c",
        "..",
        "W10.e30.e30",
        "é.é.é",
        "a" * 100_000,
        f"{'W1tb' * 1200}.e30.AA",  # a header of [[[[
    ],
)
async def test_what_is_no_token_at_all_is_invalid(world: World, token: str) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    await expect_invalid(world, token)


@pytest.mark.fidelity("gateway.auth-keys")
async def test_keys_are_read_once_and_again_when_a_new_key_appears(world: World) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    claims = {"iss": ISSUER, "client_id": CLIENT, "exp": NOW.timestamp() + 7200}
    assert await world.result("tools/list", token=access_token())
    assert await world.result("tools/list", token=access_token(sub="user-2"))
    assert len(world.sent_to(JWKS)) == 1
    world.publish(rsa_key(), rsa_key("k2"))
    world.now = NOW + timedelta(seconds=31)
    assert await world.result("tools/list", token=signed(claims, key=rsa_key("k2")))
    assert len(world.sent_to(JWKS)) == 2


@pytest.mark.fidelity("gateway.auth-keys")
async def test_a_flood_of_unknown_keys_does_not_become_a_flood_to_the_provider(
    world: World,
) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    for second in range(60):
        world.now = NOW + timedelta(seconds=second)
        await expect_invalid(world, signed({"iss": ISSUER}, header={"kid": f"unknown-{second}"}))
    assert len(world.sent_to(JWKS)) == 2


@pytest.mark.fidelity("gateway.auth-keys")
async def test_keys_are_read_again_after_an_hour(world: World) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    assert await world.result("tools/list", token=access_token())
    world.publish(rsa_key("k2"))  # the provider has retired its first key
    world.now = NOW + timedelta(hours=1)
    await expect_invalid(world, access_token(sub="user-2", exp=NOW.timestamp() + 7200))


@pytest.mark.fidelity("gateway.auth-provider-down")
@pytest.mark.parametrize(
    "answer",
    [
        CloudError("connection refused"),
        Response(500, {}, b"oops"),
        Response(200, {}, b"<html>"),
        json_response([]),
        json_response({"issuer": ISSUER}),
    ],
)
async def test_when_the_provider_is_down_the_answer_is_401_and_says_so(
    world: World, answer: Response | Exception
) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    world.cloud.answer("GET", DISCOVERY, answer)
    response = await world.rpc("tools/list", token=access_token())
    assert response.status == 401
    assert error_of(response) == {
        "code": -32001,
        "message": "Bearer token cannot be verified: the identity provider cannot be reached",
    }
    await world.rpc("tools/list", token=access_token())
    assert len(world.sent_to(DISCOVERY)) == 1, "left alone for a while"
    world.publish(rsa_key())
    world.now = NOW + timedelta(seconds=11)
    assert await world.result("tools/list", token=access_token())


@pytest.mark.parametrize("keys", [{}, {"keys": 1}, {"keys": []}, {"keys": ["x"]}, {"keys": [{}]}])
async def test_keys_that_cannot_be_read_are_a_provider_that_is_down(
    world: World, keys: object
) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    world.cloud.answer("GET", JWKS, json_response(keys))
    response = await world.rpc("tools/list", token=access_token())
    assert response.status == 401
    assert "cannot be verified" in error_of(response)["message"]


@pytest.mark.fidelity("gateway.auth-scope")
async def test_a_token_without_the_scope_is_told_which_to_ask_for(world: World) -> None:
    world.jwt_gateway(
        allowedScopes=["pets/read", "pets/write"], advertisedScopeMapping={"pets/write": "write"}
    )
    response = await world.rpc("tools/list", token=access_token())
    assert response.status == 403
    assert error_of(response)["code"] == -32002
    assert response.headers["www-authenticate"] == (
        'Bearer error="insufficient_scope", scope="pets/read write", '
        f'resource_metadata="{METADATA}"'
    )
    missing = await world.rpc("tools/list")
    assert missing.headers["www-authenticate"].endswith(', scope="pets/read write"')


@pytest.mark.fidelity("gateway.scopes-any")
@pytest.mark.parametrize(
    "claims", [{"scope": "openid pets/read"}, {"scope": None, "scp": ["pets/read"]}]
)
async def test_one_of_the_scopes_is_enough(world: World, claims: dict[str, object]) -> None:
    world.jwt_gateway(allowedScopes=["pets/read", "pets/write"])
    assert await world.result("tools/list", token=access_token(**claims))
