import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from localcloud.agentcore.client_tokens import SpentToken
from localcloud.agentcore.model import (
    Gateway,
    HttpBinding,
    LambdaBinding,
    McpBinding,
    Parameter,
    Status,
    Target,
    Tool,
)
from localcloud.agentcore.ports import GatewayReader
from localcloud.agentcore.store import GatewayStore
from localcloud.cloud import Caller

NOW = datetime(2026, 1, 1, 12, 30, 0, 5, tzinfo=UTC)
CALLER = Caller("123456789012", "arn:aws:iam::123456789012:user/me", "AKIDEXAMPLE")
GATEWAY = Gateway(
    gateway_id="pets-0123456789",
    name="Pets",
    config={"roleArn": "arn", "authorizerType": "NONE"},
    status=Status.FAILED,
    created_at=NOW,
    updated_at=NOW,
    status_reasons=("no role",),
    tags={"team": "pets"},
)
PATH = (Parameter("petId", "path"),)
HTTP = HttpBinding("GET", "https://api.example/pets/{petId}", PATH, "execute-api")
ROWS = HttpBinding(
    "POST",
    "https://dynamodb.example/",
    (Parameter("Key", "body", "key"),),
    "dynamodb",
    (("x-amz-target", "DynamoDB_20120810.GetItem"),),
)
SERVER = McpBinding("https://mcp.example/mcp", "bedrock-agentcore")
TARGET = Target(
    target_id="0000000001",
    gateway_id="pets-0123456789",
    name="PetStore",
    config={"targetConfiguration": {"mcp": {"apiGateway": {}}}},
    status=Status.READY,
    created_at=NOW,
    updated_at=NOW,
    tools=(
        Tool("GetPet", "Gets", {"type": "object"}, HTTP, output_schema={"type": "object"}),
        Tool("Ping", "Pings", {"type": "object"}, LambdaBinding("arn:aws:lambda:...")),
        Tool("GetItem", "Gets", {"type": "object"}, ROWS),
        Tool("Greet", "Greets", {"type": "object"}, SERVER),
    ),
    last_synchronized_at=NOW,
)


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    yield connection
    connection.close()


def test_what_is_kept_is_read_again_by_another_store(database: sqlite3.Connection) -> None:
    store = GatewayStore(database)
    bare = replace(TARGET, target_id="0000000002", tools=(), last_synchronized_at=None)
    store.put_gateway(GATEWAY)
    store.put_target(TARGET)
    store.put_target(bare)
    store.put_caller(CALLER, GATEWAY.gateway_id, TARGET.target_id)
    store.tokens.put("CreateGateway", "token", SpentToken("print", GATEWAY.gateway_id))

    other = GatewayStore(database)
    assert other.gateway(GATEWAY.gateway_id) == GATEWAY
    assert other.targets(GATEWAY.gateway_id) == (TARGET, bare)
    assert other.caller(GATEWAY.gateway_id, TARGET.target_id) == CALLER
    assert other.tokens.find("CreateGateway", "token") == SpentToken("print", GATEWAY.gateway_id)
    assert other.tokens.find("CreateGateway", "another") is None


def test_what_is_deleted_is_gone_for_every_store(database: sqlite3.Connection) -> None:
    store = GatewayStore(database)
    store.put_gateway(GATEWAY)
    store.put_caller(CALLER, GATEWAY.gateway_id)
    store.put_target(TARGET)
    store.put_caller(CALLER, GATEWAY.gateway_id, TARGET.target_id)
    store.delete_target(GATEWAY.gateway_id, TARGET.target_id)
    assert store.targets(GATEWAY.gateway_id) == ()
    store.delete_gateway(GATEWAY.gateway_id)
    for either in (store, GatewayStore(database)):
        assert either.gateway(GATEWAY.gateway_id) is None
        assert either.gateways() == ()
        assert either.caller(GATEWAY.gateway_id) is None
        assert either.caller(GATEWAY.gateway_id, TARGET.target_id) is None


def test_targets_stay_in_order_of_creation_when_one_changes(database: sqlite3.Connection) -> None:
    store = GatewayStore(database)
    second = replace(TARGET, target_id="0000000000", name="second")
    store.put_target(TARGET)
    store.put_target(second)
    changed = replace(TARGET, status=Status.UPDATING)
    store.put_target(changed)
    for either in (store, GatewayStore(database)):
        assert either.targets(GATEWAY.gateway_id) == (changed, second)


def test_readers_get_the_same_values_until_they_change(database: sqlite3.Connection) -> None:
    reader: GatewayReader = (store := GatewayStore(database))
    store.put_gateway(GATEWAY)
    store.put_target(TARGET)
    assert reader.gateway(GATEWAY.gateway_id) is GATEWAY
    assert reader.targets(GATEWAY.gateway_id) is reader.targets(GATEWAY.gateway_id)
    changed = replace(TARGET, name="other")
    store.put_target(changed)
    assert reader.targets(GATEWAY.gateway_id) == (changed,)


@pytest.mark.parametrize("resource_id", [GATEWAY.gateway_id, TARGET.target_id])
def test_a_client_token_lasts_as_long_as_what_it_made(resource_id: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        store = GatewayStore(connection)
        store.tokens.put("scope", "token", SpentToken("print", resource_id))

        store.delete_target(GATEWAY.gateway_id, TARGET.target_id)
        store.delete_gateway(GATEWAY.gateway_id)

        assert store.tokens.find("scope", "token") is None
