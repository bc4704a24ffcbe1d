"""Tenants with platforms of their own: made, apart from each other, and removed without a trace."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from uuid import uuid4

import httpx
import pytest
from botocore.exceptions import ClientError

from tenants.registry import Registry
from tenants.stacks import Stacks
from tests.support.isolation import table
from tests.support.isolation.canaries import Canaries, leaked, marks
from tests.support.laptop import Finished, Laptop, Stack
from tests.support.leftovers import leftovers
from tests.support.platform_users import Users, refusal, said
from tests.support.rpc import Gateway

pytestmark = pytest.mark.laptop

LOOKUP = "CRMTools___lookup_customer"
CUSTOMERS = {"acme": "ACME-001", "globex": "GLOBEX-001"}
CASE = {"account_id": "ACME-001", "subject": "No signal", "description": "Since Monday."}
GROUP = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/exporter/group"}}
CLIENTS = 32
AGENTS_CLIENTS = 8
"""Who also asks an agent: each company's works through its questions one after the other."""
INVALID = {"code": -32001, "message": "Invalid Bearer token"}


def run(laptop: Laptop, *arguments: str) -> Finished:
    return laptop.run(".venv/bin/python", "-m", "tenants", *arguments)


def users_of(laptop: Laptop, tenant: str) -> Users:
    """Return a tenant's users; its stack has the root's outputs, with values of its own."""
    shown = run(laptop, "show", tenant, "--json")
    assert shown.status == 0, shown.output
    found = json.loads(shown.output)
    return Users(laptop, Stack(found["stack"], found["outputs"], "support", ""))


def names(laptop: Laptop) -> dict[str, list[str]]:
    """Return what there is, without the history of what was done."""
    found = leftovers(laptop)
    return {kind: sorted(found[kind]) for kind in found if kind != "executions"}


@pytest.fixture(scope="module")
def before(laptop: Laptop, stack: Stack) -> dict[str, list[str]]:
    """What there is without tenants."""
    assert stack.name == "petstore"
    return names(laptop)


@pytest.fixture(scope="module")
def people(laptop: Laptop, before: dict[str, list[str]]) -> Iterator[dict[str, Users]]:
    """The users of two tenants, made at the same time."""
    assert before
    added = run(laptop, "add", *CUSTOMERS, "--poll", "1")
    assert added.status == 0, added.output
    yield {tenant: users_of(laptop, tenant) for tenant in CUSTOMERS}
    removed = run(laptop, "remove", "--all", "--poll", "1")
    assert removed.status == 0, removed.output


@pytest.mark.parametrize("tenant", CUSTOMERS)
def test_a_tenants_user_sees_the_tenants_customers_and_no_others(
    people: dict[str, Users], tenant: str
) -> None:
    support = people[tenant].gateway("support")
    for whose, account_id in CUSTOMERS.items():
        found = said(support.call(LOOKUP, account_id=account_id))["customers"]
        assert [one["account_id"] for one in found] == ([account_id] if whose == tenant else [])


def test_policies_decide_for_a_tenant_as_they_do_for_all(people: dict[str, Users]) -> None:
    denied = refusal(
        people["acme"].gateway("support"), "CRMTools___create_case", **CASE, priority="Critical"
    )
    assert "high_priority_case_restriction" in denied
    senior = people["acme"].gateway("senior")
    assert said(senior.call("CRMTools___create_case", **CASE, priority="Critical"))["case_id"]


