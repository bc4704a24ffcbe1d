"""What the commands do with CloudFormation, what they say, and with which status they end."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tenants.__main__ import main
from tenants.registry import Registry
from tenants.stacks import Stacks
from tests.support.fake_stacks import NESTED_ID, PLATFORM_PARAMETERS, FakeCloudFormation, FakeLists

ACME = "petstore-tenant-acme"
NESTED = f"arn:aws:cloudformation:us-east-1:123456789012:stack/nested-{ACME}/3"


class Desk:
    """A command line with a CloudFormation behind it."""

    def __init__(self) -> None:
        self.cloud = FakeCloudFormation()
        self.lists: dict[str, list[dict[str, Any]]] = {}

    def run(self, *arguments: str) -> tuple[int, str]:
        out = io.StringIO()
        client: Any = self.cloud
        registry = Registry("petstore", Stacks(client), FakeLists(self.lists))
        return main(arguments, out=out, registry=lambda _: registry), out.getvalue()


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_tenant_is_made_once_and_then_is_up_to_date(desk: Desk) -> None:
    status, said = desk.run("add", "acme")
    assert (status, said) == (0, f"acme: {ACME} is created\nacme: https://{ACME}\n")
    assert desk.run("add", "acme") == (0, "acme: up to date\n")
    assert desk.cloud.calls == [f"create {ACME}"]


def another_template(cloud: FakeCloudFormation) -> None:
    cloud.template["Resources"]["PlatformStack"]["Properties"]["TemplateURL"] = "https://two"


def another_layer(cloud: FakeCloudFormation) -> None:
    given = {**PLATFORM_PARAMETERS, "AgentVersionArn": "arn:agent:2"}
    cloud.place(NESTED_ID, Parameters=given, Outputs={"PlatformGatewayUrl": "u"})


@pytest.mark.parametrize("deploy", [another_template, another_layer])
def test_a_tenant_follows_its_root(
    desk: Desk, deploy: Callable[[FakeCloudFormation], None]
) -> None:
    desk.run("add", "acme")
    assert desk.run("list") == (0, "acme\tCREATE_COMPLETE\tcurrent\n")
    deploy(desk.cloud)
    assert desk.run("list") == (0, "acme\tCREATE_COMPLETE\tbehind the root\n")
    status, said = desk.run("add", "acme")
    assert (status, said.splitlines()[0]) == (0, f"acme: {ACME} is updated")
    assert desk.run("list") == (0, "acme\tCREATE_COMPLETE\tcurrent\n")


def test_all_are_begun_before_one_is_waited_for_and_one_bad_name_stops_no_other(
    desk: Desk,
) -> None:
    status, said = desk.run("add", "acme", "Bad-Name", "globex", "acme")
    assert status == 2
    assert "Bad-Name: BadName: " in said
    assert desk.cloud.calls == [f"create {ACME}", "create petstore-tenant-globex"]


def test_a_failure_says_why_down_to_the_stack_within(desk: Desk) -> None:
    desk.cloud.fails = {
        ACME: [
            (ACME, "DELETE_IN_PROGRESS", ""),
            ("UserPoolClient", "CREATE_FAILED", "Resource creation cancelled"),
            (NESTED, "CREATE_FAILED", "Embedded stack was not created"),
            (ACME, "CREATE_IN_PROGRESS", "User Initiated"),
            ("Older", "CREATE_FAILED", "of another time"),
        ],
        f"nested-{ACME}": [("PlatformGateway", "CREATE_FAILED", "Gateway is FAILED")],
    }
    status, said = desk.run("add", "acme")
    assert status == 6
    assert said.splitlines() == [
        f"acme: Failed: create of {ACME}: CREATE_COMPLETE",
        "  Platform: Embedded stack was not created",
        "  PlatformGateway: Gateway is FAILED",
    ]


def test_what_cloudformation_refuses_for_one_tenant_stops_no_other(desk: Desk) -> None:
    create = desk.cloud.create_stack

    def refuse_acme(**asked: Any) -> Any:  # noqa: ANN401 - boto3's
        if asked["StackName"] == ACME:
            said = {"Error": {"Code": "LimitExceeded", "Message": "too many stacks"}}
            raise ClientError(said, "CreateStack")  # type: ignore[arg-type]
        return create(**asked)

    desk.cloud.create_stack = refuse_acme  # type: ignore[method-assign]
    status, said = desk.run("add", "acme", "globex")
    assert (status, "too many stacks" in said) == (6, True)
    assert "globex: petstore-tenant-globex is created" in said


@pytest.mark.parametrize(
    ("state", "hint"),
    [("UPDATE_IN_PROGRESS", "wait for it"), ("DELETE_FAILED", "remove it first")],
)
def test_a_stack_in_between_is_left_as_it_is(desk: Desk, state: str, hint: str) -> None:
    desk.run("add", "acme")
    desk.cloud.stacks[ACME]["StackStatus"] = state
    status, said = desk.run("add", "acme")
    assert (status, said) == (5, f"acme: Busy: stack {ACME} is {state}: {hint}\n")


def test_a_stack_of_the_name_that_is_no_tenant_is_neither_updated_nor_removed(desk: Desk) -> None:
    desk.cloud.place(f"arn:aws:cloudformation:us-east-1:123456789012:stack/{ACME}/7")
    for command in ("add", "remove"):
        status, said = desk.run(command, "acme")
        assert (status, "NotOurs" in said) == (5, True)
    assert desk.run("list") == (0, "")
    assert desk.cloud.calls == []


def test_a_root_that_is_missing_busy_or_without_a_platform_takes_no_tenants(desk: Desk) -> None:
    assert desk.run("remove", "--all") == (0, "")
    desk.cloud.template["Resources"] = {}
    assert "no platform" in desk.run("add", "acme")[1]
    desk.cloud.stacks["petstore"]["StackStatus"] = "UPDATE_IN_PROGRESS"
    assert "UPDATE_IN_PROGRESS" in desk.run("add", "acme")[1]
    del desk.cloud.stacks["petstore"]
    assert desk.run("add", "acme") == (3, "RootUnusable: there is no stack petstore\n")


def test_tenants_are_listed_while_their_root_is_at_work(desk: Desk) -> None:
    desk.run("add", "acme")
    desk.cloud.stacks["petstore"]["StackStatus"] = "UPDATE_IN_PROGRESS"
    said = "acme\tCREATE_COMPLETE\tstack petstore is UPDATE_IN_PROGRESS\n"
    assert desk.run("list") == (0, said)


def test_a_tenant_is_removed_and_another_time_is_not_there(desk: Desk) -> None:
    desk.run("add", "acme", "globex")
    removed = (0, "acme: removed, and nothing of it is left\n")
    assert desk.run("remove", "acme") == removed
    assert desk.run("remove", "acme") == (0, "acme: is not there\n")
    assert desk.run("remove", "--all")[0] == 0
    assert desk.cloud.stacks.keys() == {"petstore", "petstore-PlatformStack-A1"}


@pytest.mark.parametrize(
    ("operation", "member", "name", "is_acmes"),
    [
        ("list_gateways", "name", f"{ACME}-platform", True),
        ("list_memories", "id", "petstore_tenant_acme_handover-0123456789", True),
        ("list_policy_engines", "name", "petstore_tenant_acme_platform", True),
        ("list_agent_runtimes", "agentRuntimeName", "petstore_tenant_acme_faq", True),
        ("describe_log_groups", "logGroupName", f"/{ACME}/crm-tools", True),
        ("list_objects_v2", "Key", "petstore_tenant_acme_faq/00.zip", True),
        ("list_gateways", "name", "petstore-tenant-acme2-platform", False),
        ("list_memories", "id", "petstore_handover-0123456789", False),
    ],
)
def test_what_is_left_of_a_tenant_is_named_and_another_tenants_is_not(
    desk: Desk, operation: str, member: str, name: str, is_acmes: bool
) -> None:
    desk.run("add", "acme")
    desk.lists[operation] = [{member: name}]
    status, said = desk.run("remove", "acme")
    assert (status, name in said) == ((7, True) if is_acmes else (0, False))


def test_a_removal_that_fails_says_so(desk: Desk) -> None:
    desk.run("add", "acme")
    desk.cloud.fails = {ACME: [("Platform", "DELETE_FAILED", "Gateway has targets")]}
    status, said = desk.run("remove", "acme")
    assert (status, "Gateway has targets" in said) == (6, True)


def test_outputs_are_shown_for_people_and_for_programs(desk: Desk) -> None:
    desk.run("add", "acme")
    status, said = desk.run("show", "acme")
    assert (status, said.splitlines()[0]) == (0, f"PlatformGatewayUrl\thttps://{ACME}")
    shown = json.loads(desk.run("show", "acme", "--json")[1])
    assert shown.keys() == {"tenant", "stack", "status", "outputs"}
    assert shown["outputs"]["PlatformGatewayUrl"] == f"https://{ACME}"
    assert desk.run("show", "nobody") == (4, "NoSuchTenant: petstore has no tenant nobody\n")


def test_what_is_asked_for_is_the_roots_platform_with_the_tenants_own_people(desk: Desk) -> None:
    desk.run("add", "acme")
    asked = desk.cloud.stacks[ACME]["asked"]
    template = json.loads(asked["TemplateBody"])
    given = template["Resources"]["Platform"]["Properties"]["Parameters"]
    assert given["AgentVersionArn"] == PLATFORM_PARAMETERS["AgentVersionArn"]
    assert given["UserPoolId"] == {"Ref": "UserPool"}
    assert given["MachineClientId"] == ""
    assert template["Outputs"]["PlatformGatewayUrl"]["Value"] == {
        "Fn::GetAtt": ["Platform", "Outputs.PlatformGatewayUrl"]
    }
    stated = {one["ParameterKey"]: one["ParameterValue"] for one in asked["Parameters"]}
    assert stated.keys() == template["Parameters"].keys()
    assert stated["ProvisionerFunctionRoleName"] == PLATFORM_PARAMETERS["ProvisionerRoleName"]


def test_an_account_that_refuses_is_an_error_without_a_trace(desk: Desk) -> None:
    def refuse(**_: str) -> None:
        said = {"Error": {"Code": "AccessDenied", "Message": "no"}}
        raise ClientError(said, "DescribeStacks")  # type: ignore[arg-type]

    desk.cloud.describe_stacks = refuse  # type: ignore[method-assign, assignment]
    status, said = desk.run("show", "acme")
    assert (status, said.startswith("CloudUnusable: ")) == (3, True)
