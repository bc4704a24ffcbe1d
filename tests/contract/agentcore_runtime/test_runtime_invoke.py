import json
from pathlib import Path
from urllib.parse import quote

import pytest
import starlette
from botocore.exceptions import ClientError
from starlette.types import Message

from localcloud.cloud import Request, Response
from tests.contract.agentcore_runtime.agents_written import ON_SDK, PLAIN
from tests.contract.agentcore_runtime.asking import OTHER_SESSION, RUNTIMES, SESSION, SIGNED, say
from tests.support.agent_runtimes import Client, Laptop, ready_runtime
from tests.support.asgi import ask
from tests.support.fake_cloud import ACCOUNT_ID, Sent


@pytest.mark.fidelity("agentcore-runtime.invoke")
def test_an_agent_is_asked_and_its_answer_comes_back(data: Client, arn: str) -> None:
    reply = data.invoke_agent_runtime(
        agentRuntimeArn=arn, runtimeSessionId=SESSION, payload=b'{"prompt": "hi"}'
    )
    assert (reply["statusCode"], reply["contentType"]) == (200, "application/json")
    assert reply["runtimeSessionId"] == SESSION
    assert json.loads(reply["response"].read())["asked"] == {"prompt": "hi"}


@pytest.mark.fidelity("agentcore-runtime.session.one-process")
def test_a_session_is_one_process_and_another_session_another(
    laptop: Laptop, data: Client, arn: str
) -> None:
    first, again = say(data, arn), say(data, arn)
    other = say(data, arn, OTHER_SESSION)
    assert first["pid"] == again["pid"] != other["pid"]
    assert (first["seen"], again["seen"], other["seen"]) == (1, 2, 1)


@pytest.mark.fidelity("agentcore-runtime.session.id")
def test_a_session_without_a_name_gets_one_and_a_short_name_is_refused(
    laptop: Laptop, arn: str
) -> None:
    path = f"/runtimes/{quote(arn, safe='')}/invocations"
    plain = Request("POST", path, "", (("host", "x"), SIGNED), b"{}")
    reply = laptop.loop.run(ask(laptop.app, plain))
    assert len(reply.headers["x-amzn-bedrock-agentcore-runtime-session-id"]) >= 33

    short = ("x-amzn-bedrock-agentcore-runtime-session-id", "short")
    named = Request("POST", path, "", (("host", "x"), SIGNED, short), b"{}")
    reply = laptop.loop.run(ask(laptop.app, named))
    assert (reply.status, reply.headers["x-amzn-errortype"]) == (400, "ValidationException")


@pytest.mark.fidelity("agentcore-runtime.environment")
def test_an_agent_has_its_own_libraries_and_its_role_and_nothing_of_ours(
    laptop: Laptop, data: Client, client: Client
) -> None:
    laptop.upload({"main.py": PLAIN})
    runtime_id = ready_runtime(laptop, client, environmentVariables={"MODE": "faq"})
    found = say(data, f"{RUNTIMES}/{runtime_id}")

    environment = found["environment"]
    assert environment["MODE"] == "faq"
    assert environment["AWS_REGION"] == "us-east-1"
    assert environment["AWS_ACCESS_KEY_ID"].endswith("role/agent")
    endpoint = f"{RUNTIMES}/{runtime_id}/runtime-endpoint/DEFAULT"
    assert f"cloud.resource_id={endpoint}" in environment["OTEL_RESOURCE_ATTRIBUTES"]
    assert environment.keys().isdisjoint({"VIRTUAL_ENV", "PYTEST_CURRENT_TEST"})
    assert not any("site-packages" in entry for entry in found["path"])
    assert found["path"][0] == found["cwd"]
    assert (laptop.cloud.assumed[-1][1]) == f"{RUNTIMES}/{runtime_id}"


