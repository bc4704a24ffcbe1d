"""Programs on the laptop's AgentCore Runtime that misbehave, called with an unmodified boto3."""

import io
import json
import os
import select
import time
import uuid
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.laptop import Laptop
from tests.support.waiting import wait

pytestmark = pytest.mark.laptop

type Client = Any
"""A boto3 client: its methods are made at run time."""

NAME = "contrary"
BUCKET = "contrary-code"
IDLE_S = 60
"""The shortest idle time-out AgentCore takes."""
LARGEST_BODY_BYTES = 100_000_000
PROGRAM = """
import http.server, json, os, time

class Agent(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200, {"status": "Healthy", "time_of_last_update": 1})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        told = json.loads(body) if len(body) < 1000 else {"do": "count"}
        if told["do"] == "crash":
            os._exit(3)
        if told["do"] == "hang":
            time.sleep(3600)
        status = 500 if told["do"] == "fail" else 200
        self.answer(status, {"pid": os.getpid(), "bytes": len(body)})

    def answer(self, status, content):
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments):
        print(*arguments, flush=True)

http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Agent).serve_forever()
"""


def archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as files:
        files.writestr("main.py", PROGRAM)
    return content.getvalue()


def role(laptop: Laptop) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "bedrock-agentcore.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = laptop.client("iam").create_role(RoleName=NAME, AssumeRolePolicyDocument=policy)
    return str(made["Role"]["Arn"])


@pytest.fixture(scope="module")
def runtime(laptop: Laptop) -> Iterator[str]:
    """The ARN of a runtime that does what it is told, bad or good."""
    s3, control = laptop.client("s3"), laptop.client("bedrock-agentcore-control")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="agent.zip", Body=archive())
    made = control.create_agent_runtime(
        agentRuntimeName=NAME,
        agentRuntimeArtifact={
            "codeConfiguration": {
                "code": {"s3": {"bucket": BUCKET, "prefix": "agent.zip"}},
                "runtime": "PYTHON_3_12",
                "entryPoint": ["main.py"],
            }
        },
        roleArn=role(laptop),
        networkConfiguration={"networkMode": "PUBLIC"},
        lifecycleConfiguration={"idleRuntimeSessionTimeout": IDLE_S, "maxLifetime": 3600},
    )
    runtime_id = made["agentRuntimeId"]
    wait(control, "GetAgentRuntime", "status", "READY", agentRuntimeId=runtime_id)
    yield made["agentRuntimeArn"]
    control.delete_agent_runtime(agentRuntimeId=runtime_id)
    s3.delete_object(Bucket=BUCKET, Key="agent.zip")
    s3.delete_bucket(Bucket=BUCKET)
    laptop.client("iam").delete_role(RoleName=NAME)
    logs = laptop.client("logs")
    for group in logs.describe_log_groups(
        logGroupNamePrefix=f"/aws/bedrock-agentcore/runtimes/{runtime_id}"
    )["logGroups"]:
        logs.delete_log_group(logGroupName=group["logGroupName"])


@pytest.fixture(scope="module")
def client(laptop: Laptop) -> Client:
    return laptop.client("bedrock-agentcore")


@pytest.fixture
def session() -> str:
    return f"session-{uuid.uuid4()}"


def tell(client: Client, runtime: str, session: str, do: str) -> dict[str, Any]:
    answer = client.invoke_agent_runtime(
        agentRuntimeArn=runtime,
        runtimeSessionId=session,
        contentType="application/json",
        payload=json.dumps({"do": do}),
    )
    assert answer["runtimeSessionId"] == session
    content: dict[str, Any] = json.loads(answer["response"].read())
    return content


def has_ended(pid: int, within_s: float) -> bool:
    """Wait for the end of a process that is not ours."""
    watched = os.pidfd_open(pid)
    try:
        return bool(select.select([watched], [], [], within_s)[0])
    finally:
        os.close(watched)


def test_a_session_is_one_process_and_another_session_another(
    client: Client, runtime: str, session: str
) -> None:
    first = tell(client, runtime, session, "answer")["pid"]

    assert tell(client, runtime, session, "answer")["pid"] == first
    assert tell(client, runtime, f"{session}-2", "answer")["pid"] != first


def test_a_stopped_session_starts_anew(client: Client, runtime: str, session: str) -> None:
    first = tell(client, runtime, session, "answer")["pid"]
    client.stop_runtime_session(agentRuntimeArn=runtime, runtimeSessionId=session)

    assert tell(client, runtime, session, "answer")["pid"] != first


@pytest.mark.parametrize("trouble", ["crash", "fail"])
def test_an_agent_that_fails_is_the_client_s_error_and_the_next_call_is_served(
    client: Client, runtime: str, session: str, trouble: str
) -> None:
    tell(client, runtime, session, "answer")
    with pytest.raises(ClientError) as refused:
        tell(client, runtime, session, trouble)

    assert refused.value.response["Error"]["Code"] == "RuntimeClientError"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert tell(client, runtime, session, "answer")["pid"]


def test_an_agent_that_never_answers_leaves_the_others_alone(
    laptop: Laptop, client: Client, runtime: str, session: str
) -> None:
    impatient = laptop.client("bedrock-agentcore")
    impatient.meta.config.read_timeout = 2
    with pytest.raises(Exception, match=r"(?i)time"):
        tell(impatient, runtime, session, "hang")

    assert tell(client, runtime, f"{session}-2", "answer")["pid"]
    client.stop_runtime_session(agentRuntimeArn=runtime, runtimeSessionId=session)


def test_the_largest_payload_arrives_whole_and_one_byte_more_is_refused(
    client: Client, runtime: str, session: str
) -> None:
    def send(size_bytes: int) -> dict[str, Any]:
        answer = client.invoke_agent_runtime(
            agentRuntimeArn=runtime, runtimeSessionId=session, payload=b"x" * size_bytes
        )
        content: dict[str, Any] = json.loads(answer["response"].read())
        return content

    assert send(LARGEST_BODY_BYTES)["bytes"] == LARGEST_BODY_BYTES
    with pytest.raises(ClientError) as refused:
        send(LARGEST_BODY_BYTES + 1)
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_an_idle_session_ends_and_its_name_starts_a_new_one(
    client: Client, runtime: str, session: str
) -> None:
    first = tell(client, runtime, session, "answer")["pid"]
    began_s = time.monotonic()

    assert has_ended(first, within_s=IDLE_S + 30)
    assert time.monotonic() - began_s >= IDLE_S - 1
    assert tell(client, runtime, session, "answer")["pid"] != first
