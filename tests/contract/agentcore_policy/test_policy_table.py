"""The platform's policies and their table, through boto3 and a gateway and all in between."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from localcloud.agentcore.model import Gateway, LambdaBinding, Target, Tool
from localcloud.cloud import Caller
from policy.files import Case, read_cases, read_policies
from tests.support.planes import opened
from tests.support.policy_plane import FUNCTION_ARN, TARGET, Desk, PolicyLaptop, signed_by

POLICIES = Path(__file__).parents[3] / "policies"


class TargetsOfTheFile:
    """Finds the tools that `tools.json` has for a target of the name."""

    async def import_tools(self, _: Gateway, target: Target, __: Caller) -> tuple[Tool, ...]:
        """Return the target's tools."""
        listed = json.loads((POLICIES / "tools.json").read_text("utf-8")).get(target.name, [])
        return tuple(
            Tool(one["name"], one["description"], one["inputSchema"], LambdaBinding(FUNCTION_ARN))
            for one in listed
        )


@pytest.fixture(params=["CUSTOM_JWT", "AWS_IAM"])
def platform(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Return a gateway with the platform's tools and policies, for one kind of callers."""
    make = partial(PolicyLaptop, importer=TargetsOfTheFile())
    with opened(make) as laptop, laptop.client() as control:
        desk = Desk(laptop, control, authorizer=request.param)
        for name in json.loads((POLICIES / "tools.json").read_text("utf-8")):
            target = TARGET | {"name": name}
            control.create_gateway_target(gatewayIdentifier=desk.gateway_id, **target)
        laptop.settle()
        for policy in read_policies(POLICIES, desk.arn):
            made = desk.policy(policy.name, policy.statement)
            assert made["status"] == "ACTIVE", made["statusReasons"]
        yield desk


def call(desk: Desk, case: Case) -> None:
    params = {"name": case.tool, "arguments": case.arguments}
    if case.role_arn is None:
        response = desk.rpc("tools/call", params, **case.claims)
    else:
        signature = signed_by(desk.laptop, "AKIDROLE", f"{case.role_arn}/session")
        response = desk.rpc("tools/call", params, authorization=signature)
    answer = json.loads(response.body)
    assert ("result" in answer) is (case.expect == "ALLOW"), case.name


def test_every_case_of_the_table_holds_at_the_gateway(platform: Desk) -> None:
    by_token = platform.authorizer == "CUSTOM_JWT"
    cases = [
        one for one in read_cases(POLICIES / "cases.yaml") if (one.role_arn is None) is by_token
    ]
    assert cases
    for case in cases:
        call(platform, case)
    lines = platform.laptop.lines()
    said = [(line["tool"], line["decision"], deciding(line)) for line in lines]
    assert said == [(case.tool, case.expect, sorted(case.by)) for case in cases]


def deciding(line: dict[str, list[str]]) -> list[str]:
    """Return the names of the policies that decided: an id is the name, `-` and ten characters."""
    return sorted(id_[:-11] for id_ in line["determiningPolicies"])
