"""Bad input gets the right error, never a 5xx, and leaves nothing in the log that should not be."""

import json
import logging
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localcloud.cloud import Request
from tests.contract.agentcore_gateway.world import (
    API,
    CLIENT,
    GET_PET,
    HOST,
    LIST_PETS,
    World,
    access_token,
    error_of,
    json_response,
)
from tests.support.asgi import ask

MAX_BODY = 6 * 1024 * 1024


@pytest.mark.fidelity("gateway.rpc-status")
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"{'a': 1}", b"\xff", b'{"a": NaN}', b'"\\ud800"', b"[" * 100_000, b"nul"],
)
async def test_what_is_not_json_is_a_parse_error(world: World, body: bytes) -> None:
    response = await world.request(body=body)
    assert response.status == 400
    assert json.loads(response.body) == {
        "jsonrpc": "2.0",
        "id": None,
        "error": {"code": -32700, "message": "Parse error"},
    }


@pytest.mark.fidelity("gateway.rpc-status")
@pytest.mark.parametrize(
    "message",
    [
        *(1, "text", None, True, {}),
        {"id": 1, "method": "ping"},
        {"jsonrpc": "1.0", "id": 1, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1},
        {"jsonrpc": "2.0", "id": 1, "method": 5},
        {"jsonrpc": "2.0", "id": None, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1.5, "method": "ping"},
        {"jsonrpc": "2.0", "id": True, "method": "ping"},
        {"jsonrpc": "2.0", "id": [1], "method": "ping"},
    ],
)
async def test_what_is_not_a_request_is_invalid(world: World, message: object) -> None:
    response = await world.request(body=json.dumps(message).encode())
    assert (response.status, error_of(response)["code"]) == (400, -32600)


@pytest.mark.fidelity("gateway.rpc-status")
@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("tools/list", []),
        ("tools/list", "x"),
        ("tools/list", {"cursor": 3}),
        ("tools/call", {}),
        ("tools/call", {"name": 3}),
        ("tools/call", {"name": "PetStoreTarget___ListPets", "arguments": "x"}),
        ("tools/call", {"name": "PetStoreTarget___ListPets", "arguments": [1]}),
        ("initialize", {}),
        ("initialize", {"protocolVersion": 20250618}),
    ],
)
async def test_parameters_of_the_wrong_type_are_invalid(
    world: World, method: str, params: object
) -> None:
    response = await world.rpc(method, params)
    assert (response.status, error_of(response)["code"]) == (200, -32602)
    assert json.loads(response.body)["id"] == 1


@pytest.mark.fidelity("gateway.body-limit")
@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_of_more_than_6_mb_is_413(world: World, declared: bool) -> None:
    headers = {"content-length": str(MAX_BODY + 1)} if declared else {}
    response = await world.request(body=b" " * (MAX_BODY + 1), headers=headers)
    assert (response.status, error_of(response)["code"]) == (413, -32600)


@pytest.mark.fidelity("gateway.body-limit")
async def test_a_body_of_6_mb_is_read(world: World) -> None:
    message = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
    response = await world.request(body=message + b" " * (MAX_BODY - len(message)))
    assert response.status == 200


@pytest.mark.fidelity("gateway.content-type")
@pytest.mark.parametrize("content_type", ["text/plain", "", "application/jsonx", "application/xml"])
async def test_another_content_type_is_415(world: World, content_type: str) -> None:
    response = await world.rpc("ping", headers={"content-type": content_type})
    assert response.status == 415


async def test_a_content_type_with_a_charset_is_json(world: World) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert (await world.rpc("ping", headers=headers)).status == 200


async def test_enormous_numbers_are_arguments_of_the_wrong_kind_or_sent_as_they_are(
    world: World,
) -> None:
    body = (
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":'
        b'{"name":"PetStoreTarget___ListPets","arguments":{"limit":%b}}}' % (b"9" * 400)
    )
    response = await world.request(body=body)
    assert response.status == 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
