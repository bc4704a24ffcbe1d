import asyncio
import uuid
from collections.abc import Coroutine
from typing import Any

import pytest
from botocore import xform_name

from localcloud.agentcore.wire.operations import CONTROL, operation_model
from localcloud.cloud import Response
from tests.support.agent_runtimes import (
    ROLE_ARN,
    Client,
    Laptop,
    archive,
    library,
    other_processor,
    ready_runtime,
    wanted,
)
from tests.support.control_plane import never
from tests.support.fake_cloud import ACCOUNT_ID, Sent

RUNTIMES = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT_ID}:runtime"


def without_name(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - of wanted
    members = wanted(**changes)
    del members["agentRuntimeName"]
    return members


@pytest.mark.fidelity("agentcore-runtime.statuses")
def test_each_operation_answers_with_the_status_and_members_of_its_model(
    laptop: Laptop, client: Client
) -> None:
    runtime_id = ready_runtime(laptop, client)
    one = {"agentRuntimeId": runtime_id}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("CreateAgentRuntime", wanted("Other")),
        ("GetAgentRuntime", one),
        ("ListAgentRuntimes", {}),
        ("ListAgentRuntimeVersions", one),
        ("UpdateAgentRuntime", one | without_name()),
        ("CreateAgentRuntimeEndpoint", one | {"name": "prod"}),
        ("GetAgentRuntimeEndpoint", one | {"endpointName": "prod"}),
        ("ListAgentRuntimeEndpoints", one),
        ("UpdateAgentRuntimeEndpoint", one | {"endpointName": "prod", "agentRuntimeVersion": "1"}),
        ("DeleteAgentRuntimeEndpoint", one | {"endpointName": "prod"}),
        ("DeleteAgentRuntime", one),
    ]
    for operation, members in calls:
        reply = getattr(client, xform_name(operation))(**members)
        laptop.settle()
        model = operation_model(CONTROL, operation)
        assert reply["ResponseMetadata"]["HTTPStatusCode"] == model.http["responseCode"], operation
        assert model.output_shape is not None
        assert set(model.output_shape.required_members) <= reply.keys(), operation
    assert {operation for operation, _ in calls} <= laptop.plane.operations


@pytest.mark.fidelity("agentcore-runtime.create")
def test_a_runtime_is_creating_until_its_code_is_read(laptop: Laptop, client: Client) -> None:
    made = client.create_agent_runtime(**wanted())
    assert (made["agentRuntimeId"], made["status"]) == ("Faq-0000000001", "CREATING")
    assert made["agentRuntimeArn"] == f"{RUNTIMES}/Faq-0000000001"

    laptop.settle()

    found = client.get_agent_runtime(agentRuntimeId=made["agentRuntimeId"])
    assert (found["status"], found["agentRuntimeVersion"]) == ("READY", "1")
    assert found["lifecycleConfiguration"] == {
        "idleRuntimeSessionTimeout": 900,
        "maxLifetime": 28800,
    }
    endpoint = client.get_agent_runtime_endpoint(
        agentRuntimeId=made["agentRuntimeId"], endpointName="DEFAULT"
    )
    assert (endpoint["status"], endpoint["liveVersion"]) == ("READY", "1")


@pytest.mark.fidelity("agentcore-runtime.versions")
def test_an_update_is_a_new_version_and_a_full_replacement(laptop: Laptop, client: Client) -> None:
    runtime_id = ready_runtime(laptop, client, environmentVariables={"MODE": "one"})
    client.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name="pinned")
    laptop.settle()

    updated = client.update_agent_runtime(agentRuntimeId=runtime_id, **without_name())
    assert (updated["agentRuntimeVersion"], updated["status"]) == ("2", "UPDATING")
    laptop.settle()

    newest = client.get_agent_runtime(agentRuntimeId=runtime_id)
    assert (newest["agentRuntimeVersion"], newest["status"]) == ("2", "READY")
    assert "environmentVariables" not in newest
    first = client.get_agent_runtime(agentRuntimeId=runtime_id, agentRuntimeVersion="1")
    assert first["environmentVariables"] == {"MODE": "one"}
    listed = client.list_agent_runtime_versions(agentRuntimeId=runtime_id)["agentRuntimes"]
    assert [version["agentRuntimeVersion"] for version in listed] == ["1", "2"]
    endpoints = client.list_agent_runtime_endpoints(agentRuntimeId=runtime_id)["runtimeEndpoints"]
    assert {one["name"]: one["liveVersion"] for one in endpoints} == {"DEFAULT": "2", "pinned": "1"}


