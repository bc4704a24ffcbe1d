"""The AWS account of `--cloud aws`, as the contract tests of provisioning need it.

The tests state a role, an API and gateways by names of their own. In an account these stand for
what the deployed stack has: its role, its API, its discovery document, and gateways beside its own
whose names its role trusts.
"""

import os
import time
from dataclasses import dataclass
from typing import Any, Self

import boto3

DEFAULT_STACK = "petstore"
GONE_TIMEOUT_S = 300.0
POLL_S = 2.0


@dataclass(frozen=True)
class Account:
    """What the tests' names stand for, by exact text."""

    real: dict[str, str]
    gateways: dict[str, str]

    @classmethod
    def of_stack(cls, role_arn: str, api_id: str, discovery_url: str) -> Self:
        """Read the stack that STACK_NAME names; the arguments are the tests' own values."""
        name = os.environ.get("STACK_NAME", DEFAULT_STACK)
        gateways = {"petstore-gw": f"{name}-gw-contract", "petshop-gw": f"{name}-gw-renamed"}
        cloudformation = boto3.client("cloudformation")
        found = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        outputs = {one["OutputKey"]: one["OutputValue"] for one in found["Outputs"]}
        physical = {
            one["LogicalResourceId"]: one.get("PhysicalResourceId", "")
            for one in cloudformation.describe_stack_resources(StackName=name)["StackResources"]
        }
        role = boto3.client("iam").get_role(RoleName=physical["GatewayRole"])["Role"]["Arn"]
        real = {
            role_arn: role,
            api_id: physical["PetStoreApi"],
            discovery_url: outputs["DiscoveryUrl"],
        }
        return cls(real | gateways, gateways)

    def placed(self, value: Any) -> Any:  # noqa: ANN401 - JSON
        """Return a document with the account's values in the place of the tests'."""
        if isinstance(value, dict):
            return {key: self.placed(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.placed(item) for item in value]
        prefix, name = _split(value) if isinstance(value, str) else ("", value)
        return prefix + self.real[name] if name in self.real else value

    def seen(self, name: str) -> str | None:
        """Return the tests' name of a gateway, perhaps after `gateway/`; None if not theirs."""
        prefix, name = _split(name)
        own = {real: tests for tests, real in self.gateways.items()}
        return prefix + own[name] if name in own else None

    def tidy(self, client: Any) -> None:  # noqa: ANN401 - boto3 makes a type per service
        """Delete the tests' gateways, if any are left; AWS takes its time."""
        deadline = time.monotonic() + GONE_TIMEOUT_S
        while left := [one for one in client.list_gateways()["items"] if self.seen(one["name"])]:
            assert time.monotonic() < deadline, f"still there: {left}"
            for gateway in left:
                _delete(client, gateway["gatewayId"])
            time.sleep(POLL_S)


def _split(text: str) -> tuple[str, str]:
    head, slash, tail = text.rpartition("/")
    return (head + slash, tail) if head == "gateway" else ("", text)


def _delete(client: Any, gateway_id: str) -> None:  # noqa: ANN401 - see above
    listed = client.list_gateway_targets(gatewayIdentifier=gateway_id)["items"]
    refusals = (client.exceptions.ConflictException, client.exceptions.ValidationException)
    try:
        for target in listed:
            client.delete_gateway_target(gatewayIdentifier=gateway_id, targetId=target["targetId"])
        if not listed:
            client.delete_gateway(gatewayIdentifier=gateway_id)
    except refusals:
        return  # not yet: the caller tries again
