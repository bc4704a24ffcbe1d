import asyncio
import json
import os
import signal
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from localcloud.agentcore.runtime.app import Limits
from localcloud.cloud import Request
from tests.contract.agentcore_runtime.agents_written import PLAIN
from tests.contract.agentcore_runtime.asking import (
    RUNTIMES,
    SESSION,
    SIGNED,
    refused,
    say,
)
from tests.support.agent_runtimes import Client, Laptop, ready_runtime
from tests.support.asgi import ask


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
@pytest.mark.parametrize("do", ["deafen", "slam"])
def test_an_agent_that_answers_no_more_is_taken_for_ended(data: Client, arn: str, do: str) -> None:
    first = say(data, arn)["pid"]
    assert refused(data, arn, do=do)[:2] == (424, "RuntimeClientError")
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


def test_an_agent_whose_interpreter_is_gone_says_that_it_does_not_start(
    laptop: Laptop, data: Client, arn: str
) -> None:
    (runtime,) = laptop.store.runtimes()
    version = laptop.store.versions(runtime.runtime_id)[0]
    config = json.loads(json.dumps(version.config).replace("PYTHON_3_12", "PYTHON_3_0"))
    laptop.store.put_version(replace(version, config=config))
    assert refused(data, arn)[:2] == (424, "RuntimeClientError")


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
    answering = asyncio.create_task(laptop.answer(scope, receive, send))
    await first.wait()
    go = Request("POST", path, "", headers, b'{"do": "go"}')
    await ask(laptop.app, go)
    await answering
    return chunks if whole else [*chunks, None]