@pytest.mark.fidelity("agentcore-runtime.update-failed")
def test_a_version_that_fails_leaves_the_one_before_it_in_place(
    laptop: Laptop, client: Client
) -> None:
    runtime_id = ready_runtime(laptop, client)

    client.update_agent_runtime(agentRuntimeId=runtime_id, **without_name(key="missing.zip"))
    laptop.settle()

    assert client.get_agent_runtime(agentRuntimeId=runtime_id)["status"] == "UPDATE_FAILED"
    endpoint = client.get_agent_runtime_endpoint(agentRuntimeId=runtime_id, endpointName="DEFAULT")
    assert (endpoint["status"], endpoint["liveVersion"], endpoint["targetVersion"]) == (
        "UPDATE_FAILED",
        "1",
        "2",
    )
    client.update_agent_runtime(agentRuntimeId=runtime_id, **without_name())
    laptop.settle()
    assert client.get_agent_runtime(agentRuntimeId=runtime_id)["status"] == "READY"


@pytest.mark.fidelity("agentcore-runtime.code.refused")
def test_code_is_refused_with_a_reason_a_person_can_act_on(laptop: Laptop, client: Client) -> None:
    other = other_processor()
    laptop.upload({"app.py": ""}, "no-entry.zip")
    laptop.upload({"main.py": "", "numpy/core.so": library(other)}, "other.zip")
    laptop.cloud.answer("GET", "*/broken.zip", Response(200, {}, b"not a zip"))
    laptop.cloud.answer("GET", "*/absent.zip", Response(404, {}, b"<Error/>"))
    reasons = {}
    for key in ("no-entry.zip", "other.zip", "broken.zip", "absent.zip"):
        runtime_id = ready_runtime(
            laptop, client, name=key.partition(".")[0].replace("-", "_"), key=key
        )
        found = client.get_agent_runtime(agentRuntimeId=runtime_id)
        assert found["status"] == "CREATE_FAILED"
        reasons[key] = found["failureReason"]
    assert reasons["no-entry.zip"] == "The entry point main.py is not in the code."
    assert f"The code is built for {other}" in reasons["other.zip"]
    assert "--parameter-overrides AgentArchitecture=" in reasons["other.zip"]
    assert reasons["broken.zip"] == "The code cannot be unpacked: File is not a zip file"
    assert reasons["absent.zip"] == (
        "The code at s3://code-bucket/absent.zip could not be read: status 404."
    )


def test_code_that_is_unpacked_is_not_read_again_but_looked_through(
    laptop: Laptop, client: Client
) -> None:
    bodies = []

    def answer(sent: Sent) -> Response:
        known = sent.headers.get("If-None-Match") == '"of-it"'
        bodies.append(b"" if known else archive({"main.py": "", "app/other.py": ""}))
        return Response(304 if known else 200, {"etag": '"of-it"'}, bodies[-1])

    laptop.cloud.answer("GET", "*/shared.zip", answer)
    code = wanted(key="shared.zip")["agentRuntimeArtifact"]["codeConfiguration"]
    ends = {}
    for name, program in (("One", "main.py"), ("Two", "app/other.py"), ("Three", "absent.py")):
        artifact = {"codeConfiguration": code | {"entryPoint": [program]}}
        runtime_id = ready_runtime(laptop, client, name=name, agentRuntimeArtifact=artifact)
        found = client.get_agent_runtime(agentRuntimeId=runtime_id)
        ends[name] = (found["status"], found.get("failureReason"))
    assert ends == {
        "One": ("READY", None),
        "Two": ("READY", None),
        "Three": ("CREATE_FAILED", "The entry point absent.py is not in the code."),
    }
    assert [bool(body) for body in bodies] == [True, False, False]


@pytest.mark.fidelity("agentcore-runtime.containers")
def test_containers_and_other_languages_fail_and_say_why(laptop: Laptop, client: Client) -> None:
    image = f"{ACCOUNT_ID}.dkr.ecr.us-east-1.amazonaws.com/agent:1"
    container = {"containerConfiguration": {"containerUri": image}}
    runtime_id = ready_runtime(laptop, client, agentRuntimeArtifact=container)
    node = wanted()["agentRuntimeArtifact"]["codeConfiguration"] | {"runtime": "NODE_22"}
    other_id = ready_runtime(
        laptop, client, name="Node", agentRuntimeArtifact={"codeConfiguration": node}
    )

    failed = client.get_agent_runtime(agentRuntimeId=runtime_id)
    assert failed["status"] == "CREATE_FAILED"
    assert failed["failureReason"].startswith("containers need an engine")
    other = client.get_agent_runtime(agentRuntimeId=other_id)
    assert other["failureReason"] == "This laptop cloud runs agents in Python, not NODE_22."


