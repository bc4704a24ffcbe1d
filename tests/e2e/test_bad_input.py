"""Bad messages and arguments for the deployed gateway: the right error, and never a 5xx."""

from typing import Any

import httpx
import pytest

from tests.support.clients.errand import GET, LIST
from tests.support.rpc import MAX_BODY_BYTES, TERSE, Gateway

NOT_VALID = "ValidationException - Parameter validation failed: Invalid request parameters:"


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
