"""docs/tutorial.md, from its first block to its last."""

import sys

import pytest

from tests.support.laptop import Laptop, Stack

pytestmark = pytest.mark.laptop

PRINTED = (
    "target CRMTools",
    "hand-over sales-agent",
    "policy forbid_customer_deletion",
    "denied  support CRMTools___create_case",
    "allowed senior CRMTools___create_case",
    "denied  manager CRMTools___delete_customer",
    "VALID permit(",
    "agent Dial *123#",
    "done",
)


def test_the_tutorial_runs_from_top_to_bottom_and_leaves_nothing(
    laptop: Laptop, stack: Stack
) -> None:
    assert stack.name == "petstore", "the document calls it so"
    done = laptop.run(sys.executable, "-m", "scripts.tutorial")
    assert done.status == 0, done.output
    assert [line for line in PRINTED if line not in done.output] == []

    control = laptop.client("bedrock-agentcore-control")
    left = [
        *control.list_gateways()["items"],
        *control.list_policy_engines()["policyEngines"],
        *control.list_workload_identities()["workloadIdentities"],
    ]
    assert not [one for one in left if str(one["name"]).startswith("tutorial")]