@pytest.mark.fidelity("agentcore-runtime.role")
def test_a_role_that_cannot_be_taken_is_refused_before_anything_is_made(
    laptop: Laptop, client: Client
) -> None:
    laptop.cloud.unassumable.append(ROLE_ARN)
    with pytest.raises(client.exceptions.ValidationException) as refused:
        client.create_agent_runtime(**wanted())
    assert refused.value.response["Error"]["Message"] == (
        f"Role validation failed for '{ROLE_ARN}'. Please verify that the role exists and its "
        "trust policy allows assumption by this service"
    )
    assert client.list_agent_runtimes()["agentRuntimes"] == []


@pytest.mark.fidelity("agentcore-runtime.iam.resources")
def test_each_operation_is_asked_for_on_its_own_resources(laptop: Laptop, client: Client) -> None:
    runtime_id = ready_runtime(laptop, client, tags={"team": "faq"})
    client.get_agent_runtime_endpoint(agentRuntimeId=runtime_id, endpointName="DEFAULT")
    client.list_agent_runtimes()
    client.tag_resource(resourceArn=f"{RUNTIMES}/{runtime_id}", tags={"a": "b"})

    asked = [(one.action.partition(":")[2], one.resource) for one in laptop.cloud.authorizations]
    directory = (
        f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT_ID}:workload-identity-directory/default"
    )
    assert asked == [
        ("CreateAgentRuntime", f"{RUNTIMES}/*"),
        ("CreateAgentRuntimeEndpoint", f"{RUNTIMES}/Faq-*/runtime-endpoint/DEFAULT"),
        ("CreateWorkloadIdentity", directory),
        ("CreateWorkloadIdentity", f"{directory}/workload-identity/Faq-*"),
        ("GetObject", "arn:aws:s3:::code-bucket/agent.zip"),
        ("PassRole", ROLE_ARN),
        ("GetAgentRuntimeEndpoint", f"{RUNTIMES}/{runtime_id}"),
        ("GetAgentRuntimeEndpoint", f"{RUNTIMES}/{runtime_id}/runtime-endpoint/DEFAULT"),
        ("ListAgentRuntimes", f"{RUNTIMES}/*"),
        ("TagResource", f"{RUNTIMES}/{runtime_id}"),
    ]
    tags = client.list_tags_for_resource(resourceArn=f"{RUNTIMES}/{runtime_id}")["tags"]
    assert tags == {"team": "faq", "a": "b"}


@pytest.mark.fidelity("agentcore-runtime.conflict")
def test_a_name_is_taken_once_and_a_change_under_way_forbids_another(
    laptop: Laptop, client: Client
) -> None:
    made = client.create_agent_runtime(**wanted())
    with pytest.raises(client.exceptions.ConflictException):
        client.create_agent_runtime(**wanted())
    laptop.settle()
    one = {"agentRuntimeId": made["agentRuntimeId"]}
    with laptop.restarted(never).client() as client:
        client.update_agent_runtime(**one, **without_name())
        with pytest.raises(client.exceptions.ConflictException):
            client.update_agent_runtime(**one, **without_name())


@pytest.mark.fidelity("agentcore-runtime.client-token")
def test_a_request_that_is_sent_twice_is_done_once(laptop: Laptop, client: Client) -> None:
    token = str(uuid.uuid4())
    first = client.create_agent_runtime(**wanted(clientToken=token))
    again = client.create_agent_runtime(**wanted(clientToken=token))
    assert again["agentRuntimeId"] == first["agentRuntimeId"]
    with pytest.raises(client.exceptions.ValidationException):
        client.create_agent_runtime(**wanted("Other", clientToken=token))

    laptop.settle()
    update = without_name(clientToken=token) | {"agentRuntimeId": first["agentRuntimeId"]}
    for _ in range(2):
        client.update_agent_runtime(**update)
        laptop.settle()
    found = client.get_agent_runtime(agentRuntimeId=first["agentRuntimeId"])
    assert found["agentRuntimeVersion"] == "2"


def test_lists_come_in_pages(laptop: Laptop, client: Client) -> None:
    for name in ("One", "Two", "Three"):
        ready_runtime(laptop, client, name=name)
    first = client.list_agent_runtimes(maxResults=2)
    rest = client.list_agent_runtimes(maxResults=2, nextToken=first["nextToken"])
    names = [one["agentRuntimeName"] for one in (*first["agentRuntimes"], *rest["agentRuntimes"])]
    assert names == ["One", "Two", "Three"]
    assert "nextToken" not in rest


