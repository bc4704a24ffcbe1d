"""Promoting: only the mode changes, and only when table and replay agree."""

import copy
import io
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest

from policy.__main__ import main
from policy.errors import NotPromoted
from policy.files import read_policies
from policy.model import JsonObject
from policy.promotion import KEPT_MEMBERS, POLLS, Promotion
from tests.support.laptop import ROOT
from tests.support.policies import GATEWAY, NOW

FOLDER = ROOT / "policies"
ENGINE = "arn:aws:bedrock-agentcore:us-east-1:123456789012:policy-engine/platform-0123456789"


class FakeControl:
    """UpdateGateway as it is: a member that is not sent is gone."""

    def __init__(self, gateway: JsonObject, policies: list[JsonObject]) -> None:
        self.gateway = gateway
        self._policies = policies
        self.statuses: Iterator[str] = iter(())
        self.updates: list[JsonObject] = []

    def get_gateway(self, *, gatewayIdentifier: str) -> Mapping[str, Any]:
        assert gatewayIdentifier == self.gateway["gatewayId"]
        status = next(self.statuses, "READY") if self.updates else self.gateway["status"]
        return {**copy.deepcopy(self.gateway), "status": status}

    def update_gateway(self, **members: Any) -> Mapping[str, Any]:  # noqa: ANN401 (boto3's)
        self.updates.append(members)
        assert members.pop("gatewayIdentifier") == self.gateway["gatewayId"]
        ours = {k: v for k, v in self.gateway.items() if k not in updatable()}
        self.gateway = {**ours, **members}
        return self.gateway

    def list_policies(self, **members: Any) -> Mapping[str, Any]:  # noqa: ANN401 (boto3's)
        assert members["policyEngineId"] == "platform-0123456789"
        start = int(members.get("nextToken", 0))
        page = {"policies": self._policies[start : start + 4]}
        return {**page, "nextToken": str(start + 4)} if start + 4 < len(self._policies) else page


