"""What a template states of a runtime, and what is asked of AgentCore."""

from typing import Any

from agentcore_resources.runtime import RUNTIME
from tests.support.provisioning import as_strings

VERSION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:agent:7"


def desired(**changes: object) -> dict[str, Any]:
    stated = {
        "AgentRuntimeName": "petstore_faq",
        "RoleArn": "arn:aws:iam::123456789012:role/agent",
        "NetworkConfiguration": {"NetworkMode": "PUBLIC"},
    } | changes
    asked = RUNTIME.request(
        {
            "RequestType": "Create",
            "RequestId": "request-1",
            "StackId": "arn:stack",
            "LogicalResourceId": "FaqAgentRuntime",
            "ResourceProperties": as_strings(stated),
        }
    )
    statement: dict[str, Any] = asked["desired"]
    return statement


def test_a_function_s_version_is_stated_beside_the_api_s_parameters() -> None:
    statement = desired(
        AgentRuntimeArtifact={
            "FunctionVersionArn": VERSION_ARN,
            "Runtime": "PYTHON_3_12",
            "EntryPoint": ["main.py"],
        },
        LifecycleConfiguration={"IdleRuntimeSessionTimeout": 900},
        LogRetentionDays=30,
    )
    assert statement["code"] == {
        "functionVersionArn": VERSION_ARN,
        "runtime": "PYTHON_3_12",
        "entryPoint": ["main.py"],
    }
    assert "agentRuntimeArtifact" not in statement["resource"]
    lifecycle = statement["resource"]["lifecycleConfiguration"]
    assert lifecycle == {"idleRuntimeSessionTimeout": 900}
    assert statement["logRetentionDays"] == 30


def test_a_container_is_passed_on_as_it_is() -> None:
    uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/agent:1"
    statement = desired(AgentRuntimeArtifact={"ContainerConfiguration": {"ContainerUri": uri}})
    artifact = {"containerConfiguration": {"containerUri": uri}}
    assert statement["resource"]["agentRuntimeArtifact"] == artifact
    assert "code" not in statement
    assert "logRetentionDays" not in statement


def test_names_of_environment_variables_and_headers_keep_their_case() -> None:
    statement = desired(
        AgentRuntimeArtifact={"ContainerConfiguration": {"ContainerUri": "uri"}},
        EnvironmentVariables={"MEMORY_ID": "m-1", "lower": "1"},
        RequestHeaderConfiguration={"RequestHeaderAllowlist": ["X-Custom"]},
        Endpoints=[{"Name": "canary", "Description": "d"}],
    )
    assert statement["resource"]["environmentVariables"] == {"MEMORY_ID": "m-1", "lower": "1"}
    headers = statement["resource"]["requestHeaderConfiguration"]
    assert headers == {"requestHeaderAllowlist": ["X-Custom"]}
    assert statement["parts"] == [
        {
            "name": "canary",
            "revision": None,
            "parameters": {"name": "canary", "description": "d"},
        }
    ]
