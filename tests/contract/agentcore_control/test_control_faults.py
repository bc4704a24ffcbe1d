import json

import pytest

from localcloud.agentcore.control.faults import Effect, Fault
from localcloud.agentcore.control.faults_app import faults_app
from localcloud.cloud import Request, Response
from tests.support.asgi import ask
from tests.support.control_plane import (
    API_GATEWAY_TARGET,
    GATEWAY,
    TOOL,
    Client,
    Laptop,
    never,
    ready_gateway,
)
from tests.support.fake_cloud import CALLER


def test_a_held_gateway_stays_in_creating_and_can_be_deleted(
    laptop: Laptop, client: Client
) -> None:
    laptop.faults.order("PetStore", Fault(Effect.HOLD))
    gateway_id = ready_gateway(laptop, client)
    assert client.get_gateway(gatewayIdentifier=gateway_id)["status"] == "CREATING"

    client.delete_gateway(gatewayIdentifier=gateway_id)
    laptop.settle()
    assert client.list_gateways()["items"] == []
    again = ready_gateway(laptop, client)
    assert client.get_gateway(gatewayIdentifier=again)["status"] == "READY"


def test_a_held_gateway_goes_on_when_the_fault_is_lifted(laptop: Laptop, client: Client) -> None:
    _ask(laptop, "PUT", "/PetStore", {"effect": "HOLD", "times": 2})
    gateway_id = ready_gateway(laptop, client)
    assert json.loads(_ask(laptop, "GET", "/").body) == {
        "ordered": {"PetStore": {"effect": "HOLD", "times": 1, "reasons": []}},
        "held": [gateway_id],
    }
    assert _ask(laptop, "DELETE", "/PetStore").status == 204
    laptop.settle()
    assert client.get_gateway(gatewayIdentifier=gateway_id)["status"] == "READY"
    assert json.loads(_ask(laptop, "GET", "/").body) == {"ordered": {}, "held": []}


def test_creations_fail_as_often_as_ordered(laptop: Laptop, client: Client) -> None:
    _ask(laptop, "PUT", "/PetStore", {"effect": "FAIL", "reasons": ["no room"], "times": 2})
    statuses = []
    for _ in range(3):
        gateway_id = ready_gateway(laptop, client)
        found = client.get_gateway(gatewayIdentifier=gateway_id)
        statuses.append((found["status"], found.get("statusReasons")))
        client.delete_gateway(gatewayIdentifier=gateway_id)
        laptop.settle()
    assert statuses == [("FAILED", ["no room"])] * 2 + [("READY", None)]


@pytest.mark.parametrize("order", [{"effect": "EXPLODE"}, {"effect": "HOLD", "often": 1}, {}])
def test_an_order_that_makes_no_sense_is_refused(laptop: Laptop, order: dict[str, object]) -> None:
    assert _ask(laptop, "PUT", "/PetStore", order).status == 400


def test_another_process_takes_up_what_one_left(laptop: Laptop, client: Client) -> None:
    ready = ready_gateway(laptop, client)
    changed = ready_gateway(laptop, client, name="changed")
    deleted = ready_gateway(laptop, client, name="deleted")
    dying = laptop.restarted(spawn=never)
    with dying.client() as last:
        created = last.create_gateway(**GATEWAY | {"name": "created"})["gatewayId"]
        last.update_gateway(gatewayIdentifier=changed, **GATEWAY | {"name": "changed"})
        last.delete_gateway(gatewayIdentifier=deleted)
        last.create_gateway_target(gatewayIdentifier=ready, **API_GATEWAY_TARGET)
        left = {item["status"] for item in last.list_gateways()["items"]}
    assert left == {"READY", "CREATING", "UPDATING", "DELETING"}

    other = laptop.restarted()
    other.resume()
    with other.client() as again:
        statuses = {item["gatewayId"]: item["status"] for item in again.list_gateways()["items"]}
        (target,) = again.list_gateway_targets(gatewayIdentifier=ready)["items"]
    assert statuses == {ready: "READY", changed: "READY", created: "READY"}
    assert target["status"] == "READY"
    assert other.store.targets(ready)[0].tools == (TOOL,)
    assert other.importer.imported == [("PetStore/PetStoreTarget", CALLER)]


def test_nothing_is_ever_committed_here(laptop: Laptop, client: Client) -> None:
    client.create_gateway(**GATEWAY)
    laptop.settle()
    assert laptop.database.in_transaction
    laptop.database.rollback()
    assert laptop.database.execute("SELECT count(*) FROM agentcore_gateways").fetchone() == (0,)


def _ask(laptop: Laptop, method: str, path: str, body: dict[str, object] | None = None) -> Response:
    content = b"" if body is None else json.dumps(body).encode()
    return laptop.loop.run(ask(faults_app(laptop.faults), Request(method, path, body=content)))
