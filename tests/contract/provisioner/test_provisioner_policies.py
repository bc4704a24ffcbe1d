"""An engine, a gateway that names it, and its policies: the three in the order of a template."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from agentcore_resources.policies import POLICIES, POLICY_ENGINE
from provisioner.calls import Calls
from provisioner.kinds.gateways import Gateways
from provisioner.kinds.policies import PolicyEngines, PolicySets
from tests.contract.agentcore_gateway.world import DISCOVERY
from tests.support.objects import Objects
from tests.support.planes import opened
from tests.support.policy_plane import TARGET, Client, PolicyLaptop
from tests.support.provisioning import Json, Stack, properties, target

NAME = "petstore_platform"
LAMBDA = {
    "Mcp": {
        "Lambda": {
            "LambdaArn": TARGET["targetConfiguration"]["mcp"]["lambda"]["lambdaArn"],
            "ToolSchema": {"InlinePayload": []},
        }
    }
}


@pytest.fixture
def laptop(aws_environment: None) -> Iterator[PolicyLaptop]:
    with opened(PolicyLaptop) as laptop:
        yield laptop


@pytest.fixture
def control(laptop: PolicyLaptop) -> Iterator[Client]:
    with laptop.client() as client:
        yield client


class Platform:
    """The three resources of a stack, on one control plane. `changes` are the calls that count."""

    def __init__(self, control: Client, patches: pytest.MonkeyPatch) -> None:
        self.control = control
        self.changes: list[str] = []
        control.meta.events.register("before-call.*", self._note)
        calls = Calls(control)
        self._engine = Stack(
            PolicyEngines(calls),
            stated_kind=POLICY_ENGINE,
            resource_type="Custom::AgentCorePolicyEngine",
            logical_id="PlatformPolicyEngine",
            defaults=lambda **changes: {"Name": NAME} | changes,
        )
        self._gateway = Stack(
            Gateways(calls, Objects().documents()), defaults=self._gateway_properties
        )
        self._policies = Stack(
            PolicySets(calls),
            stated_kind=POLICIES,
            resource_type="Custom::AgentCorePolicies",
            logical_id="PlatformPolicies",
            defaults=self._policies_properties,
        )
        self._patches = patches
        self.engine_made = self.engine.create()
        self.gateway_made = self.gateway.create()
        self.changes.clear()

    @property
    def engine(self) -> Stack:
        """Return the engine's stack. One interpreter at a time has the machine."""
        self._engine.interpreter.install(self._patches)
        return self._engine

    @property
    def gateway(self) -> Stack:
        self._gateway.interpreter.install(self._patches)
        return self._gateway

    @property
    def policies(self) -> Stack:
        self._policies.interpreter.install(self._patches)
        return self._policies

    @property
    def engine_id(self) -> str:
        return str(self.engine_made["Data"]["PolicyEngineId"])

    def permit(self, tool: str = "lookup_customer") -> str:
        arn = self.gateway_made["Data"]["GatewayArn"]
        action = f'action == AgentCore::Action::"Support___{tool}"'
        return f'permit(principal, {action}, resource == AgentCore::Gateway::"{arn}");'

    def there(self) -> dict[str, Json]:
        """Return the engine's policies in full, by name."""
        listed = self.control.list_policies(policyEngineId=self.engine_id)["policies"]
        return {
            one["name"]: self.control.get_policy(
                policyEngineId=self.engine_id, policyId=one["policyId"]
            )
            for one in listed
        }

    def named(self, name: str) -> str:
        return f"{name}_{self.engine_id.rpartition('-')[2]}"

    def _gateway_properties(self, **changes: object) -> Json:
        engine = {"Arn": self.engine_made["Data"]["PolicyEngineArn"], "Mode": "ENFORCE"}
        jwt = {"DiscoveryUrl": DISCOVERY, "AllowedClients": ["client-one"]}
        stated = {
            "Name": "petstore-platform",
            "AuthorizerConfiguration": {"CustomJWTAuthorizer": jwt},
            "PolicyEngineConfiguration": engine,
            "Targets": [target("Support", TargetConfiguration=LAMBDA, Revision=None)],
        }
        return properties(**stated | changes)

    def _policies_properties(self, **changes: object) -> Json:
        return {
            "PolicyEngineId": self.engine_id,
            "ValidationMode": "IGNORE_ALL_FINDINGS",
            "Policies": {"look": {"Statement": self.permit(), "Description": "Look"}},
        } | changes

    def _note(self, model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's OperationModel
        if not model.name.startswith(("Get", "List")):
            self.changes.append(model.name)


@pytest.fixture
def platform(control: Client, monkeypatch: pytest.MonkeyPatch) -> Platform:
    return Platform(control, monkeypatch)


def test_an_engine_is_made_before_the_gateway_that_names_it(platform: Platform) -> None:
    assert platform.engine_made["Status"] == platform.gateway_made["Status"] == "SUCCESS"
    assert platform.engine_made["PhysicalResourceId"] == f"policy-engine/{NAME}"
    assert platform.engine_made["Data"]["PolicyEngineArn"].endswith(platform.engine_id)
    gateway = platform.control.get_gateway(
        gatewayIdentifier=platform.gateway_made["Data"]["GatewayId"]
    )
    assert gateway["policyEngineConfiguration"] == {
        "arn": platform.engine_made["Data"]["PolicyEngineArn"],
        "mode": "ENFORCE",
    }


@pytest.mark.fidelity("provisioner.policies.names")
def test_policies_are_made_after_both_and_named_after_their_engine(platform: Platform) -> None:
    answer = platform.policies.create()
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "")
    assert answer["PhysicalResourceId"] == f"policies/{platform.engine_id}"
    (made,) = platform.there().values()
    assert (made["name"], made["status"]) == (platform.named("look"), "ACTIVE")
    assert made["definition"]["cedar"]["statement"] == platform.permit()
    assert (made["description"], made["enforcementMode"]) == ("Look", "ACTIVE")
    assert answer["Data"]["PolicyIds"] == made["policyId"]
    assert platform.changes == ["TagResource", "CreatePolicy"]


