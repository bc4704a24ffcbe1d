"""The loop that streams, under the laptop's Runtime API and under AWS's own emulator."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from urllib3 import PoolManager, Retry

from localcloud.engine.runtime_api import Environment, InvocationFailed, Program
from localcloud.settings import free_port
from tests.support.template import ROOT

WRAPPER = ROOT / "functions/agent_proxy/streaming_wrapper"
EMULATORS = ROOT / ".local/sam/lib/python3.12/site-packages/samcli/local/rapid"
MACHINES = {"x86_64": "aws-lambda-rie-x86_64", "aarch64": "aws-lambda-rie-arm64"}
COMMAND = (str(WRAPPER), sys.executable, "/var/runtime/bootstrap.py")
BEGINS = b'{"statusCode": 207, "headers": {"Content-Type": "text/plain"}}' + bytes(8)
TIMEOUT_S = 20.0


def variables(handler: str = "streaming_function.handler") -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LAMBDA_TASK_ROOT": str(ROOT / "functions"),
        "PYTHONPATH": str(Path(__file__).parent),
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "_HANDLER": handler,
    }


@pytest.fixture
async def environment() -> AsyncIterator[Environment]:
    found = Environment(Program(COMMAND, ROOT, variables()))
    await found.start()
    yield found
    found.stop()
    async with asyncio.timeout(TIMEOUT_S):
        await found.ended()


def invoke(
    environment: Environment, timeout_s: float = TIMEOUT_S, **event: object
) -> AsyncIterator[bytes]:
    payload = json.dumps(event).encode()
    return environment.invoke(payload, request_id="r-1", arn="arn:f", timeout_s=timeout_s)


@pytest.mark.fidelity("runtime-api.streaming")
async def test_each_chunk_is_passed_on_before_the_next_is_made(
    environment: Environment, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    chunks = invoke(environment, words=["one", "two"], wait_at=str(pipe))
    assert await anext(chunks) == BEGINS
    for word in (b"one", b"two"):
        assert await anext(chunks) == word
        await asyncio.to_thread(pipe.write_text, "go on\n")
    assert [chunk async for chunk in chunks] == []


async def test_an_environment_answers_one_event_after_the_other(environment: Environment) -> None:
    for _ in range(3):
        said = [chunk async for chunk in invoke(environment, words=["a"], tells=True)]
        assert said == [BEGINS, b"a", b"r-1 f True"]
        assert environment.take_log() == "said a"
    assert environment.alive


async def test_a_function_that_fails_has_no_answer_and_goes_on(environment: Environment) -> None:
    with pytest.raises(InvocationFailed, match=r"the function failed: Function\.ValueError"):
        await anext(invoke(environment, fails=True))
    assert "no answer" in environment.take_log()
    assert len([chunk async for chunk in invoke(environment, words=["a"])]) == 2


@pytest.mark.fidelity("runtime-api.broken-off")
async def test_an_answer_that_breaks_off_is_told_by_its_trailers(environment: Environment) -> None:
    chunks = invoke(environment, words=["a"], breaks_off=True)
    assert [await anext(chunks), await anext(chunks)] == [BEGINS, b"a"]
    with pytest.raises(InvocationFailed, match=r"the answer broke off: Function\.ValueError"):
        await anext(chunks)


async def test_a_function_that_takes_too_long_is_ended(
    environment: Environment, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    chunks = invoke(environment, timeout_s=2.0, words=["a"], wait_at=str(pipe))
    assert await anext(chunks) == BEGINS
    with pytest.raises(InvocationFailed, match=r"timed out after 2\.00 seconds"):
        assert [chunk async for chunk in chunks]


async def test_a_function_that_cannot_be_loaded_says_so() -> None:
    environment = Environment(Program(COMMAND, ROOT, variables("nowhere.handler")))
    await environment.start()
    with pytest.raises(InvocationFailed, match=r"Function\.ModuleNotFoundError"):
        await anext(invoke(environment, words=[]))
    environment.stop()
    async with asyncio.timeout(TIMEOUT_S):
        await environment.ended()
    assert not environment.alive


async def test_a_wrapper_that_is_not_there_is_no_environment() -> None:
    with pytest.raises(InvocationFailed, match=r"cannot be started"):
        await Environment(Program(("/nowhere",), ROOT, {})).start()


@pytest.fixture
def emulator() -> Iterator[int]:
    """Start AWS's Runtime Interface Emulator with the loop; the value is its port."""
    program = EMULATORS / MACHINES.get(os.uname().machine, "")
    if not program.is_file():
        pytest.skip("the SAM CLI, which brings the emulator, is not in .local/sam")
    port = free_port()
    addresses = ["--runtime-interface-emulator-address", f"127.0.0.1:{port}"]
    addresses += ["--runtime-api-address", f"127.0.0.1:{free_port()}"]
    line = (str(program), *addresses, *COMMAND)
    with subprocess.Popen(
        line, env=variables(), stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    ) as process:
        yield port
        process.terminate()


def ask(port: int, **event: object) -> bytes:
    retries = Retry(connect=12, backoff_factor=0.05)  # until it listens
    url = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
    with PoolManager(retries=retries, timeout=TIMEOUT_S) as pool:
        return pool.request("POST", url, body=json.dumps(event)).data


@pytest.mark.fidelity("runtime-api.streaming")
def test_aws_s_emulator_takes_the_same_answers(emulator: int) -> None:
    assert ask(emulator, words=["one", "two"]) == BEGINS + b"onetwo"
    failed = json.loads(ask(emulator, fails=True))
    assert (failed["errorType"], failed["errorMessage"]) == ("ValueError", "")
    assert ask(emulator, words=["a"], breaks_off=True) == BEGINS + b"a"
    assert ask(emulator, words=["again"]) == BEGINS + b"again"