@pytest.mark.fidelity("agentcore-runtime.delete")
def test_a_runtime_goes_with_its_endpoints_versions_and_code(
    laptop: Laptop, client: Client
) -> None:
    runtime_id = ready_runtime(laptop, client)
    client.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name="prod")
    laptop.settle()
    (digest,) = laptop.store.digests()
    assert laptop.archives.find(digest)

    assert client.delete_agent_runtime(agentRuntimeId=runtime_id)["status"] == "DELETING"
    laptop.settle()

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_agent_runtime(agentRuntimeId=runtime_id)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.delete_agent_runtime(agentRuntimeId=runtime_id)
    assert laptop.archives.find(digest) is None
    ready_runtime(laptop, client)


def test_a_version_can_be_deleted_unless_an_endpoint_points_at_it(
    laptop: Laptop, client: Client
) -> None:
    runtime_id = ready_runtime(laptop, client)
    client.update_agent_runtime(agentRuntimeId=runtime_id, **without_name())
    laptop.settle()
    with pytest.raises(client.exceptions.ConflictException):
        client.delete_agent_runtime(agentRuntimeId=runtime_id, agentRuntimeVersion="2")
    client.delete_agent_runtime(agentRuntimeId=runtime_id, agentRuntimeVersion="1")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_agent_runtime(agentRuntimeId=runtime_id, agentRuntimeVersion="1")


@pytest.mark.fidelity("agentcore-runtime.endpoints.default")
def test_the_default_endpoint_is_the_service_s_own(laptop: Laptop, client: Client) -> None:
    one = {"agentRuntimeId": ready_runtime(laptop, client), "endpointName": "DEFAULT"}
    with pytest.raises(client.exceptions.ValidationException):
        client.update_agent_runtime_endpoint(**one, agentRuntimeVersion="1")
    with pytest.raises(client.exceptions.ValidationException):
        client.delete_agent_runtime_endpoint(**one)


def test_endpoints_are_unique_and_at_most_ten(laptop: Laptop, client: Client) -> None:
    runtime_id = ready_runtime(laptop, client)
    for number in range(9):
        client.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name=f"e{number}")
    with pytest.raises(client.exceptions.ConflictException):
        client.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name="e1")
    with pytest.raises(client.exceptions.ServiceQuotaExceededException):
        client.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name="one_more")


def test_code_that_is_being_unpacked_outlives_the_end_of_another_runtime(
    laptop: Laptop,
) -> None:
    gate = asyncio.Event()
    held: list[str] = []
    tasks: list[asyncio.Task[None]] = []

    async def later(job: Coroutine[Any, Any, None]) -> None:
        await gate.wait()
        await job

    def spawn(job: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        tasks.append(asyncio.create_task(later(job) if held else job))
        return tasks[-1]

    async def go_on() -> None:
        gate.set()

    other = laptop.restarted(spawn)
    with other.client() as client:
        gone = ready_runtime(other, client)
        held.append("the next")
        made = client.create_agent_runtime(**wanted("Other"))
        held.clear()
        unfinished = other.folder / "agents" / "unfinished"
        unfinished.mkdir()
        client.delete_agent_runtime(agentRuntimeId=gone)
        other.loop.run(asyncio.wait(tasks[-1:]))
        assert other.store.runtime(gone) is None
        assert unfinished.exists()

        other.loop.run(go_on())
        other.settle()
        found = client.get_agent_runtime(agentRuntimeId=made["agentRuntimeId"])
    assert found["status"] == "READY"
    assert not unfinished.exists()


def test_code_cannot_begin_outside_its_archive(laptop: Laptop, client: Client) -> None:
    laptop.upload({"../main.py": ""})
    artifact = wanted()["agentRuntimeArtifact"]
    artifact["codeConfiguration"]["entryPoint"] = ["../main.py"]
    runtime_id = ready_runtime(laptop, client, agentRuntimeArtifact=artifact)
    assert client.get_agent_runtime(agentRuntimeId=runtime_id)["status"] == "CREATE_FAILED"


@pytest.mark.fidelity("agentcore-runtime.resume")
def test_another_process_takes_up_what_was_left(laptop: Laptop) -> None:
    with laptop.restarted(never).client() as client:
        made = client.create_agent_runtime(**wanted())
    other = laptop.restarted()
    other.loop.run(other.plane.resume())
    other.settle()
    with other.client() as client:
        found = client.get_agent_runtime(agentRuntimeId=made["agentRuntimeId"])
    assert found["status"] == "READY"