@pytest.mark.parametrize("username", ["support", "manager", "auditor"])
def test_a_token_is_good_for_the_gateway_of_its_own_company_and_no_other(
    laptop: Laptop, stack: Stack, people: dict[str, Users], username: str
) -> None:
    """The shared platform's policies would let each of them in: they are asked by their tokens."""
    everybody = {"root": Users(laptop, stack), **people}
    for company, users in everybody.items():
        token = users.gateway(username).token
        for other, theirs in everybody.items():
            url = theirs.stack.outputs["PlatformGatewayUrl"]
            answer = Gateway(url, laptop, token).post(
                {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
            )
            assert answer.status_code == (200 if company == other else 401), (company, other)
            assert company == other or answer.json()["error"] == INVALID
        shop = Gateway(stack.outputs["GatewayUrl"], laptop, token)
        assert (shop.post({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).status_code) == (
            200 if company == "root" else 401
        )


def test_32_clients_of_two_companies_read_nothing_of_each_other(
    laptop: Laptop, people: dict[str, Users]
) -> None:
    """Both call things by the same names: customers, projects, channels, conversations."""
    canaries, companies = Canaries(count(uuid4().int % 50_000)), sorted(people)
    gateways = {
        (company, username): people[company].gateway(username)
        for company in companies
        for username in ("support", "sales")
    }

    def work(number: int) -> None:
        company = companies[number % len(companies)]
        for username, tool, arguments in calls(canaries.of(company)):
            answer = gateways[company, username].request(
                "tools/call", {"name": tool, "arguments": arguments}
            )
            assert "result" in answer, answer
            assert leaked(answer, arguments, frozenset({company})) == []
        if number < AGENTS_CLIENTS:
            for prompt in (f"Please remember {canaries.of(company)}.", "What is known of me?"):
                reply = people[company].ask("support", "Support", prompt, "monday", "SHARED-1")
                assert leaked(reply, prompt, frozenset({company})) == []

    with ThreadPoolExecutor(CLIENTS) as clients:
        assert len(list(clients.map(work, range(CLIENTS)))) == CLIENTS
    for company in companies:
        outputs = people[company].stack.outputs
        found = gateways[company, "sales"].call(table.SEARCH, query="canary", limit=100)
        written = json.dumps(
            [found, conversations(laptop, outputs["CustomerMemoryId"])], default=str
        )
        assert len(marks(written)) > AGENTS_CLIENTS // len(companies)
        assert set(marks(written).values()) == {company}


def calls(mark: str) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Yield what a client does: who, which tool, with which arguments."""
    yield (
        "support",
        table.CREATE_TICKET,
        {"project_key": "OPS", "summary": mark, "issue_type": "Bug"},
    )
    yield "sales", table.SEND, {"channel": "#deals", "message": f"Won {mark}"}
    for number in (1, 2, 17):
        yield "support", table.GET_TICKET, {"ticket_id": f"OPS-{number}"}
    for account_id in CUSTOMERS.values():
        yield "sales", table.LOOKUP, {"account_id": account_id}
    yield "sales", table.SEARCH, {"query": "canary", "limit": 100}


def conversations(laptop: Laptop, memory_id: str) -> list[object]:
    """Return what the company's agents keep of the customer they all speak of."""
    data = laptop.client("bedrock-agentcore")
    of_customer = {"memoryId": memory_id, "actorId": "SHARED-1"}
    return [
        event
        for page in data.get_paginator("list_sessions").paginate(**of_customer)
        for session in page["sessionSummaries"]
        for events in data.get_paginator("list_events").paginate(
            **of_customer, sessionId=session["sessionId"]
        )
        for event in events["events"]
    ]


def test_a_tenant_that_is_there_is_not_made_again(laptop: Laptop, people: dict[str, Users]) -> None:
    before = people["acme"].stack.outputs
    again = run(laptop, "add", "acme", "--poll", "1")
    assert (again.status, again.output) == (0, "acme: up to date\n")
    assert users_of(laptop, "acme").stack.outputs == before
    listed = run(laptop, "list")
    assert listed.output == "".join(f"{one}\tCREATE_COMPLETE\tcurrent\n" for one in sorted(people))


def test_a_tenant_follows_its_root_in_place(laptop: Laptop, people: dict[str, Users]) -> None:
    """As if the root had been deployed with another parameter."""
    stacks = Stacks(laptop.client("cloudformation"), poll_s=1)
    registry = Registry("petstore", stacks, laptop.client)
    root = registry.root()
    changed = replace(root, parameters={**root.parameters, "LogRetentionDays": "7"})
    for given in (changed, root):
        assert registry.is_behind(given, registry.tenant("globex"))
        begun = registry.add(given, "globex")
        assert begun is not None
        assert begun.change == "update"
        registry.finish(begun)
        (group,) = laptop.client("logs").describe_log_groups(
            logGroupNamePrefix="/petstore-tenant-globex/crm-tools"
        )["logGroups"]
        assert str(group["retentionInDays"]) == given.parameters["LogRetentionDays"]
        before, after = people["globex"].stack.outputs, users_of(laptop, "globex").stack.outputs
        assert {**after, "RootRevision": ""} == {**before, "RootRevision": ""}
    customers = said(people["globex"].gateway("support").call(LOOKUP, account_id="GLOBEX-001"))
    assert customers["customers"]


def test_the_provisioner_works_for_a_tenant_with_rights_on_what_is_the_tenants(
    laptop: Laptop, people: dict[str, Users]
) -> None:
    iam = laptop.client("iam")
    for tenant in people:
        role = f"petstore-tenant-{tenant}-provisioner"
        attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        documents = [
            iam.get_policy_version(PolicyArn=one["PolicyArn"], VersionId="v1")["PolicyVersion"]
            for one in attached
            if "ProvisioningPolicy" in one["PolicyName"] and "Platform" in one["PolicyName"]
        ]
        (document,) = [json.dumps(one["Document"]) for one in documents]
        assert f"petstore-tenant-{tenant}-platform-" in document
        (other,) = people.keys() - {tenant}
        assert other not in document
    roots = [
        one["RoleName"] for one in iam.list_roles()["Roles"] if "Provisioner" in one["RoleName"]
    ]
    for role in roots:
        attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        assert not [one for one in attached if "tenant" in one["PolicyName"]]


@pytest.mark.usefixtures("people")
def test_the_root_stack_stays_while_it_has_tenants(laptop: Laptop) -> None:
    with pytest.raises(ClientError, match="is imported by stack petstore-tenant-"):
        laptop.client("cloudformation").delete_stack(StackName="petstore")


@pytest.mark.usefixtures("people")
def test_a_tenant_that_cannot_be_made_leaves_nothing_and_says_why(laptop: Laptop) -> None:
    there = names(laptop)
    with httpx.Client(verify=laptop.ssl_context(), trust_env=False) as http:
        url = f"{laptop.settings.url}/_laptop/faults/petstore-tenant-umbrella-platform"
        http.put(url, json={"effect": "FAIL", "times": 1}).raise_for_status()
    failed = run(laptop, "add", "umbrella", "--poll", "1")
    assert failed.status == 6, failed.output
    assert "umbrella: Failed: create of petstore-tenant-umbrella" in failed.output
    assert "FAILED" in failed.output
    assert names(laptop) == there


def test_a_tenant_that_is_removed_leaves_nothing_and_the_others_alone(
    laptop: Laptop, people: dict[str, Users], before: dict[str, list[str]]
) -> None:
    removed = run(laptop, "remove", "acme", "--poll", "1")
    assert (removed.status, removed.output) == (0, "acme: removed, and nothing of it is left\n")
    left = {
        name
        for kind, found in names(laptop).items()
        for name in set(found) - set(before.get(kind, []))
    }
    assert left
    assert not [name for name in left if "acme" in name]
    customers = said(people["globex"].gateway("support").call(LOOKUP, account_id="GLOBEX-001"))
    assert customers["customers"]
    again = run(laptop, "remove", "acme", "--poll", "1")
    assert (again.status, again.output) == (0, "acme: is not there\n")


@pytest.mark.fidelity("laptop.exports-in-use")
def test_an_export_that_another_stack_imports_is_neither_changed_nor_taken_away(
    laptop: Laptop,
) -> None:
    cloudformation = laptop.client("cloudformation")

    def settle(operation: str, name: str, **template: object) -> str:
        getattr(cloudformation, operation)(StackName=name, TemplateBody=json.dumps(template))
        waiter = cloudformation.get_waiter(
            "stack_create_complete" if operation == "create_stack" else "stack_rollback_complete"
        )
        waiter.wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        status: str = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        return status

    def exporting(value: str | None) -> dict[str, object]:
        export = {"Name": {"Value": value, "Export": {"Name": "exporter-value"}}} if value else {}
        plain = {"Other": {"Value": "kept"}}
        return {"Resources": {"Group": GROUP}, "Outputs": {**export, **plain}}

    importing = {"Fn::ImportValue": "exporter-value"}
    imported = {**GROUP, "Properties": {"LogGroupName": importing}}
    settle("create_stack", "exporter", **exporting("/one"))
    settle("create_stack", "importer", Resources={"Group": imported})
    try:
        for value in ("/two", None):
            assert settle("update_stack", "exporter", **exporting(value)) == (
                "UPDATE_ROLLBACK_COMPLETE"
            )
        (export,) = [
            one
            for one in cloudformation.list_exports()["Exports"]
            if one["Name"] == "exporter-value"
        ]
        assert export["Value"] == "/one"
    finally:
        for name in ("importer", "exporter"):
            cloudformation.delete_stack(StackName=name)
            cloudformation.get_waiter("stack_delete_complete").wait(
                StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
            )
