import asyncio
import json
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import starlette
from botocore.exceptions import ClientError
from starlette.types import Message

from localcloud.agentcore.runtime.app import Limits
from localcloud.cloud import Request, Response
from tests.contract.agentcore_runtime.agents_written import ON_SDK, PLAIN
from tests.support.agent_runtimes import Client, Laptop, ready_runtime, wanted
from tests.support.asgi import ask
from tests.support.fake_cloud import ACCOUNT_ID, Sent

RUNTIMES = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT_ID}:runtime"
SESSION = "session-of-a-person-who-asks-questions"
OTHER_SESSION = "session-of-a-person-who-asks-something-else"
SIGNED = ("authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/x")


@pytest.fixture
def arn(laptop: Laptop, client: Client) -> str:
    laptop.upload({"main.py": PLAIN})
    return f"{RUNTIMES}/{ready_runtime(laptop, client)}"


def say(data: Client, arn: str, session: str = SESSION, **asked: object) -> Any:  # noqa: ANN401 - JSON
    reply = data.invoke_agent_runtime(
        agentRuntimeArn=arn, runtimeSessionId=session, payload=json.dumps(asked).encode()
    )
    return json.loads(reply["response"].read())


def refused(data: Client, arn: str, **asked: Any) -> tuple[int, str, str]:  # noqa: ANN401 - JSON
    with pytest.raises(ClientError) as no:
        say(data, arn, **asked)
    response = no.value.response
    status = response["ResponseMetadata"]["HTTPStatusCode"]
    return status, response["Error"]["Code"], response["Error"]["Message"]


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


@pytest.mark.fidelity("agentcore-runtime.agent-error")
@pytest.mark.parametrize("status", [400, 404, 500, 504])
def test_an_agent_s_error_is_a_failed_dependency(
    laptop: Laptop, data: Client, arn: str, status: int
) -> None:
    assert refused(data, arn, do="fail", status=status) == (
        424,
        "RuntimeClientError",
        f"Received error ({status}) from runtime. "
        "Please check your CloudWatch logs for more information.",
    )


@pytest.mark.fidelity("agentcore-runtime.agent-gone")
def test_an_agent_that_ends_is_noticed_and_the_next_question_meets_a_new_one(
    laptop: Laptop, data: Client, arn: str
) -> None:
    first = say(data, arn)["pid"]
    assert refused(data, arn, do="crash")[:2] == (424, "RuntimeClientError")
    again = say(data, arn)
    assert again["pid"] != first
    assert again["seen"] == 1


@pytest.mark.fidelity("agentcore-runtime.agent-gone")
def test_an_agent_that_no_longer_listens_is_taken_for_ended(data: Client, arn: str) -> None:
    first = say(data, arn)["pid"]
    assert refused(data, arn, do="deafen")[:2] == (424, "RuntimeClientError")
    assert say(data, arn)["pid"] != first


def test_an_agent_that_leaves_its_output_to_another_process_is_known_to_have_ended(
    laptop: Laptop, client: Client, data: Client
) -> None:
    laptop.upload({"main.py": PLAIN})
    arn = f"{RUNTIMES}/{ready_runtime(laptop, client)}"
    first = say(data, arn, do="leave")
    try:
        assert refused(data, arn, do="crash")[:2] == (424, "RuntimeClientError")
        assert say(data, arn)["pid"] != first["pid"]
    finally:
        os.kill(first["left"], signal.SIGKILL)


def test_an_agent_may_answer_with_headers_beyond_ascii(
    laptop: Laptop, data: Client, arn: str
) -> None:
    reply = data.invoke_agent_runtime(
        agentRuntimeArn=arn, runtimeSessionId=SESSION, payload=b'{"do": "tell"}'
    )
    assert reply["baggage"] == "name=Ж".encode().decode("latin-1")