@pytest.mark.fidelity("agentcore-runtime.headers")
def test_an_agent_gets_the_headers_on_its_list_and_no_others(
    laptop: Laptop, client: Client
) -> None:
    laptop.upload({"main.py": PLAIN})
    listed = {"requestHeaderAllowlist": ["X-Tenant"]}
    runtime_id = ready_runtime(laptop, client, requestHeaderConfiguration=listed)
    path = f"/runtimes/{quote(f'{RUNTIMES}/{runtime_id}', safe='')}/invocations"
    headers = (
        ("host", "x"),
        SIGNED,
        ("content-type", "application/json"),
        ("x-tenant", "blue"),
        ("x-other", "red"),
        ("traceparent", "00-1-2-01"),
        ("x-amzn-bedrock-agentcore-runtime-session-id", SESSION),
    )
    reply = laptop.loop.run(ask(laptop.app, Request("POST", path, "", headers, b"{}")))
    seen = json.loads(reply.body)["headers"]
    assert (seen["x-tenant"], seen["traceparent"]) == ("blue", "00-1-2-01")
    assert seen["x-amzn-bedrock-agentcore-runtime-session-id"] == SESSION
    assert "x-amzn-bedrock-agentcore-runtime-request-id" in seen
    assert seen.keys().isdisjoint({"authorization", "x-other"})

    beyond_ascii = (*headers[:3], ("x-tenant", "Käse"), headers[-1])
    reply = laptop.loop.run(ask(laptop.app, Request("POST", path, "", beyond_ascii, b"{}")))
    assert json.loads(reply.body)["headers"]["x-tenant"] == "Käse"

    long = (*headers[:3], ("x-tenant", "b" * 5000))
    reply = laptop.loop.run(ask(laptop.app, Request("POST", path, "", long, b"{}")))
    assert reply.status == 400


def test_an_agent_may_answer_with_headers_beyond_ascii(
    laptop: Laptop, data: Client, arn: str
) -> None:
    reply = data.invoke_agent_runtime(
        agentRuntimeArn=arn, runtimeSessionId=SESSION, payload=b'{"do": "tell"}'
    )
    assert reply["baggage"] == "name=Ж".encode().decode("latin-1")


