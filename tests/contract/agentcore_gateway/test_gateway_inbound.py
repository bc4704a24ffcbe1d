"""Who may call a gateway without a token, where it answers, and from which web pages."""

import json
from dataclasses import replace

import pytest

from localcloud.agentcore.model import Status
from localcloud.cloud import AuthenticationFailed
from tests.contract.agentcore_gateway.world import (
    CLIENT,
    GATEWAY_ARN,
    GATEWAY_ID,
    HOST,
    ISSUER,
    World,
    error_of,
)

SIGNED = {"authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260901/us-east-1/x"}


@pytest.mark.fidelity("gateway.auth-iam-denied")
async def test_without_permission_to_invoke_the_answer_is_403_with_the_request_id(
    world: World,
) -> None:
    world.gateway(authorizerType="AWS_IAM")
    assert await world.result("tools/list", headers=SIGNED)
    asked = world.cloud.authorizations[-1]
    assert (asked.action, asked.resource) == ("bedrock-agentcore:InvokeGateway", GATEWAY_ARN)

    world.cloud.denied.append(("bedrock-agentcore:InvokeGateway", "*"))
    response = await world.rpc("tools/list", headers=SIGNED, id_=7)
    assert response.status == 403
    assert json.loads(response.body) == {
        "jsonrpc": "2.0",
        "id": 7,
        "error": {"code": -32002, "message": "Authorization error - Insufficient permissions"},
    }
    unreadable = await world.request(body=b"{", headers=SIGNED)
    assert (unreadable.status, json.loads(unreadable.body)["id"]) == (403, 0)


@pytest.mark.fidelity("gateway.auth-iam-signature")
async def test_an_unsigned_request_to_an_iam_gateway_is_403(world: World) -> None:
    world.gateway(authorizerType="AWS_IAM")
    response = await world.rpc("tools/list")
    assert response.status == 403
    expected = "Authentication error - MissingAuthenticationTokenException"
    assert error_of(response) == {"code": -32001, "message": expected}


@pytest.mark.fidelity("gateway.auth-authenticate-only")
async def test_authenticate_only_asks_for_a_signature_and_no_permission(world: World) -> None:
    world.gateway(authorizerType="AUTHENTICATE_ONLY")
    world.cloud.denied.append(("*", "*"))
    assert await world.result("tools/list", headers=SIGNED)
    assert world.cloud.authorizations == []
    assert (await world.rpc("tools/list")).status == 403


async def test_the_code_of_a_bad_signature_reaches_the_client(world: World) -> None:
    world.gateway(authorizerType="AWS_IAM")
    headers = {"authorization": "AWS4-HMAC-SHA256 Credential=AKIDSTRANGER/20260901/us-east-1/x"}
    response = await world.rpc("tools/list", headers=headers)
    assert error_of(response)["message"].endswith(
        AuthenticationFailed("UnrecognizedClientException", "").code
    )


@pytest.mark.fidelity("gateway.prm")
@pytest.mark.parametrize("suffix", ["", "/mcp"])
async def test_protected_resource_metadata_needs_no_token(world: World, suffix: str) -> None:
    world.jwt_gateway(allowedClients=[CLIENT], allowedScopes=["pets/read"])
    path = f"/.well-known/oauth-protected-resource{suffix}"
    response = await world.request("GET", path)
    assert response.status == 200
    assert json.loads(response.body) == {
        "resource": f"https://{HOST}/mcp",
        "authorization_servers": [ISSUER],
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["pets/read"],
    }
    assert (await world.request("POST", path)).status == 405


@pytest.mark.fidelity("gateway.prm")
async def test_in_the_direct_form_the_resource_is_the_url_the_client_used(world: World) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    refused = await world.request(path=f"/_gateways/{GATEWAY_ID}/mcp", host="127.0.0.1:4566")
    where = (
        f"https://127.0.0.1:4566/.well-known/oauth-protected-resource/_gateways/{GATEWAY_ID}/mcp"
    )
    assert refused.headers["www-authenticate"] == f'Bearer resource_metadata="{where}"'
    below = f"/_gateways/{GATEWAY_ID}/.well-known/oauth-protected-resource"
    for path in (where.removeprefix("https://127.0.0.1:4566"), below, f"{below}/mcp"):
        response = await world.request("GET", path, host="127.0.0.1:4566")
        document = json.loads(response.body)
        assert document["resource"] == f"https://127.0.0.1:4566/_gateways/{GATEWAY_ID}/mcp"


async def test_a_gateway_without_tokens_has_no_metadata(world: World) -> None:
    response = await world.request("GET", "/.well-known/oauth-protected-resource")
    assert response.status == 404


@pytest.mark.fidelity("gateway.unknown")
@pytest.mark.parametrize(
    ("host", "path"),
    [
        (HOST.replace(GATEWAY_ID, "nothere-abc1234567"), "/mcp"),
        (HOST, "/"),
        (HOST, "/mcp/"),
        (HOST, f"/_gateways/{GATEWAY_ID}/mcp"),
        ("127.0.0.1", "/_gateways/nothere-abc1234567/mcp"),
        ("127.0.0.1", f"/_gateways/{GATEWAY_ID}/other"),
        ('evil"host', f"/_gateways/{GATEWAY_ID}/mcp"),
    ],
)
async def test_where_there_is_no_gateway_the_answer_is_404(
    world: World, host: str, path: str
) -> None:
    response = await world.request(path=path, host=host)
    assert response.status == 404
    assert response.headers["x-amzn-errortype"] == "ResourceNotFoundException"
    assert json.loads(response.body) == {"message": "The requested gateway does not exist."}


@pytest.mark.fidelity("gateway.not-ready")
@pytest.mark.parametrize("status", list(Status))
async def test_a_gateway_answers_from_ready_on_and_while_it_is_updated(
    world: World, status: Status
) -> None:
    answering = {Status.READY, Status.UPDATING, Status.UPDATE_UNSUCCESSFUL}
    world.reader.gateways[GATEWAY_ID] = replace(world.gateway(), status=status)
    response = await world.rpc("ping")
    assert response.status == (200 if status in answering else 404)


@pytest.mark.fidelity("gateway.origin")
@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:6274", 200),
        ("https://example.com", 403),
        ("null", 403),
        ("http://[", 403),
    ],
)
async def test_web_pages_of_other_sites_cannot_reach_the_direct_form(
    world: World, origin: str, status: int
) -> None:
    response = await world.request(
        path=f"/_gateways/{GATEWAY_ID}/mcp",
        host="127.0.0.1:4566",
        body=b'{"jsonrpc":"2.0","id":1,"method":"ping"}',
        headers={"origin": origin},
    )
    assert response.status == status
