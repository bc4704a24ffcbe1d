"""Policies by unmodified boto3: validation, updates, deletion, and what is in force meanwhile."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.control_plane import never
from tests.support.policy_plane import OPEN, Client, Desk, PolicyLaptop

TOKEN = "a-token-of-at-least-33-characters-1"
FORBID_DELETE = (
    'forbid(principal, action == AgentCore::Action::"Support___delete_customer",'
    " resource == GATEWAY);"
)
UNKNOWN_TOOL = FORBID_DELETE.replace("delete_customer", "no_such_tool")
CUSTOMER = {"customer_id": "c-1"}


def create(control: Client, engine_id: str, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Create a policy that permits everything, unless told otherwise."""
    wanted = {"name": "Open", "definition": {"cedar": {"statement": OPEN}}} | members
    made: dict[str, Any] = control.create_policy(policyEngineId=engine_id, **wanted)
    return made


@pytest.mark.fidelity("agentcore-policy.create")
def test_a_new_policy_is_creating_and_then_active(desk: Desk, control: Client) -> None:
    made = create(control, desk.engine_id, description="All", validationMode="IGNORE_ALL_FINDINGS")
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert (made["status"], made["enforcementMode"]) == ("CREATING", "ACTIVE")
    assert made["policyArn"] == f"{desk.engine_arn}/policy/{made['policyId']}"
    assert made["policyId"].startswith("Open-")
    desk.laptop.settle()
    names = {"policyEngineId": desk.engine_id, "policyId": made["policyId"]}
    control.get_waiter("policy_active").wait(**names)
    shown = control.get_policy(**names)
    assert shown["definition"] == {"cedar": {"statement": OPEN}}
    assert (shown["description"], shown["statusReasons"]) == ("All", [])
    summary = control.get_policy_summary(**names)
    assert summary["status"] == "ACTIVE"
    assert not {"definition", "description", "statusReasons"} & summary.keys()


@pytest.mark.fidelity("agentcore-policy.validation")
def test_a_statement_on_a_tool_that_is_not_there_fails(desk: Desk) -> None:
    policy = desk.policy("Unknown", UNKNOWN_TOOL)
    assert policy["status"] == "CREATE_FAILED"
    (reason,) = policy["statusReasons"]
    assert reason.startswith("Validation failed: ")
    assert "Support___no_such_tool" in reason


@pytest.mark.fidelity("agentcore-policy.validation")
@pytest.mark.parametrize(
    "statement", [f"{OPEN} {OPEN}", "permit everything to everyone at all times, please;"]
)
def test_what_is_not_one_statement_fails(desk: Desk, statement: str) -> None:
    policy = desk.policy("Broken", statement)
    assert policy["status"] == "CREATE_FAILED"
    assert policy["statusReasons"][0].startswith("Validation failed: unexpected token")


@pytest.mark.fidelity("agentcore-policy.validation-mode")
def test_findings_fail_a_policy_unless_they_are_ignored(desk: Desk) -> None:
    strict = desk.policy("Strict", FORBID_DELETE, validationMode="FAIL_ON_ANY_FINDINGS")
    lenient = desk.policy("Lenient", FORBID_DELETE)
    assert (strict["status"], lenient["status"]) == ("CREATE_FAILED", "ACTIVE")


@pytest.mark.fidelity("agentcore-policy.validated-against")
def test_a_gateway_that_a_statement_names_counts_before_it_is_attached(
    desk: Desk, control: Client
) -> None:
    other = control.create_policy_engine(name="Unattached")["policyEngineId"]
    desk.laptop.settle()
    named = UNKNOWN_TOOL.replace("GATEWAY", f'AgentCore::Gateway::"{desk.arn}"')
    unknown = UNKNOWN_TOOL.replace("GATEWAY", 'AgentCore::Gateway::"elsewhere"')
    states = []
    for name, statement in (("Named", named), ("Elsewhere", unknown)):
        made = create(control, other, name=name, definition={"cedar": {"statement": statement}})
        desk.laptop.settle()
        shown = control.get_policy(policyEngineId=other, policyId=made["policyId"])
        states.append(shown["status"])
    assert states == ["CREATE_FAILED", "ACTIVE"]