def test_half_a_payload_is_nobody_s(laptop: Laptop, data: Client, arn: str) -> None:
    say(data, arn)
    messages: list[Message] = [
        {"type": "http.request", "body": b'{"do":', "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    path = f"/runtimes/{quote(arn, safe='')}/invocations"
    headers = [(b"x-amzn-bedrock-agentcore-runtime-session-id", SESSION.encode())]
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode()}
    scope |= {"query_string": b"", "headers": headers}
    laptop.loop.run(laptop.answer(scope, receive, send))
    assert sent == []


@pytest.mark.fidelity("agentcore-runtime.payload")
def test_a_payload_may_have_a_hundred_megabytes_and_no_more(
    laptop: Laptop, data: Client, arn: str
) -> None:
    most = bytes(100_000_000)
    reply = data.invoke_agent_runtime(agentRuntimeArn=arn, payload=most)
    assert json.loads(reply["response"].read()) == {"size": 100_000_000}
    with pytest.raises(data.exceptions.ValidationException):
        data.invoke_agent_runtime(agentRuntimeArn=arn, payload=most + b"x")


@pytest.mark.fidelity("agentcore-runtime.not-found")
def test_what_is_not_there_is_not_found(laptop: Laptop, data: Client, arn: str) -> None:
    with pytest.raises(data.exceptions.ResourceNotFoundException) as no:
        data.invoke_agent_runtime(agentRuntimeArn=arn, qualifier="prod", payload=b"{}")
    assert no.value.response["Error"]["Message"] == (
        f"No endpoint or agent found with qualifier 'prod' for agent '{arn}'"
    )
    for other in (f"{arn}x", arn.replace("us-east-1", "eu-west-1")):
        with pytest.raises(data.exceptions.ResourceNotFoundException):
            data.invoke_agent_runtime(agentRuntimeArn=other, payload=b"{}")


def test_a_runtime_can_be_named_by_id_and_account(laptop: Laptop, data: Client, arn: str) -> None:
    runtime_id = arn.rpartition("/")[2]
    reply = data.invoke_agent_runtime(
        agentRuntimeArn=runtime_id, accountId=ACCOUNT_ID, payload=b"{}"
    )
    assert reply["statusCode"] == 200
    with pytest.raises(data.exceptions.ValidationException):
        data.invoke_agent_runtime(agentRuntimeArn=runtime_id, payload=b"{}")


@pytest.mark.fidelity("agentcore-runtime.iam.invoke")
def test_a_call_is_asked_of_the_runtime_and_of_its_endpoint(
    laptop: Laptop, data: Client, arn: str
) -> None:
    laptop.cloud.authorizations.clear()
    data.invoke_agent_runtime(agentRuntimeArn=arn, runtimeUserId="mia", payload=b"{}")
    asked = [(one.action.partition(":")[2], one.resource) for one in laptop.cloud.authorizations]
    both = (arn, f"{arn}/runtime-endpoint/DEFAULT")
    assert asked == [
        *(("InvokeAgentRuntime", resource) for resource in both),
        *(("InvokeAgentRuntimeForUser", resource) for resource in both),
    ]
    laptop.cloud.denied.append(("bedrock-agentcore:InvokeAgentRuntime", both[1]))
    with pytest.raises(data.exceptions.AccessDeniedException):
        data.invoke_agent_runtime(agentRuntimeArn=arn, payload=b"{}")


@pytest.mark.fidelity("agentcore-runtime.jwt")
def test_a_runtime_takes_signatures_or_tokens_and_not_both(
    laptop: Laptop, client: Client, arn: str
) -> None:
    authorizer = {
        "customJWTAuthorizer": {
            "discoveryUrl": "https://id.example/.well-known/openid-configuration",
            "allowedClients": ["web"],
        }
    }
    guarded = ready_runtime(laptop, client, name="Guarded", authorizerConfiguration=authorizer)

    def called(target: str, *headers: tuple[str, str]) -> Response:
        path = f"/runtimes/{quote(target, safe='')}/invocations"
        request = Request("POST", path, "", (("host", "x"), *headers), b"{}")
        return laptop.loop.run(ask(laptop.app, request))

    bearer = ("authorization", "Bearer nonsense")
    assert called(f"{RUNTIMES}/{guarded}", SIGNED).status == 403
    assert "mismatch" in called(arn, bearer).body.decode()
    for headers in ((), (bearer,)):
        reply = called(f"{RUNTIMES}/{guarded}", *headers)
        assert reply.status == 401
        assert reply.headers["www-authenticate"].startswith("Bearer resource_metadata=")


@pytest.mark.fidelity("agentcore-runtime.logs")
def test_what_an_agent_prints_goes_to_its_log_group_in_its_role_s_name(
    laptop: Laptop, data: Client, arn: str
) -> None:
    calls: list[Sent] = []

    def keep(sent: Sent) -> Response:
        calls.append(sent)
        return Response(200)

    laptop.cloud.answer("POST", "https://logs.*", keep)
    say(data, arn, do="say", line="what it thinks")
    data.stop_runtime_session(agentRuntimeArn=arn, runtimeSessionId=SESSION)

    operations = [call.headers["x-amz-target"].partition(".")[2] for call in calls]
    assert operations == ["CreateLogGroup", "CreateLogStream", "PutLogEvents"]
    put = json.loads(calls[-1].content)
    runtime_id = arn.rpartition("/")[2]
    assert put["logGroupName"] == f"/aws/bedrock-agentcore/runtimes/{runtime_id}-DEFAULT"
    assert put["logStreamName"].startswith("2026/01/01/[runtime-logs]")
    assert [event["message"] for event in put["logEvents"]] == ["what it thinks"]
    assert calls[-1].credentials is not None
    assert calls[-1].credentials.access_key_id.endswith("role/agent")


@pytest.mark.fidelity("agentcore-runtime.gaps")
def test_commands_in_a_session_are_said_not_to_be_served(data: Client, arn: str) -> None:
    with pytest.raises(ClientError) as no:
        data.invoke_agent_runtime_command(
            agentRuntimeArn=arn, runtimeSessionId=SESSION, body={"command": "ls"}
        )
    assert no.value.response["Error"]["Code"] == "NotImplementedException"


def test_agents_written_on_the_sdk_run_unmodified(
    laptop: Laptop, client: Client, data: Client
) -> None:
    site = Path(starlette.__file__).parents[1]  # an archive brings its own libraries
    laptop.upload({"main.py": f"import sys; sys.path.append({str(site)!r})\n{ON_SDK}"})
    arn = f"{RUNTIMES}/{ready_runtime(laptop, client)}"
    assert say(data, arn, prompt="hi") == {"prompt": "hi", "session": SESSION}
    reply = data.invoke_agent_runtime(agentRuntimeArn=arn, payload=b'{"stream": true}')
    assert reply["contentType"].startswith("text/event-stream")
    lines = [line for line in reply["response"].iter_lines() if line]
    assert lines == [b'data: {"number": 0}', b'data: {"number": 1}', b'data: {"number": 2}']