MESSAGES = st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0")},
    optional={
        "id": st.integers() | st.text() | JSON,
        "method": st.sampled_from(["initialize", "ping", "tools/list", "tools/call", "x"]) | JSON,
        "params": st.fixed_dictionaries(
            {},
            optional={
                "name": st.sampled_from(
                    ["PetStoreTarget___ListPets", "PetStoreTarget___GetPetById"]
                )
                | JSON,
                "arguments": st.dictionaries(
                    st.sampled_from(["petId", "type", "limit", "tag", "x"]), JSON
                )
                | JSON,
                "cursor": JSON,
                "_meta": JSON,
            },
        )
        | JSON,
    },
)
VERSIONS = st.sampled_from(["2025-03-26", "2025-06-18", "2026-07-28", "x", ""])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(message=MESSAGES | JSON, version=VERSIONS)
async def test_no_message_whatever_makes_a_5xx(message: object, version: str) -> None:
    world = World()
    world.gateway()
    world.target(LIST_PETS, GET_PET)
    headers = {"mcp-protocol-version": version} if version else {}
    response = await world.request(body=json.dumps(message).encode(), headers=headers)
    assert response.status < 500
    assert response.body == b"" or json.loads(response.body)


@settings(max_examples=80, deadline=None)
@given(token=st.text(st.characters(codec="latin-1"), max_size=60))
async def test_no_token_whatever_makes_a_5xx(token: str) -> None:
    world = World()
    world.jwt_gateway(allowedClients=[CLIENT])
    assert (await world.rpc("ping", token=token)).status == 401


@settings(max_examples=80, deadline=None)
@given(path=st.text(st.characters(codec="ascii"), max_size=40))
async def test_no_path_whatever_makes_a_5xx(path: str) -> None:
    world = World()
    world.gateway()
    for host in (HOST, "127.0.0.1"):
        request = Request("POST", "/" + path, headers=(("host", host),))
        assert (await ask(world.app, request)).status in {404, 415}


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


def written(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(
        f"{record.getMessage()} {record.__dict__} {record.exc_text}" for record in caplog.records
    )


@pytest.mark.fidelity("gateway.log")
async def test_the_log_has_one_line_a_request_and_no_tokens_or_arguments(
    world: World, everything_logged: pytest.LogCaptureFixture
) -> None:
    world.jwt_gateway({"exceptionLevel": "DEBUG"}, allowedClients=[CLIENT])
    world.cloud.answer("GET", f"{API}/pets/secret-pet", json_response({"name": "secret-body"}))
    token, bad = access_token(), access_token(client_id="x")
    name = "PetStoreTarget___GetPetById"
    await world.call(name, {"petId": "secret-pet"}, token=token)
    await world.rpc("tools/call", {"name": name, "arguments": {"petId": 5}}, token=bad)
    await world.rpc("secret-method", {"name": "secret-tool"}, token=token)
    await world.rpc("tools/call", {"name": "secret-tool"}, token=token)
    await world.request(body=b"secret-garbage", headers={"authorization": f"Bearer {token}"})
    log = written(everything_logged)
    for secret in (token, bad, token.split(".")[1], token.split(".")[2], "secret-"):
        assert secret not in log
    lines = [
        (each["method"], each["tool"], each["status"])
        for each in (record.__dict__ for record in everything_logged.records)
        if each["name"] == "localcloud.agentcore.gateway.app"
    ]
    assert lines == [
        ("tools/call", name, 200),
        ("none", None, 401),
        ("unknown", None, 200),
        ("tools/call", None, 200),
        ("invalid", None, 400),
    ]


async def test_a_bug_of_ours_is_a_500_with_an_id_and_a_trace_in_the_log(
    world: World, everything_logged: pytest.LogCaptureFixture
) -> None:
    world.gateway(authorizerType="SOMETHING_NEW")
    response = await world.rpc("ping")
    assert response.status == 500
    assert error_of(response) == {"code": -32603, "message": "Internal error"}
    assert "SOMETHING_NEW" in everything_logged.text
