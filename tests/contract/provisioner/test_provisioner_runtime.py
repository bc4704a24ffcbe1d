"""A runtime's life under the state machine, with its code, its endpoints and its log groups."""

from collections.abc import Iterator

import pytest

from agentcore_resources.runtime import RUNTIME
from provisioner.errors import Refused
from provisioner.kinds.runtimes import Runtimes
from tests.support.agent_planes import BUCKET, AgentPlane, log_groups, prefixes
from tests.support.provisioning import MOTO, Json, LosesOneReply, Stack, Troubled

ROLE_ARN = "arn:aws:iam::123456789012:role/agent"
NAME = "petstore_faq"


@pytest.fixture
def stack(runtime_plane: AgentPlane, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    version = runtime_plane.versions.publish(main="one")

    def properties(**changes: object) -> Json:
        stated = {
            "AgentRuntimeName": NAME,
            "RoleArn": ROLE_ARN,
            "AgentRuntimeArtifact": code(version),
            "NetworkConfiguration": {"NetworkMode": "PUBLIC"},
            "EnvironmentVariables": {"MEMORY_ID": "m-1"},
            "LogRetentionDays": 30,
        } | changes
        return {name: value for name, value in stated.items() if value is not None}

    stack = Stack(
        runtime_plane.runtimes(),
        stated_kind=RUNTIME,
        resource_type="Custom::AgentCoreRuntime",
        logical_id="FaqAgentRuntime",
        defaults=properties,
    )
    stack.interpreter.install(monkeypatch)
    yield stack


def code(version_arn: str) -> Json:
    return {"FunctionVersionArn": version_arn, "Runtime": "PYTHON_3_12", "EntryPoint": ["main.py"]}


def runtimes(plane: AgentPlane) -> list[str]:
    listed = plane.client.list_agent_runtimes()["agentRuntimes"]
    return [runtime["agentRuntimeName"] for runtime in listed]


def runtime(plane: AgentPlane, answer: Json) -> Json:
    found: Json = plane.client.get_agent_runtime(agentRuntimeId=answer["Data"]["AgentRuntimeId"])
    return found


def endpoints(plane: AgentPlane, answer: Json) -> dict[str, str]:
    """Return the versions that endpoints lead to, by name."""
    runtime_id = answer["Data"]["AgentRuntimeId"]
    listed = plane.client.list_agent_runtime_endpoints(agentRuntimeId=runtime_id)
    names = [one["name"] for one in listed["runtimeEndpoints"]]
    found = [
        plane.client.get_agent_runtime_endpoint(agentRuntimeId=runtime_id, endpointName=name)
        for name in names
    ]
    return {one["name"]: one["liveVersion"] for one in found}


def skip_moto(plane: AgentPlane, difference: str) -> None:
    """Leave moto out of a test, naming what it is known to do differently from AWS."""
    if plane.name == MOTO:
        pytest.skip(f"moto: {difference}")


STAYS = "a runtime that is updated stays UPDATING for ever, under another ARN"


@pytest.mark.fidelity("provisioner.runtime.archive")
def test_a_create_hands_the_function_s_archive_over(
    stack: Stack, runtime_plane: AgentPlane
) -> None:
    answer = stack.create()
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "")
    assert answer["PhysicalResourceId"] == f"runtime/{NAME}"
    (prefix,) = prefixes()
    assert prefix.endswith(".zip")
    made = runtime(runtime_plane, answer)
    assert made["agentRuntimeArtifact"]["codeConfiguration"] == {
        "code": {"s3": {"bucket": BUCKET, "prefix": prefix}},
        "runtime": "PYTHON_3_12",
        "entryPoint": ["main.py"],
    }
    assert made["environmentVariables"] == {"MEMORY_ID": "m-1"}
    assert runtime_plane.changes == ["CreateAgentRuntime"]


def test_the_answer_holds_id_arn_version_and_the_default_endpoint_s_arn(
    stack: Stack, runtime_plane: AgentPlane
) -> None:
    answer = stack.create()
    made = runtime(runtime_plane, answer)
    assert answer["Data"] == {
        "AgentRuntimeId": made["agentRuntimeId"],
        "AgentRuntimeArn": made["agentRuntimeArn"],
        "AgentRuntimeVersion": "1",
        "UrlEncodedArn": made["agentRuntimeArn"].replace(":", "%3A").replace("/", "%2F"),
        "EndpointArn": f"{made['agentRuntimeArn']}/runtime-endpoint/DEFAULT",
    }