def test_what_does_not_change_is_not_touched(platform: Platform) -> None:
    platform.policies.create()
    platform.changes.clear()
    assert platform.engine.update()["Status"] == "SUCCESS"
    assert platform.gateway.update()["Status"] == "SUCCESS"
    assert platform.policies.update()["Status"] == "SUCCESS"
    assert platform.changes == []


def test_policies_change_in_place_come_and_go_and_those_of_nobody_go_too(
    platform: Platform,
) -> None:
    platform.policies.create()
    before = platform.there()[platform.named("look")]["policyId"]
    platform.control.create_policy(
        policyEngineId=platform.engine_id,
        name="by_hand",
        definition={"cedar": {"statement": platform.permit("create_case")}},
        validationMode="IGNORE_ALL_FINDINGS",
    )
    wanted = {
        "look": {"Statement": platform.permit("create_case"), "EnforcementMode": "LOG_ONLY"},
        "open": {"Statement": platform.permit("refund")},
    }
    platform.changes.clear()
    assert platform.policies.update(Policies=wanted)["Status"] == "SUCCESS"
    there = platform.there()
    assert set(there) == {platform.named("look"), platform.named("open")}
    changed = there[platform.named("look")]
    assert changed["policyId"] == before
    assert changed["definition"]["cedar"]["statement"] == platform.permit("create_case")
    assert changed["enforcementMode"] == "LOG_ONLY"
    assert "description" not in changed
    assert sorted(platform.changes) == ["CreatePolicy", "DeletePolicy", "UpdatePolicy"]

    assert platform.policies.update()["Status"] == "SUCCESS"  # as it was
    (back,) = platform.there().values()
    assert (back["description"], back["enforcementMode"]) == ("Look", "ACTIVE")


def test_a_policy_that_is_refused_fails_with_the_services_reason_and_leaves_none(
    platform: Platform,
) -> None:
    wanted = {
        "good": {"Statement": platform.permit()},
        "bad": {"Statement": platform.permit("no_such_tool")},
    }
    answer = platform.policies.create(Policies=wanted)
    assert answer["Status"] == "FAILED"
    assert f"Policy {platform.named('bad')} is CREATE_FAILED: Validation failed" in answer["Reason"]
    assert "no_such_tool" in answer["Reason"]
    assert platform.there() == {}
    tags = platform.control.list_tags_for_resource(
        resourceArn=platform.engine_made["Data"]["PolicyEngineArn"]
    )["tags"]
    assert set(tags) == {"provisioner:stack-id", "provisioner:logical-id"}
    assert platform.policies.delete()["Status"] == "SUCCESS"