def test_an_agent_whose_interpreter_is_gone_says_that_it_does_not_start(
    laptop: Laptop, data: Client, arn: str
) -> None:
    (runtime,) = laptop.store.runtimes()
    version = laptop.store.versions(runtime.runtime_id)[0]
    config = json.loads(json.dumps(version.config).replace("PYTHON_3_12", "PYTHON_3_0"))
    laptop.store.put_version(replace(version, config=config))
    assert refused(data, arn)[:2] == (424, "RuntimeClientError")


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
    laptop.loop.run(laptop.app(scope, receive, send))
    assert sent == []


def test_an_agent_that_never_answers_is_given_up(laptop: Laptop) -> None:
    with Laptop(laptop.loop, laptop.folder, limits=Limits(answer_s=0.2)) as other:
        other.upload({"main.py": PLAIN})
        with other.client() as client, other.client("bedrock-agentcore") as data:
            arn = f"{RUNTIMES}/{ready_runtime(other, client)}"
            say(data, arn)
            status, code, message = refused(data, arn, do="hang")
    assert (status, code) == (424, "RuntimeClientError")
    assert "(504)" in message


@pytest.mark.fidelity("agentcore-runtime.start-failed")
def test_an_agent_that_does_not_start_says_so(laptop: Laptop, client: Client, data: Client) -> None:
    laptop.upload({"main.py": "raise SystemExit('no such module')"})
    arn = f"{RUNTIMES}/{ready_runtime(laptop, client)}"
    assert refused(data, arn) == (
        424,
        "RuntimeClientError",
        "An error occurred when starting the runtime. "
        "Please check your CloudWatch logs for more information.",
    )


def test_an_agent_that_never_listens_is_given_up(laptop: Laptop) -> None:
    with Laptop(laptop.loop, laptop.folder, limits=Limits(start_s=0.3)) as other:
        other.upload({"main.py": "import threading; threading.Event().wait()"})
        with other.client() as client, other.client("bedrock-agentcore") as data:
            arn = f"{RUNTIMES}/{ready_runtime(other, client)}"
            assert "initialization time exceeded" in refused(data, arn)[2]


@pytest.mark.fidelity("agentcore-runtime.streaming")
def test_an_answer_comes_through_as_it_is_given(laptop: Laptop, arn: str) -> None:
    chunks = laptop.loop.run(_stream(laptop, arn, {"do": "stream"}))
    assert chunks == [b"data: 1\n\n", b"data: 2\n\n"]


def test_a_stream_that_breaks_off_does_not_end_as_if_it_were_whole(
    laptop: Laptop, arn: str
) -> None:
    chunks = laptop.loop.run(_stream(laptop, arn, {"do": "stream", "crash": True}))
    assert chunks == [b"data: 1\n\n", None]


async def _stream(laptop: Laptop, arn: str, asked: dict[str, Any]) -> list[bytes | None]:
    """Let the agent go on only when the first event is here; None marks an answer cut off."""
    path = f"/runtimes/{quote(arn, safe='')}/invocations"
    named = ("x-amzn-bedrock-agentcore-runtime-session-id", SESSION)
    headers = (("host", "x"), SIGNED, named)
    request = Request("POST", path, "", headers, json.dumps(asked).encode())
    chunks: list[bytes | None] = []
    whole = False
    first = asyncio.Event()
    inbox = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> Any:  # noqa: ANN401 - an ASGI message
        if not inbox:
            await asyncio.get_running_loop().create_future()
        return inbox.pop()

    async def send(message: Any) -> None:  # noqa: ANN401 - an ASGI message
        nonlocal whole
        if message["type"] == "http.response.body":
            chunks.extend([message["body"]] if message["body"] else [])
            whole = not message.get("more_body", False)
            first.set()

    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in headers],
    }
    answering = asyncio.create_task(laptop.app(scope, receive, send))
    await first.wait()
    go = Request("POST", path, "", headers, b'{"do": "go"}')
    await ask(laptop.app, go)
    await answering
    return chunks if whole else [*chunks, None]