@pytest.mark.fidelity("agentcore-policy.author")
def test_who_may_not_call_the_gateway_makes_no_policies_for_it(
    desk: Desk, laptop: PolicyLaptop
) -> None:
    laptop.cloud.denied.append(("bedrock-agentcore:InvokeGateway", desk.arn))
    policy = desk.policy("Everything", OPEN)
    assert policy["status"] == "CREATE_FAILED"
    assert policy["statusReasons"] == [
        f"Insufficient permissions to call gateway with ID {desk.gateway_id}"
    ]


@pytest.mark.fidelity("agentcore-policy.dogwood")
def test_other_languages_than_cedar_are_refused(desk: Desk, control: Client) -> None:
    with pytest.raises(control.exceptions.ValidationException) as error:
        create(control, desk.engine_id, definition={"policy": {"statement": OPEN}})
    assert "Dogwood" in error.value.response["Error"]["Message"]
    with pytest.raises(control.exceptions.ValidationException):
        create(control, desk.engine_id, definition={})


@pytest.mark.fidelity("agentcore-policy.names")
def test_a_policy_name_is_taken_once_in_all_engines(desk: Desk, control: Client) -> None:
    other = control.create_policy_engine(name="Other")["policyEngineId"]
    desk.laptop.settle()
    create(control, desk.engine_id)
    with pytest.raises(control.exceptions.ConflictException):
        create(control, other)


@pytest.mark.fidelity("agentcore-policy.client-token")
def test_a_policy_that_is_sent_twice_is_made_once(desk: Desk, control: Client) -> None:
    first = create(control, desk.engine_id, clientToken=TOKEN)
    again = create(control, desk.engine_id, clientToken=TOKEN)
    assert first["policyId"] == again["policyId"]


@pytest.mark.fidelity("agentcore-policy.conflict")
def test_what_is_being_changed_is_not_changed_again(laptop: PolicyLaptop) -> None:
    with laptop.client() as control:
        desk = Desk(laptop, control)
        policy_id = desk.policy("Open", OPEN)["policyId"]
    busy = laptop.restarted(never)
    with busy.client() as control:
        names = {"policyEngineId": desk.engine_id, "policyId": policy_id}
        assert control.update_policy(**names)["status"] == "UPDATING"
        for operation in (control.update_policy, control.delete_policy):
            with pytest.raises(control.exceptions.ConflictException):
                operation(**names)
        making = control.create_policy_engine(name="Making")["policyEngineId"]
        with pytest.raises(control.exceptions.ConflictException):
            create(control, making, name="Early")


@pytest.mark.fidelity("agentcore-policy.update-failed")
def test_an_update_that_fails_leaves_the_policy_as_it_was(desk: Desk, control: Client) -> None:
    policy = desk.policy("Open", OPEN)
    names = {"policyEngineId": desk.engine_id, "policyId": policy["policyId"]}
    statement = UNKNOWN_TOOL.replace("GATEWAY", f'AgentCore::Gateway::"{desk.arn}"')
    updating = control.update_policy(
        **names, definition={"cedar": {"statement": statement}}, description={"optionalValue": "x"}
    )
    assert updating["definition"] == {"cedar": {"statement": statement}}
    desk.laptop.settle()
    shown = desk.shown(policy["policyId"])
    assert shown["status"] == "UPDATE_FAILED"
    assert shown["statusReasons"][0].startswith("Validation failed: ")
    assert shown["definition"] == {"cedar": {"statement": OPEN}}
    assert "description" not in shown
    assert desk.allows("lookup_customer", CUSTOMER)
    control.update_policy(**names, description={"optionalValue": "y"})
    desk.laptop.settle()
    again = desk.shown(policy["policyId"])
    assert (again["status"], again["statusReasons"]) == ("ACTIVE", [])


