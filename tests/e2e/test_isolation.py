"""Tenants that work at the same time, on the stack as deployed: nobody reads what is another's."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.support.isolation import table
from tests.support.isolation.canaries import Canaries, leaked, marks
from tests.support.isolation.people import Person, of_team
from tests.support.laptop import Cloud, Laptop, Stack
from tests.support.platform_users import Users
from tests.support.rpc import Gateway
from tests.support.waiting import wait

type Json = dict[str, Any]

CLIENTS = 32
USERS = (
    of_team("support", tenant="support-team", role="support"),
    of_team("sales", tenant="sales-team", role="sales"),
)
CUSTOMER = "ACME-001"
DENIED = -32002


def calls(person: Person, canaries: Canaries) -> Iterator[tuple[str, Json]]:
    """Yield calls of a client: what it may do, and what only the other team may."""
    case = {"account_id": CUSTOMER, "subject": canaries.of("cases"), "description": "Down"}
    ticket = {"project_key": "OPS", "summary": canaries.of("tickets"), "issue_type": "Bug"}
    yield table.LOOKUP, {"account_id": CUSTOMER}
    yield table.CREATE_TICKET, ticket
    yield table.SEND, {"channel": "#deals", "message": f"Won {canaries.of('messages')}"}
    yield table.CREATE_CASE, case
    yield table.CREATE_CASE, case | {"priority": "Critical"}
    yield table.SEARCH, {"query": "canary", "limit": 100}
    yield table.OPPORTUNITIES, {"account_id": CUSTOMER}
    yield table.DELETE, {"account_id": CUSTOMER}


def test_32_clients_of_two_teams_read_nothing_of_each_other(cloud: Cloud, stack: Stack) -> None:
    users, canaries = Users(cloud, stack), Canaries(count(uuid4().int % 50_000))
    gateways = {one.name: users.gateway(one.name) for one in USERS}

    def work(number: int) -> int:
        person = USERS[number % len(USERS)]
        gateway = gateways[person.name]
        listed = set(gateway.tool_names()) & table.TOOLS
        assert listed == table.listable(person.claims)
        for tool, arguments in calls(person, canaries):
            answer = gateway.request("tools/call", {"name": tool, "arguments": arguments})
            assert leaked(answer, arguments, person.reads) == []
            denied = answer.get("error", {}).get("code") == DENIED
            assert denied is not table.may_call(person.claims, tool, arguments), (tool, answer)
        return number

    with ThreadPoolExecutor(CLIENTS) as clients:
        assert len(list(clients.map(work, range(CLIENTS)))) == CLIENTS
    assert len(marks(json.dumps(found(gateways["sales"])))) > 1
    assert marks(json.dumps(decisions(cloud, stack))) == {}


def found(gateway: Gateway) -> Json:
    return gateway.call(table.SEARCH, query="canary", limit=100)


def decisions(cloud: Cloud, stack: Stack) -> list[str]:
    """Return the lines of the decision log, once all of this test's are there."""
    logs, gateway_id = cloud.client("logs"), stack.outputs["PlatformGatewayId"]
    group = f"/aws/vendedlogs/bedrock-agentcore/gateway/APPLICATION_LOGS/{gateway_id}"
    enough = f"length(events) >= `{CLIENTS * 8}`"
    wait(logs, "FilterLogEvents", enough, True, logGroupName=group, filterPattern="")
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
    return [event["message"] for page in pages for event in page["events"]]


# --- What a tenant's role may read, by IAM as it is evaluated here -----------------------------


POOL = "isolation_pool"


@pytest.fixture
def memory(laptop: Laptop) -> Iterator[Json]:
    """Give a memory that two tenants share, each below its own name."""
    control = laptop.client("bedrock-agentcore-control")
    made = control.create_memory(name=POOL, eventExpiryDuration=30)["memory"]
    control.get_waiter("memory_created").wait(memoryId=made["id"], WaiterConfig={"Delay": 1})
    yield made
    control.delete_memory(memoryId=made["id"])