def test_everything_goes_in_the_order_of_a_deletion(platform: Platform) -> None:
    platform.policies.create()
    for _ in ("there", "gone already"):
        assert platform.policies.delete()["Status"] == "SUCCESS"
        assert platform.gateway.delete()["Status"] == "SUCCESS"
        assert platform.engine.delete()["Status"] == "SUCCESS"
        assert platform.control.list_gateways()["items"] == []
        assert platform.control.list_policy_engines()["policyEngines"] == []


def test_an_engine_whose_policies_are_another_stacks_is_left_alone(platform: Platform) -> None:
    platform.policies.create()
    platform.policies.stack_id += "-other"
    refused = platform.policies.create(Policies={})
    assert "exists and does not belong to this stack's resource" in refused["Reason"]
    assert platform.policies.delete()["Status"] == "SUCCESS"
    assert set(platform.there()) == {platform.named("look")}


def test_policies_of_an_engine_that_is_not_there_fail_and_can_be_deleted(
    platform: Platform,
) -> None:
    answer = platform.policies.create(PolicyEngineId="nobody-0123456789", Policies={})
    assert answer["Status"] == "FAILED"
    assert "ResourceNotFoundException" in answer["Reason"]
    assert platform.policies.delete()["Status"] == "SUCCESS"


def test_an_engines_description_changes_in_place_and_its_key_does_not(platform: Platform) -> None:
    described = platform.engine.update(Description="Who may call what")
    assert described["Data"] == platform.engine_made["Data"]
    engine = platform.control.get_policy_engine(policyEngineId=platform.engine_id)
    assert engine["description"] == "Who may call what"
    assert platform.engine.update()["Status"] == "SUCCESS"
    engine = platform.control.get_policy_engine(policyEngineId=platform.engine_id)
    assert "description" not in engine
    key = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000000"
    refused = platform.engine.update(EncryptionKeyArn=key)
    assert refused["Reason"].startswith("encryptionKeyArn of a policy engine cannot change")


@pytest.mark.parametrize("action", ["GetPolicyEngine", "AuthorizeAction"])
def test_a_role_that_may_not_ask_its_engine_yet_is_tried_again(
    platform: Platform, laptop: PolicyLaptop, action: str
) -> None:
    assert platform.gateway.delete()["Status"] == "SUCCESS"
    laptop.cloud.denied.append((f"bedrock-agentcore:{action}", "*policy-engine/*"))
    refused = platform.gateway.create()
    assert refused["Reason"].endswith("(RoleNotReady)"), refused["Reason"]
    laptop.cloud.denied.clear()
    assert platform.gateway.create()["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"PolicyEngineId": "no id"}, "PolicyEngineId: String should match pattern"),
        ({"Policies": None}, "Policies: Input should be a valid dictionary"),
        ({"Policies": {"no-hyphens": {"Statement": "x"}}}, "Policies.no-hyphens"),
        ({"Policies": {"x" * 38: {"Statement": "x"}}}, "String should match pattern"),
        ({"Policies": {"look": {}}}, "Policies.look.Statement: Field required"),
        (
            {"Policies": {"look": {"Statement": "x", "Colour": "y"}}},
            "Policies.look.Colour: unknown",
        ),
        ({"Colour": "blue"}, "Colour: Extra inputs are not permitted"),
    ],
)
def test_bad_properties_of_policies_are_refused_at_once_by_name(
    platform: Platform, changes: Json, problem: str
) -> None:
    answer = platform.policies.create(**changes)
    assert answer["Status"] == "FAILED"
    assert problem in answer["Reason"]
    assert platform.policies.executions == []


def test_an_execution_holds_statements_and_no_response_url(platform: Platform) -> None:
    platform.policies.create()
    (document,) = platform.policies.started.values()
    assert "presigned" not in json.dumps(document["request"])
    assert platform.permit() in json.dumps(document["request"]).replace('\\"', '"')