@pytest.mark.fidelity("agentcore-policy.optional-value")
def test_what_an_update_does_not_name_stays(desk: Desk, control: Client) -> None:
    policy = desk.policy("Open", OPEN, enforcementMode="LOG_ONLY", description="first")
    names = {"policyEngineId": desk.engine_id, "policyId": policy["policyId"]}
    control.update_policy(**names, description={"optionalValue": "second"})
    desk.laptop.settle()
    shown = desk.shown(policy["policyId"])
    assert (shown["description"], shown["enforcementMode"]) == ("second", "LOG_ONLY")
    control.update_policy(**names, description={}, enforcementMode="ACTIVE")
    desk.laptop.settle()
    shown = desk.shown(policy["policyId"])
    assert "description" not in shown
    assert shown["enforcementMode"] == "ACTIVE"


@pytest.mark.fidelity("agentcore-policy.conflict")
def test_a_policy_that_never_was_in_force_cannot_be_updated_but_deleted(
    desk: Desk, control: Client
) -> None:
    failed = desk.policy("Unknown", UNKNOWN_TOOL)
    names = {"policyEngineId": desk.engine_id, "policyId": failed["policyId"]}
    with pytest.raises(control.exceptions.ConflictException):
        control.update_policy(**names)
    assert control.delete_policy(**names)["status"] == "DELETING"
    desk.laptop.settle()
    control.get_waiter("policy_deleted").wait(**names)
    desk.policy("Unknown", OPEN)  # the name is free again


@pytest.mark.fidelity("agentcore-policy.create")
def test_policies_are_listed_in_pages_and_by_gateway(desk: Desk, control: Client) -> None:
    desk.policy("Any", OPEN)
    desk.policy("Here", "permit(principal, action, resource == GATEWAY);")
    elsewhere = 'permit(principal, action, resource == AgentCore::Gateway::"elsewhere");'
    desk.policy("There", elsewhere)
    names = {"policyEngineId": desk.engine_id}
    first = control.list_policies(**names, maxResults=2)
    rest = control.list_policy_summaries(**names, nextToken=first["nextToken"])
    listed = [one["name"] for one in (*first["policies"], *rest["policies"])]
    assert listed == ["Any", "Here", "There"]
    scoped = control.list_policies(**names, targetResourceScope=desk.arn)["policies"]
    assert [one["name"] for one in scoped] == ["Any", "Here"]


@pytest.mark.fidelity("agentcore-policy.resumes")
def test_another_process_validates_what_was_left(laptop: PolicyLaptop) -> None:
    with laptop.client() as control:
        desk = Desk(laptop, control)
    dying = laptop.restarted(never)
    with dying.client() as control:
        create(control, desk.engine_id, validationMode="IGNORE_ALL_FINDINGS")
    again = laptop.restarted()
    again.resume()
    with again.client() as control:
        (policy,) = control.list_policies(policyEngineId=desk.engine_id)["policies"]
        assert policy["status"] == "ACTIVE"


@pytest.mark.parametrize("operation", ["get_policy", "update_policy", "delete_policy"])
def test_a_policy_that_is_not_there_is_not_found(
    desk: Desk, control: Client, operation: str
) -> None:
    with pytest.raises(ClientError) as error:
        getattr(control, operation)(policyEngineId=desk.engine_id, policyId="Missing-0000000009")
    assert error.value.response["Error"]["Code"] == "ResourceNotFoundException"
    with pytest.raises(ClientError) as error:
        getattr(control, operation)(
            policyEngineId="Missing-0000000009", policyId="Missing-0000000009"
        )
    assert error.value.response["Error"]["Code"] == "ResourceNotFoundException"
