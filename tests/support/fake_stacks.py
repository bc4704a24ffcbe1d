"""CloudFormation in memory: what is asked of it is done at once, unless told to fail."""

import copy
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError, WaiterError

type Json = dict[str, Any]

ROOT_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/petstore/1"
NESTED_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/petstore-PlatformStack-A1/2"
TEMPLATE_URL = "https://s3.amazonaws.com/bucket/one.template"
PLATFORM_PARAMETERS = {
    "RootStackName": "petstore",
    "UserPoolId": "us-east-1_Root00001",
    "MachineClientId": "machines",
    "ProvisionerRoleName": "petstore-ProvisionerFunctionRole-1",
    "DemoUserRoleName": "petstore-DemoUserFunctionRole-1",
    "SeedsOf": "",
    "AgentVersionArn": "arn:agent:1",
}


class FakeCloudFormation:
    """The operations of a `cloudformation` client that tenants take."""

    def __init__(self) -> None:
        self.stacks: dict[str, Json] = {}
        self.template: Json = {
            "Resources": {"PlatformStack": {"Properties": {"TemplateURL": TEMPLATE_URL}}}
        }
        self.calls: list[str] = []
        self.fails: dict[str, list[tuple[str, str, str]]] = {}
        """By stack: resource, status and reason of events, the newest first."""
        self.place(ROOT_ID, Outputs={"ArtifactsBucketName": "archives"})
        self.place(NESTED_ID, Parameters=PLATFORM_PARAMETERS, Outputs={"PlatformGatewayUrl": "u"})

    def place(self, stack_id: str, *, status: str = "CREATE_COMPLETE", **members: Json) -> None:
        """Put a stack there."""
        keys = {
            "Parameters": ("ParameterKey", "ParameterValue"),
            "Outputs": ("OutputKey", "OutputValue"),
            "Tags": ("Key", "Value"),
        }
        lists = {
            member: [{key: k, value: v} for k, v in members.get(member, {}).items()]
            for member, (key, value) in keys.items()
        }
        name = stack_id.split("/")[1]
        self.stacks[name] = {
            "StackName": name,
            "StackId": stack_id,
            "StackStatus": status,
            **lists,
        }

    def describe_stacks(self, *, StackName: str) -> Json:
        for name, stack in self.stacks.items():
            if StackName in {name, stack["StackId"]}:
                return {"Stacks": [copy.deepcopy(stack)]}
        raise _refused("DescribeStacks", f"Stack with id {StackName} does not exist")

    def get_template(self, *, StackName: str, TemplateStage: str) -> Json:
        assert (StackName, TemplateStage) == ("petstore", "Processed")
        return {"TemplateBody": self.template}

    def describe_stack_resources(self, *, StackName: str, LogicalResourceId: str) -> Json:
        assert (StackName, LogicalResourceId) == ("petstore", "PlatformStack")
        return {"StackResources": [{"PhysicalResourceId": NESTED_ID}]}

    def create_stack(self, *, OnFailure: str, TimeoutInMinutes: int, **asked: Any) -> Json:  # noqa: ANN401
        assert OnFailure == "DELETE"
        assert TimeoutInMinutes > 0
        return self._put("create", asked)

    def update_stack(self, **asked: Any) -> Json:  # noqa: ANN401
        if self.stacks[asked["StackName"]]["asked"] == asked:
            raise _refused("UpdateStack", "No updates are to be performed.")
        return self._put("update", asked)

    def delete_stack(self, *, StackName: str) -> None:
        name = StackName.split("/")[1]
        self.calls.append(f"delete {name}")
        if name not in self.fails:
            del self.stacks[name]

    def get_waiter(self, name: str) -> "FakeCloudFormation":
        self.waiter = name
        return self

    def wait(self, *, StackName: str, WaiterConfig: Json) -> None:
        assert WaiterConfig["Delay"] * WaiterConfig["MaxAttempts"] >= 1800
        if StackName.split("/")[1] in self.fails:
            raise WaiterError(self.waiter, "failure state", {})

    def get_paginator(self, operation: str) -> "_Pages":
        return _Pages(self, operation)

    def events(self, stack: str) -> Iterator[Json]:
        name = stack.split("/")[1]
        for resource, status, reason in self.fails.get(name, []):
            itself = resource == name
            nested = "/nested-" in resource
            yield {
                "StackName": name,
                "LogicalResourceId": "Platform" if nested else resource,
                "PhysicalResourceId": stack if itself else resource,
                "ResourceType": "AWS::CloudFormation::Stack" if itself or nested else "Other",
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
            }

    def _put(self, change: str, asked: Json) -> Json:
        name = asked["StackName"]
        self.calls.append(f"{change} {name}")
        stack_id = f"arn:aws:cloudformation:us-east-1:123456789012:stack/{name}/9"
        stated = {one["ParameterKey"]: one["ParameterValue"] for one in asked["Parameters"]}
        outputs = {
            "PlatformGatewayUrl": f"https://{name}",
            "RootRevision": stated["RootRevision"],
        }
        self.place(stack_id, Outputs=outputs)
        self.stacks[name] |= {
            "Tags": asked["Tags"],
            "Parameters": asked["Parameters"],
            "asked": copy.deepcopy(asked),
        }
        return {"StackId": stack_id}


class _Pages:
    def __init__(self, cloudformation: FakeCloudFormation, operation: str) -> None:
        self._cloudformation, self._operation = cloudformation, operation

    def paginate(self, **asked: str) -> Iterator[Json]:
        if self._operation == "describe_stacks":
            for stack in list(self._cloudformation.stacks.values()):
                yield {"Stacks": [copy.deepcopy(stack)]}
        else:
            yield {"StackEvents": list(self._cloudformation.events(asked["StackName"]))}


class FakeLists:
    """Any client whose operations are lists: what is in them is given, by operation."""

    def __init__(self, lists: dict[str, list[Json]]) -> None:
        self._lists = lists

    def __call__(self, _: str) -> "FakeLists":
        return self

    def get_paginator(self, operation: str) -> "FakeLists":
        self._operation = operation
        return self

    def paginate(self, **asked: str) -> Iterator[Json]:
        members = {
            "list_gateways": ("items", "name"),
            "list_memories": ("memories", "id"),
            "list_policy_engines": ("policyEngines", "name"),
            "list_agent_runtimes": ("agentRuntimes", "agentRuntimeName"),
            "describe_log_groups": ("logGroups", "logGroupName"),
            "list_objects_v2": ("Contents", "Key"),
        }
        member, key = members[self._operation]
        prefix = asked.get("logGroupNamePrefix", asked.get("Prefix", ""))
        found = self._lists.get(self._operation, [])
        yield {member: [one for one in found if one[key].startswith(prefix)]}


def _refused(operation: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": "ValidationError", "Message": message}}, operation)
