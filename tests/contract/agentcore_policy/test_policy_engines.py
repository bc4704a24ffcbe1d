"""Policy engines by unmodified boto3: their life, names, tags, and the gateways that use them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.control_plane import GATEWAY, ROLE_ARN, never
from tests.support.policy_plane import ENGINES, GATEWAYS, OPEN, Client, Desk, PolicyLaptop

ENGINE: dict[str, Any] = {"name": "Rules", "description": "Who may do what", "tags": {"team": "a"}}
TOKEN = "a-token-of-at-least-33-characters-0"
PREFIX = "bedrock-agentcore"


def refused(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, int, str]:
    response = error.value.response
    told = response["Error"]
    return told["Code"], response["ResponseMetadata"]["HTTPStatusCode"], told["Message"]


def ready(laptop: PolicyLaptop, control: Client, name: str = "Rules") -> dict[str, Any]:
    """Create an engine, wait, and return it."""
    made = control.create_policy_engine(name=name)
    laptop.settle()
    shown: dict[str, Any] = control.get_policy_engine(policyEngineId=made["policyEngineId"])
    return shown


@pytest.mark.fidelity("agentcore-policy.engine")
def test_a_new_engine_is_creating_and_then_active(laptop: PolicyLaptop, control: Client) -> None:
    made = control.create_policy_engine(**ENGINE)
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert made["status"] == "CREATING"
    assert made["policyEngineId"] == "Rules-0000000001"
    assert made["policyEngineArn"] == f"{ENGINES}/Rules-0000000001"
    laptop.settle()
    control.get_waiter("policy_engine_active").wait(policyEngineId="Rules-0000000001")
    shown = control.get_policy_engine(policyEngineId="Rules-0000000001")
    assert shown["description"] == "Who may do what"
    assert shown["statusReasons"] == []
    summary = control.get_policy_engine_summary(policyEngineId="Rules-0000000001")
    assert summary["status"] == "ACTIVE"
    assert not {"description", "statusReasons"} & summary.keys()
    arn = made["policyEngineArn"]
    assert control.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "a"}
    control.tag_resource(resourceArn=arn, tags={"stage": "b"})
    assert control.list_tags_for_resource(resourceArn=arn)["tags"]["stage"] == "b"


@pytest.mark.fidelity("agentcore-policy.engine")
def test_engines_are_listed_in_pages(laptop: PolicyLaptop, control: Client) -> None:
    for name in ("First", "Second", "Third"):
        ready(laptop, control, name)
    first = control.list_policy_engines(maxResults=2)
    rest = control.list_policy_engine_summaries(nextToken=first["nextToken"])
    names = [one["name"] for one in (*first["policyEngines"], *rest["policyEngines"])]
    assert names == ["First", "Second", "Third"]
    with pytest.raises(control.exceptions.ValidationException):
        control.list_policies(
            policyEngineId=rest["policyEngines"][0]["policyEngineId"], nextToken=first["nextToken"]
        )


@pytest.mark.fidelity("agentcore-policy.names")
def test_a_name_is_taken_once(control: Client) -> None:
    control.create_policy_engine(name="Rules", clientToken=TOKEN)
    with pytest.raises(control.exceptions.ConflictException) as error:
        control.create_policy_engine(name="Rules")
    assert refused(error)[1] == 409


@pytest.mark.fidelity("agentcore-policy.client-token")
def test_a_request_sent_twice_makes_one_engine(control: Client) -> None:
    first = control.create_policy_engine(name="Rules", clientToken=TOKEN)
    assert (
        control.create_policy_engine(name="Rules", clientToken=TOKEN)["policyEngineId"]
        == (first["policyEngineId"])
    )
    with pytest.raises(control.exceptions.ValidationException) as error:
        control.create_policy_engine(name="Other", clientToken=TOKEN)
    assert error.value.response["reason"] == "IdempotentParameterMismatchException"


@pytest.mark.parametrize("name", ["1st", "a-b", "a" * 49])
def test_a_name_that_breaks_the_pattern_is_refused(control: Client, name: str) -> None:
    with pytest.raises(control.exceptions.ValidationException) as error:
        control.create_policy_engine(name=name)
    assert [field["name"] for field in error.value.response["fieldList"]] == ["name"]


@pytest.mark.fidelity("agentcore-policy.optional-value")
def test_a_description_is_replaced_or_removed(laptop: PolicyLaptop, control: Client) -> None:
    engine_id = ready(laptop, control)["policyEngineId"]
    control.update_policy_engine(policyEngineId=engine_id, description={"optionalValue": "new"})
    laptop.settle()
    assert control.get_policy_engine(policyEngineId=engine_id)["description"] == "new"
    control.update_policy_engine(policyEngineId=engine_id)
    laptop.settle()
    assert control.get_policy_engine(policyEngineId=engine_id)["description"] == "new"
    updating = control.update_policy_engine(policyEngineId=engine_id, description={})
    assert updating["status"] == "UPDATING"
    laptop.settle()
    assert "description" not in control.get_policy_engine(policyEngineId=engine_id)


@pytest.mark.fidelity("agentcore-policy.engine.delete")
def test_an_engine_with_policies_stays(desk: Desk, control: Client) -> None:
    policy = desk.policy("Everything", OPEN)
    names = {"policyEngineId": desk.engine_id}
    with pytest.raises(control.exceptions.ConflictException):
        control.delete_policy_engine(**names)
    control.delete_policy(**names, policyId=policy["policyId"])
    desk.laptop.settle()
    assert control.delete_policy_engine(**names)["status"] == "DELETING"
    desk.laptop.settle()
    control.get_waiter("policy_engine_deleted").wait(**names)


@pytest.mark.fidelity("agentcore-policy.engine.attached")
def test_a_gateway_whose_engine_is_gone_denies_everything(desk: Desk, control: Client) -> None:
    control.delete_policy_engine(policyEngineId=desk.engine_id)
    desk.laptop.settle()
    shown = control.get_gateway(gatewayIdentifier=desk.gateway_id)
    assert shown["policyEngineConfiguration"] == {"arn": desk.engine_arn, "mode": "ENFORCE"}
    result = desk.call("lookup_customer", {"customer_id": "c-1"})["result"]
    assert result["content"][0]["text"] == "InternalServerException - Policy evaluation failed"
    assert result["isError"] is True


@pytest.mark.fidelity("agentcore-policy.resumes")
def test_another_process_takes_up_what_was_left(laptop: PolicyLaptop) -> None:
    dying = laptop.restarted(never)
    with dying.client() as control:
        control.create_policy_engine(name="Rules")
    again = laptop.restarted()
    again.resume()
    with again.client() as control:
        (engine,) = control.list_policy_engines()["policyEngines"]
        assert engine["status"] == "ACTIVE"


@pytest.mark.fidelity("agentcore-policy.attach")
def test_a_gateway_shows_the_engine_it_uses(desk: Desk, laptop: PolicyLaptop) -> None:
    shown = desk.control.get_gateway(gatewayIdentifier=desk.gateway_id)
    assert shown["policyEngineConfiguration"] == {"arn": desk.engine_arn, "mode": "ENFORCE"}
    asked = {(one.action, one.resource) for one in laptop.cloud.authorizations}
    anticipated = f"{GATEWAYS}/desk-*"
    assert {
        (f"{PREFIX}:GetPolicyEngine", desk.engine_arn),
        (f"{PREFIX}:AuthorizeAction", desk.engine_arn),
        (f"{PREFIX}:AuthorizeAction", anticipated),
        (f"{PREFIX}:PartiallyAuthorizeActions", desk.engine_arn),
        (f"{PREFIX}:PartiallyAuthorizeActions", anticipated),
        (f"{PREFIX}:CheckAuthorizePermissions", desk.engine_arn),
    } <= asked


@pytest.mark.fidelity("agentcore-policy.attach")
@pytest.mark.parametrize(
    ("action", "code", "told"),
    [
        ("GetPolicyEngine", "ValidationException", "Access denied while calling GetPolicyEngine"),
        ("AuthorizeAction", "AccessDeniedException", "not authorized to perform"),
        ("PartiallyAuthorizeActions", "AccessDeniedException", "not authorized to perform"),
        ("CheckAuthorizePermissions", "AccessDeniedException", "not authorized to perform"),
    ],
)
def test_a_role_that_may_not_ask_the_engine_is_refused_at_once(
    laptop: PolicyLaptop, control: Client, action: str, code: str, told: str
) -> None:
    engine = ready(laptop, control)
    laptop.cloud.denied.append((f"{PREFIX}:{action}", "*"))
    configuration = {"arn": engine["policyEngineArn"], "mode": "ENFORCE"}
    with pytest.raises(ClientError) as error:
        control.create_gateway(**GATEWAY, policyEngineConfiguration=configuration)
    assert refused(error)[0] == code
    assert told in refused(error)[2]
    assert action in refused(error)[2]
    assert control.list_gateways()["items"] == []


@pytest.mark.fidelity("agentcore-policy.attach")
def test_an_update_asks_for_the_gateway_itself_and_takes_effect(desk: Desk) -> None:
    laptop, control = desk.laptop, desk.control
    laptop.cloud.denied.append((f"{PREFIX}:AuthorizeAction", desk.arn))
    wanted = desk.wanted | {
        "policyEngineConfiguration": {"arn": desk.engine_arn, "mode": "LOG_ONLY"}
    }
    with pytest.raises(control.exceptions.AccessDeniedException):
        control.update_gateway(gatewayIdentifier=desk.gateway_id, **wanted)
    laptop.cloud.denied.clear()
    assert not desk.allows("lookup_customer", {"customer_id": "c-1"})
    control.update_gateway(gatewayIdentifier=desk.gateway_id, **wanted)
    laptop.settle()
    assert desk.allows("lookup_customer", {"customer_id": "c-1"})


@pytest.mark.fidelity("agentcore-policy.attach-check")
def test_checking_may_be_allowed_on_the_engine_or_on_engine_and_gateway(
    laptop: PolicyLaptop, control: Client
) -> None:
    engine = ready(laptop, control)["policyEngineArn"]
    laptop.cloud.denied.append((f"{PREFIX}:CheckAuthorizePermissions", engine))
    configuration = {"arn": engine, "mode": "ENFORCE"}
    control.create_gateway(**GATEWAY, policyEngineConfiguration=configuration)
    assert laptop.cloud.authorizations[-1].resource != engine
    assert any("/target-resource/" in one.resource for one in laptop.cloud.authorizations)


@pytest.mark.fidelity("agentcore-policy.attach")
def test_an_engine_that_is_not_there_is_refused(control: Client, laptop: PolicyLaptop) -> None:
    configuration = {"arn": f"{ENGINES}/Missing-0000000009", "mode": "ENFORCE"}
    with pytest.raises(control.exceptions.ValidationException):
        control.create_gateway(**GATEWAY, policyEngineConfiguration=configuration)
    laptop.cloud.unassumable.append(ROLE_ARN)
    engine = ready(laptop, control)["policyEngineArn"]
    with pytest.raises(control.exceptions.AccessDeniedException):
        control.create_gateway(
            **GATEWAY, policyEngineConfiguration={"arn": engine, "mode": "ENFORCE"}
        )


@pytest.mark.fidelity("agentcore-policy.iam.resources")
def test_callers_are_asked_for_the_engine_or_the_policy(desk: Desk, laptop: PolicyLaptop) -> None:
    policy_id = desk.policy("Everything", OPEN)["policyId"]
    desk.control.list_policies(policyEngineId=desk.engine_id)
    asked = {one.action: one.resource for one in laptop.cloud.authorizations}
    assert asked[f"{PREFIX}:CreatePolicyEngine"] == f"{ENGINES}/*"
    assert asked[f"{PREFIX}:CreatePolicy"] == desk.engine_arn
    assert asked[f"{PREFIX}:ListPolicies"] == desk.engine_arn
    assert asked[f"{PREFIX}:GetPolicy"] == f"{desk.engine_arn}/policy/{policy_id}"
    laptop.cloud.denied.append((f"{PREFIX}:GetPolicy", "*"))
    with pytest.raises(desk.control.exceptions.AccessDeniedException):
        desk.shown(policy_id)
