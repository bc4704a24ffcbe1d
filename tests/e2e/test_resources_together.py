"""Custom resources that do not depend on one another: begun together, and undone together."""

import contextlib
import json
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from tests.support.laptop import Laptop

pytestmark = pytest.mark.laptop

STACK, PREFIX = "together", "/together/"
CODE = """
import json
import urllib.request
import boto3

def handler(event, context):
    logs, kind = boto3.client("logs"), event["RequestType"]
    group = "/together/" + event["LogicalResourceId"]
    if kind == "Create":
        logs.create_log_group(logGroupName=group)
    if kind == "Delete":
        logs.delete_log_group(logGroupName=group)
    fails = kind == "Create" and event["ResourceProperties"].get("Fails") == "true"
    if fails:
        logs.delete_log_group(logGroupName=group)
    names = ("StackId", "RequestId", "LogicalResourceId")
    answer = {name: event[name] for name in names} | {
        "Status": "FAILED" if fails else "SUCCESS",
        "Reason": "as stated",
        "PhysicalResourceId": group,
    }
    body = json.dumps(answer).encode()
    request = urllib.request.Request(event["ResponseURL"], body, method="PUT")
    urllib.request.urlopen(request).read()
"""
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        },
        "Policies": [
            {
                "PolicyName": "Groups",
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": ["logs:CreateLogGroup", "logs:DeleteLogGroup"],
                            "Resource": "*",
                        }
                    ],
                },
            }
        ],
    },
}
FUNCTION = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "Runtime": "python3.12",
        "Handler": "index.handler",
        "Timeout": 30,
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": CODE},
    },
}


def thing(**properties: object) -> dict[str, Any]:
    token = {"Fn::GetAtt": ["Function", "Arn"]}
    return {
        "Type": "Custom::Thing",
        "Properties": {"ServiceToken": token, "ServiceTimeout": 60} | properties,
    }


def create(laptop: Laptop, things: dict[str, Any]) -> list[tuple[str, str]]:
    """Create the stack, wait, and return what happened to its things, in order."""
    cloudformation = laptop.client("cloudformation")
    template = {"Resources": {"Role": ROLE, "Function": FUNCTION} | things}
    cloudformation.create_stack(
        StackName=STACK, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"]
    )
    settings = {"Delay": 1, "MaxAttempts": 60}
    with contextlib.suppress(WaiterError):  # it says so of one that has rolled back
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=STACK, WaiterConfig=settings
        )
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    return [
        (event["LogicalResourceId"], event["ResourceStatus"])
        for event in reversed(events)
        if event["ResourceType"] == "Custom::Thing"
    ]


def groups(laptop: Laptop) -> list[str]:
    found = laptop.client("logs").describe_log_groups(logGroupNamePrefix=PREFIX)["logGroups"]
    return [group["logGroupName"].removeprefix(PREFIX) for group in found]


@pytest.mark.fidelity("laptop.stacks.together")
def test_what_does_not_depend_on_one_another_is_begun_together(other_laptop: Laptop) -> None:
    after = thing() | {"DependsOn": "First"}
    events = create(other_laptop, {"First": thing(), "Second": thing(), "Third": after})
    assert set(events[:2]) == {
        ("First", "CREATE_IN_PROGRESS"),
        ("Second", "CREATE_IN_PROGRESS"),
    }
    assert events.index(("First", "CREATE_COMPLETE")) < events.index(
        ("Third", "CREATE_IN_PROGRESS")
    )
    assert len(events) == 6
    assert groups(other_laptop) == ["First", "Second", "Third"]


@pytest.mark.fidelity("laptop.stacks.together")
def test_what_was_begun_beside_what_fails_is_undone(other_laptop: Laptop) -> None:
    events = create(other_laptop, {"First": thing(Fails="true"), "Second": thing()})
    assert ("First", "CREATE_FAILED") in events
    assert ("Second", "DELETE_COMPLETE") in events
    assert groups(other_laptop) == []