@pytest.mark.fidelity("provisioner.runtime.log-groups")
def test_the_log_group_is_there_before_the_first_call_and_expires(stack: Stack) -> None:
    runtime_id = stack.create(Endpoints=[{"Name": "canary"}])["Data"]["AgentRuntimeId"]
    prefix = f"/aws/bedrock-agentcore/runtimes/{runtime_id}"
    assert log_groups() == {f"{prefix}-DEFAULT": 30, f"{prefix}-canary": 30}


def test_an_update_that_changes_nothing_calls_nothing(
    stack: Stack, runtime_plane: AgentPlane
) -> None:
    created = stack.create(Endpoints=[{"Name": "canary"}])
    runtime_plane.changes.clear()
    runtime_plane.versions.fetched.clear()
    answer = stack.update(Endpoints=[{"Name": "canary"}])
    assert (answer["Status"], answer["Data"]) == ("SUCCESS", created["Data"])
    assert runtime_plane.changes == []
    assert runtime_plane.versions.fetched == []


@pytest.mark.fidelity("provisioner.runtime.versions")
def test_a_new_version_of_the_function_makes_a_new_version_and_removes_the_old_archive(
    stack: Stack, runtime_plane: AgentPlane
) -> None:
    skip_moto(runtime_plane, STAYS)
    created, (before,) = stack.create(), prefixes()
    runtime_plane.changes.clear()
    newer = runtime_plane.versions.publish(main="two")
    answer = stack.update(AgentRuntimeArtifact=code(newer))
    assert answer["Status"] == "SUCCESS", answer["Reason"]
    assert answer["Data"] == created["Data"] | {"AgentRuntimeVersion": "2"}
    assert runtime_plane.changes == ["UpdateAgentRuntime"]
    (after,) = prefixes()
    assert after != before
    assert endpoints(runtime_plane, answer) == {"DEFAULT": "2"}


def test_another_version_with_the_same_archive_is_no_change(
    stack: Stack, runtime_plane: AgentPlane
) -> None:
    stack.create()
    runtime_plane.changes.clear()
    same = runtime_plane.versions.publish(main="one")
    assert stack.update(AgentRuntimeArtifact=code(same))["Status"] == "SUCCESS"
    assert runtime_plane.changes == []
    assert len(runtime_plane.versions.fetched) == 1


@pytest.mark.fidelity("provisioner.runtime.replaced-whole")
def test_what_is_no_longer_stated_goes_away(stack: Stack, runtime_plane: AgentPlane) -> None:
    skip_moto(runtime_plane, STAYS)
    stack.create(Description="Answers", EnvironmentVariables={"A": "1", "B": "2"})
    answer = stack.update(EnvironmentVariables={"A": "1"})
    assert answer["Status"] == "SUCCESS", answer["Reason"]
    changed = runtime(runtime_plane, answer)
    assert (changed.get("description"), changed["environmentVariables"]) == (None, {"A": "1"})


def test_endpoints_follow_the_newest_version_or_stay_where_they_are_stated(
    stack: Stack, runtime_plane: AgentPlane
) -> None:
    skip_moto(runtime_plane, STAYS)
    named = [{"Name": "follows"}, {"Name": "stays", "AgentRuntimeVersion": "1"}]
    stack.create(Endpoints=named)
    (before,) = prefixes()
    newer = runtime_plane.versions.publish(main="two")
    answer = stack.update(AgentRuntimeArtifact=code(newer), Endpoints=named)
    assert answer["Status"] == "SUCCESS", answer["Reason"]
    assert endpoints(runtime_plane, answer) == {"DEFAULT": "2", "follows": "2", "stays": "1"}
    assert before in prefixes()
    assert len(prefixes()) == 2


def test_endpoints_come_and_go_with_the_statement(stack: Stack, runtime_plane: AgentPlane) -> None:
    stack.create(Endpoints=[{"Name": "old"}, {"Name": "kept"}])
    runtime_plane.changes.clear()
    answer = stack.update(Endpoints=[{"Name": "kept"}, {"Name": "new"}])
    assert answer["Status"] == "SUCCESS", answer["Reason"]
    assert set(endpoints(runtime_plane, answer)) == {"DEFAULT", "kept", "new"}
    assert runtime_plane.changes == ["CreateAgentRuntimeEndpoint", "DeleteAgentRuntimeEndpoint"]


