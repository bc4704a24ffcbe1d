"""Stacks within stacks on the laptop, by the stock SAM CLI: made, changed, failed, deleted."""

import re
from pathlib import Path

import pytest

from tests.support.laptop import Finished, Laptop, deploy_command
from tests.support.leftovers import leftovers

pytestmark = pytest.mark.laptop

STACK = "family"
PARENT = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Child:
    Type: AWS::Serverless::Application
    Properties: { Location: child.yaml, Parameters: { Days: "7" } }
Outputs:
  Table: { Value: !GetAtt Child.Outputs.Table }
  Group: { Value: !GetAtt Child.Outputs.Group }
"""
CHILD = """
Transform: AWS::Serverless-2016-10-31
Parameters: { Days: { Type: Number } }
Resources:
  Things: { Type: AWS::Serverless::SimpleTable }
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      Fn::Transform: { Name: AWS::Include, Parameters: { Location: table.yaml } }
  Group:
    Type: AWS::Logs::LogGroup
    Properties: { LogGroupName: /family/child, RetentionInDays: !Ref Days }
Outputs:
  Table: { Value: !GetAtt Table.Arn }
  Group: { Value: !GetAtt Group.Arn }
"""
TABLE = """
BillingMode: PAY_PER_REQUEST
AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
KeySchema: [{ AttributeName: pk, KeyType: HASH }]
"""
FAILS = """
  Fails:
    Type: AWS::Nothing::AtAll
    DependsOn: [Group, Things, Table]
Outputs:
"""


def deploy(laptop: Laptop, folder: Path, child: str) -> Finished:
    for name, text in (("parent", PARENT), ("child", child), ("table", TABLE)):
        (folder / f"{name}.yaml").write_text(text)
    return laptop.run(*deploy_command(STACK, folder / "parent.yaml"), cwd=folder)


def outputs(laptop: Laptop) -> dict[str, str]:
    (stack,) = laptop.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}


@pytest.mark.fidelity("laptop.nested-stacks")
def test_a_nested_stack_is_expanded_updated_in_place_and_deleted(
    other_laptop: Laptop, tmp_path: Path
) -> None:
    made = deploy(other_laptop, tmp_path, CHILD)
    assert made.status == 0, made.output
    before = outputs(other_laptop)
    assert re.search(r"table/family-Child-", before["Table"])

    changed = deploy(other_laptop, tmp_path, CHILD.replace("!Ref Days", "30"))
    assert changed.status == 0, changed.output
    assert outputs(other_laptop) == before
    (group,) = other_laptop.client("logs").describe_log_groups()["logGroups"]
    assert group["retentionInDays"] == 30

    options = ("--stack-name", STACK, "--region", "us-east-1", "--no-prompts")
    deleted = other_laptop.run("sam", "delete", *options, cwd=tmp_path)
    assert deleted.status == 0, deleted.output
    assert leftovers(other_laptop) == {}


@pytest.mark.fidelity("laptop.nested-stacks")
def test_a_nested_stack_that_fails_half_way_leaves_nothing(
    other_laptop: Laptop, tmp_path: Path
) -> None:
    failed = deploy(other_laptop, tmp_path, CHILD.replace("Outputs:\n", FAILS.lstrip("\n")))
    assert failed.status != 0
    assert leftovers(other_laptop).keys() <= {"stacks"}  # the parent, ROLLBACK_COMPLETE, as on AWS