@pytest.fixture
def group(laptop: Laptop) -> Iterator[str]:
    """Give the beginning of the names of two tenants' log groups, with a line in each."""
    logs, name = laptop.client("logs"), "/isolation"
    for tenant in ("acme", "acme-labs"):
        logs.create_log_group(logGroupName=f"{name}/{tenant}")
        logs.create_log_stream(logGroupName=f"{name}/{tenant}", logStreamName="one")
        event = {"timestamp": 1_790_000_000_000, "message": f"canary.{tenant}.00001"}
        logs.put_log_events(logGroupName=f"{name}/{tenant}", logStreamName="one", logEvents=[event])
    yield name
    for tenant in ("acme", "acme-labs"):
        logs.delete_log_group(logGroupName=f"{name}/{tenant}")


@pytest.fixture
def keys(laptop: Laptop, memory: Json, group: str) -> Iterator[Json]:
    """Give the access key of a user who may read, and write, what is acme's."""
    iam, name = laptop.client("iam"), "isolation-acme"
    log_group = f"arn:aws:logs:{laptop.settings.region}:{laptop.settings.account_id}:log-group"
    below = "/customers/acme/*"
    statements = [
        statement(["CreateEvent", "ListEvents"], memory["arn"], "actorId", "acme/*"),
        statement(["*MemoryRecord", "*MemoryRecords"], memory["arn"], "namespace", below),
        statement(["ListMemoryRecords"], memory["arn"], "namespacePath", "/customers/acme"),
        {
            "Effect": "Allow",
            "Action": "logs:FilterLogEvents",
            "Resource": [f"{log_group}:{group}/acme", f"{log_group}:{group}/acme:*"],
        },
    ]
    policy = {"Version": "2012-10-17", "Statement": statements}
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="Own", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    yield {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
    iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName=name, PolicyName="Own")
    iam.delete_user(UserName=name)


def statement(actions: list[str], resource: str, key: str, pattern: str) -> Json:
    return {
        "Effect": "Allow",
        "Action": [f"bedrock-agentcore:{action}" for action in actions],
        "Resource": resource,
        "Condition": {"StringLike": {f"bedrock-agentcore:{key}": pattern}},
    }


def is_denied(call: Any, **members: Any) -> bool:  # noqa: ANN401 - a method of a client
    try:
        call(**members)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDeniedException", error
        return True
    return False


@pytest.mark.laptop
@pytest.mark.fidelity("memory.iam")
def test_a_role_reaches_in_a_shared_memory_what_its_conditions_name(
    laptop: Laptop, memory: Json, keys: Json
) -> None:
    acme, names = laptop.client("bedrock-agentcore", **keys), {"memoryId": memory["id"]}
    for actor, denied in {"acme/ann": False, "acme-labs/ann": True, "acme": True}.items():
        session = {**names, "actorId": actor, "sessionId": "monday"}
        assert is_denied(acme.list_events, **session) is denied
        event = {"eventTimestamp": 1_790_000_000, "payload": []}
        assert is_denied(acme.create_event, **session, **event) is denied
    for place, denied in {
        "/customers/acme/": False,
        "/customers/acme/ann/": False,
        "/customers/acme-labs/": True,
        "/customers/": True,
        "/customers/ACME/": True,
    }.items():
        assert is_denied(acme.list_memory_records, **names, namespace=place) is denied
    for path, denied in {"/customers/acme": False, "/customers/acme-labs": True, "/": True}.items():
        assert is_denied(acme.list_memory_records, **names, namespacePath=path) is denied
    assert is_denied(acme.list_actors, **names)
    move = {
        "memoryRecordId": f"mem-{'0' * 36}",
        "timestamp": 1_790_000_000,
        "namespaces": ["/customers/acme/"],
    }
    assert is_denied(acme.batch_update_memory_records, **names, records=[move])
    move["sourceNamespaces"] = ["/customers/acme/ann/"]
    assert not is_denied(acme.batch_update_memory_records, **names, records=[move])


@pytest.mark.laptop
def test_a_role_reads_the_log_that_is_its_own(laptop: Laptop, group: str, keys: Json) -> None:
    logs = laptop.client("logs", **keys)
    arn = f"arn:aws:logs:{laptop.settings.region}:{laptop.settings.account_id}:log-group"
    own = logs.filter_log_events(logGroupName=f"{group}/acme")["events"]
    assert [one["message"] for one in own] == ["canary.acme.00001"]
    assert is_denied(logs.filter_log_events, logGroupName=f"{group}/acme-labs")
    assert is_denied(logs.filter_log_events, logGroupIdentifier=f"{arn}:{group}/acme-labs")
    assert is_denied(logs.describe_log_groups)