def test_a_delete_leaves_no_archive_and_no_log_group(
    stack: Stack, runtime_plane: AgentPlane
) -> None:
    stack.create(Endpoints=[{"Name": "canary"}])
    assert stack.delete()["Status"] == "SUCCESS"
    assert (runtimes(runtime_plane), prefixes(), log_groups()) == ([], [], {})
    runtime_plane.changes.clear()
    assert stack.delete()["Status"] == "SUCCESS"
    assert runtime_plane.changes == []


def test_an_archive_that_is_not_what_lambda_says_is_not_handed_over(
    stack: Stack, runtime_plane: AgentPlane
) -> None:
    runtime_plane.versions.said_digest = "AAAA"
    answer = stack.create()
    assert answer["Status"] == "FAILED"
    assert "another SHA-256 than Lambda says (BadArchive)" in answer["Reason"]
    assert (runtimes(runtime_plane), prefixes()) == ([], [])


def test_a_create_that_fails_late_leaves_nothing(stack: Stack, runtime_plane: AgentPlane) -> None:
    stack.kind = Troubled(stack.kind, create_part=[Refused("CreateAgentRuntimeEndpoint: no")])
    answer = stack.create(Endpoints=[{"Name": "canary"}])
    assert answer["Reason"] == "CreateAgentRuntimeEndpoint: no (PartFailed)"
    assert (runtimes(runtime_plane), prefixes(), log_groups()) == ([], [], {})
    assert stack.delete()["Status"] == "SUCCESS"


def test_a_failed_update_leaves_runtime_and_code_for_the_rollback(
    stack: Stack, runtime_plane: AgentPlane
) -> None:
    stack.create()
    (before,), stated = prefixes(), stack.stated
    whole = stack.kind
    stack.kind = Troubled(whole, update=[Refused("UpdateAgentRuntime: no")])
    newer = runtime_plane.versions.publish(main="two")
    assert stack.update(AgentRuntimeArtifact=code(newer))["Status"] == "FAILED"
    assert before in prefixes()
    stack.kind = whole
    assert stack.update()["Status"] == "SUCCESS"
    assert (stack.stated, prefixes()) == (stated, [before])


def test_a_lost_reply_makes_no_second_runtime(stack: Stack, runtime_plane: AgentPlane) -> None:
    stack.kind = LosesOneReply(stack.kind)
    assert stack.create()["Status"] == "SUCCESS"
    assert runtimes(runtime_plane) == [NAME]
    assert len(runtime_plane.versions.fetched) == 1


@pytest.mark.fidelity("provisioner.runtime.default-endpoint")
def test_a_runtime_is_ready_when_its_default_endpoint_is(
    stack: Stack, runtime_plane: AgentPlane
) -> None:
    class DefaultLater(Runtimes):
        def part(self, resource_id: str, part_id: str) -> None:
            assert part_id == "DEFAULT"

    runtime_id = stack.create()["Data"]["AgentRuntimeId"]
    found = runtime_plane.runtimes(DefaultLater).get(runtime_id)
    assert found is not None
    assert found.status == "CREATING"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"AgentRuntimeName": "no-hyphens"}, "AgentRuntimeName: String should match pattern"),
        (
            {"AgentRuntimeArtifact": code("arn:aws:lambda:us-east-1:123456789012:function:f:live")},
            "AgentRuntimeArtifact.FunctionVersionArn: String should match pattern",
        ),
        (
            {"AgentRuntimeArtifact": {"FunctionVersionArn": "arn"}},
            "AgentRuntimeArtifact.FunctionVersionArn: String should match pattern",
        ),
        ({"AgentRuntimeArtifact": {"Colour": "blue"}}, "AgentRuntimeArtifact.Colour: unknown"),
        ({"RoleArn": None}, "RoleArn: required"),
        ({"Endpoints": [{"Name": "DEFAULT"}]}, "Endpoints: Value error, names must differ"),
    ],
)
def test_bad_properties_are_refused_at_once_by_name(
    stack: Stack, runtime_plane: AgentPlane, changes: Json, problem: str
) -> None:
    answer = stack.create(**changes)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith(problem)
    assert stack.started == {}
    assert stack.delete()["Status"] == "SUCCESS"
    assert runtime_plane.changes == []