@pytest.mark.fidelity("agentcore-runtime.payload")
def test_a_payload_may_have_a_hundred_megabytes_and_no_more(
    laptop: Laptop, data: Client, arn: str
) -> None:
    most = bytes(100_000_000)
    reply = data.invoke_agent_runtime(agentRuntimeArn=arn, payload=most)
    assert json.loads(reply["response"].read()) == {"size": 100_000_000}
    with pytest.raises(data.exceptions.ValidationException):
        data.invoke_agent_runtime(agentRuntimeArn=arn, payload=most + b"x")


@pytest.mark.fidelity("agentcore-runtime.stop")
def test_a_session_can_be_stopped_and_begun_anew(laptop: Laptop, data: Client, arn: str) -> None:
    first = say(data, arn)["pid"]
    stopped = data.stop_runtime_session(agentRuntimeArn=arn, runtimeSessionId=SESSION)
    assert stopped["runtimeSessionId"] == SESSION
    assert not Path(f"/proc/{first}").exists()
    with pytest.raises(data.exceptions.ResourceNotFoundException):
        data.stop_runtime_session(agentRuntimeArn=arn, runtimeSessionId=SESSION)
    assert say(data, arn)["pid"] != first


@pytest.mark.fidelity("agentcore-runtime.session.idle")
def test_a_session_ends_when_nobody_asks_unless_its_agent_is_busy(
    laptop: Laptop, data: Client, arn: str
) -> None:
    first = say(data, arn)["pid"]
    say(data, arn, do="busy", status="HealthyBusy")
    laptop.now_s = 950
    laptop.loop.run(laptop.service.sessions.tick())
    assert say(data, arn)["pid"] == first

    say(data, arn, do="busy", status="Healthy")
    laptop.now_s += 901
    laptop.loop.run(laptop.service.sessions.tick())
    assert laptop.service.sessions.count() == 0
    assert say(data, arn)["pid"] != first


@pytest.mark.fidelity("agentcore-runtime.session.version")
def test_a_session_stays_with_its_version_and_a_new_one_has_the_new(
    laptop: Laptop, client: Client, data: Client, arn: str
) -> None:
    runtime_id = arn.rpartition("/")[2]
    client.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name="prod")
    laptop.settle()
    first = say(data, arn)["pid"]
    members = wanted(environmentVariables={"VERSION": "two"}) | {"agentRuntimeId": runtime_id}
    del members["agentRuntimeName"]
    client.update_agent_runtime(**members)
    laptop.settle()

    assert say(data, arn)["pid"] == first
    assert say(data, arn, OTHER_SESSION)["environment"]["VERSION"] == "two"
    pinned = data.invoke_agent_runtime(agentRuntimeArn=arn, qualifier="prod", payload=b"{}")
    assert "VERSION" not in json.loads(pinned["response"].read())["environment"]


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


@pytest.mark.fidelity("agentcore-runtime.session.limit")
def test_the_session_used_least_lately_makes_room_for_a_new_one(
    laptop: Laptop, data: Client, arn: str
) -> None:
    pids = []
    for number in range(4):
        laptop.now_s += 1
        pids.append(say(data, arn, f"session-number-{number}-{'x' * 20}")["pid"])
    assert laptop.service.sessions.count() == 3
    assert [Path(f"/proc/{pid}").exists() for pid in pids] == [False, True, True, True]


@pytest.mark.fidelity("agentcore-runtime.delete.sessions")
def test_sessions_end_with_their_runtime(
    laptop: Laptop, client: Client, data: Client, arn: str
) -> None:
    pid = say(data, arn)["pid"]
    client.delete_agent_runtime(agentRuntimeId=arn.rpartition("/")[2])
    laptop.settle()
    laptop.loop.run(laptop.service.sessions.stop_all())
    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(data.exceptions.ResourceNotFoundException):
        say(data, arn)


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