@cache
def updatable() -> set[str]:
    client = boto3.client(
        "bedrock-agentcore-control",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    model = client.meta.service_model
    taken = model.operation_model("UpdateGateway").input_shape
    given = model.operation_model("GetGateway").output_shape
    assert taken is not None and given is not None
    return set(taken.members) & set(given.members)


def gateway(**changes: object) -> JsonObject:
    return {
        "gatewayId": "shop-0123456789",
        "gatewayArn": GATEWAY,
        "status": "READY",
        "createdAt": NOW,
        "name": "shop",
        "description": "All tools",
        "roleArn": "arn:aws:iam::123456789012:role/gateway",
        "protocolType": "MCP",
        "protocolConfiguration": {"mcp": {"searchType": "SEMANTIC"}},
        "authorizerType": "CUSTOM_JWT",
        "authorizerConfiguration": {"customJWTAuthorizer": {"discoveryUrl": "https://x"}},
        "kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1",
        "customTransformConfiguration": {"lambda": {"arn": "arn:aws:lambda:transform"}},
        "interceptorConfigurations": [{"interceptor": {"lambda": {"arn": "arn:x"}}}],
        "exceptionLevel": "DEBUG",
        "wafConfiguration": {"failureMode": "FAIL_CLOSE"},
        "policyEngineConfiguration": {"arn": ENGINE, "mode": "LOG_ONLY"},
        **changes,
    }


def engine() -> list[JsonObject]:
    return [
        {
            "policyId": f"{policy.name}-0123456789",
            "name": policy.name,
            "status": "ACTIVE",
            "definition": {"cedar": {"statement": policy.statement}},
        }
        for policy in read_policies(FOLDER, GATEWAY)
    ]


def log(folder: Path, tool: str = "TicketingTools___get_ticket", **changes: object) -> Path:
    tags = {"tenant": "support-team", "role": "agent"}
    decision = {
        "time": NOW.isoformat(),
        "gateway": GATEWAY,
        "principal": {"kind": "OAuthUser", "id": "ada", "tags": tags},
        "tool": tool,
        "input": {},
        "decision": "ALLOW",
        "mode": "LOG_ONLY",
        **changes,
    }
    path = folder / "decisions.jsonl"
    path.write_text(json.dumps(decision) + "\n")
    return path


def promote(control: FakeControl, *arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    files = [f"--tools={FOLDER / 'tools.json'}", f"--cases={FOLDER / 'cases.yaml'}"]
    status = main(
        ["promote", "--gateway-id", "shop-0123456789", *files, *arguments],
        out=out,
        now=lambda: NOW,
        control=lambda: control,
        wait=lambda _seconds: None,
    )
    return status, out.getvalue()


@pytest.mark.fidelity("policy.full-replace")
def test_all_that_an_update_takes_and_a_gateway_tells_is_sent_again() -> None:
    assert set(KEPT_MEMBERS) | {"policyEngineConfiguration"} == updatable()


@pytest.mark.fidelity("policy.full-replace")
def test_promoting_changes_the_mode_and_nothing_else(tmp_path: Path) -> None:
    control = FakeControl(gateway(), engine())
    assert promote(control, "--log", str(log(tmp_path)))[0] == 0
    enforced = {"arn": ENGINE, "mode": "ENFORCE"}
    assert control.gateway == gateway(policyEngineConfiguration=enforced)


def test_going_back_asks_for_nothing_and_changes_the_mode_alone() -> None:
    enforced = {"arn": ENGINE, "mode": "ENFORCE"}
    control = FakeControl(gateway(policyEngineConfiguration=enforced), [])
    status, printed = promote(control, "--back")
    assert (status, printed) == (0, "shop-0123456789: ENFORCE -> LOG_ONLY\n")
    assert control.gateway == gateway()


def test_what_a_gateway_does_not_tell_is_not_sent() -> None:
    bare = {k: v for k, v in gateway().items() if k not in ("description", "wafConfiguration")}
    control = FakeControl(bare, [])
    Promotion(control, "shop-0123456789").switch("ENFORCE", lambda _seconds: None)
    assert control.updates[0].keys().isdisjoint({"description", "wafConfiguration", "status"})


def test_a_table_that_fails_on_the_engines_own_policies_stops_it(tmp_path: Path) -> None:
    without = [each for each in engine() if each["name"] != "forbid_customer_deletion"]
    control = FakeControl(gateway(), without)
    status, printed = promote(control, "--log", str(log(tmp_path)))
    assert (status, control.updates) == (1, [])
    assert printed.endswith("NotPromoted: the table fails\n")


@pytest.mark.parametrize(
    "changes",
    [{"tool": "CommsTools___send_message"}, {"principal": {"kind": "OAuthUser", "id": "ada"}}],
    ids=["denied", "unknown"],
)
def test_an_allowed_call_that_is_lost_or_unknown_stops_it_unless_accepted(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    control, path = FakeControl(gateway(), engine()), str(log(tmp_path, **changes))
    assert promote(control, "--log", path)[0] == 1
    assert control.updates == []
    assert promote(control, "--log", path, "--accept")[0] == 0
    assert control.gateway["policyEngineConfiguration"]["mode"] == "ENFORCE"


def test_without_decisions_of_the_gateway_nothing_is_promoted(tmp_path: Path) -> None:
    control = FakeControl(gateway(), engine())
    assert promote(control)[0] == 1
    elsewhere = log(tmp_path, gateway=GATEWAY + "x")
    status, printed = promote(control, "--log", str(elsewhere), "--accept")
    assert status == 1
    assert "no decision of this gateway" in printed
    assert control.updates == []


def test_a_gateway_without_an_engine_has_no_mode() -> None:
    with pytest.raises(NotPromoted, match="no policy engine"):
        Promotion(FakeControl(gateway(policyEngineConfiguration=None), []), "shop-0123456789")


@pytest.mark.parametrize("changes", [{"status": "CREATE_FAILED"}, {"definition": {"policy": {}}}])
def test_an_engine_with_a_policy_that_cannot_be_tried_is_not_promoted(
    changes: JsonObject,
) -> None:
    broken = FakeControl(gateway(), [{**engine()[0], **changes}])
    with pytest.raises(NotPromoted, match="audit_readonly_access"):
        Promotion(broken, "shop-0123456789").policies()


def test_a_policy_of_its_own_log_only_stays_that() -> None:
    watched = FakeControl(gateway(), [{**engine()[0], "enforcementMode": "LOG_ONLY"}])
    (policy,) = Promotion(watched, "shop-0123456789").policies()
    assert not policy.enforced


def test_policies_that_a_stack_has_named_are_known_by_their_files() -> None:
    of_stack = [{**one, "name": f"{one['name']}_{ENGINE[-10:]}"} for one in engine()]
    made = Promotion(FakeControl(gateway(), of_stack), "shop-0123456789").policies()
    assert [one.name for one in made] == [one["name"] for one in engine()]


def test_it_waits_until_the_gateway_is_ready_and_not_for_ever() -> None:
    waits: list[float] = []
    slow = FakeControl(gateway(), [])
    slow.statuses = iter(["UPDATING", "UPDATING"])
    Promotion(slow, "shop-0123456789").switch("ENFORCE", waits.append)
    assert len(waits) == 2

    slow.statuses = iter(["UPDATING"] * (POLLS + 1))
    with pytest.raises(NotPromoted, match="not ready"):
        Promotion(slow, "shop-0123456789").switch("LOG_ONLY", waits.append)

    failed = FakeControl(gateway(), [])
    failed.statuses = iter(["UPDATE_UNSUCCESSFUL"])
    with pytest.raises(NotPromoted, match="UPDATE_UNSUCCESSFUL"):
        Promotion(failed, "shop-0123456789").switch("ENFORCE", waits.append)
