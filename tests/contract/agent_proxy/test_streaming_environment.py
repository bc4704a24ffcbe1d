"""What becomes of an environment's process, sockets and tasks when things go wrong."""

import asyncio
import os
import select
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from localcloud.engine.runtime_api import WAITING_CHUNKS, Environment, InvocationFailed, Program

TIMEOUT_S = 10.0
BEGINS = """
import http.client, os, subprocess, sys
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

def next_event():
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    answer = api.getresponse()
    answer.read()
    return answer.headers["Lambda-Runtime-Aws-Request-Id"]

def respond(request_id, chunks):
    path = f"/2018-06-01/runtime/invocation/{request_id}/response"
    headers = {"Transfer-Encoding": "chunked"}
    api.request("POST", path, iter(chunks), headers, encode_chunked=True)
    api.getresponse().read()
"""


async def started(script: str) -> Environment:
    command = (sys.executable, "-S", "-u", "-c", BEGINS + script)
    environment = Environment(Program(command, Path.cwd(), {"PATH": os.environ["PATH"]}))
    await environment.start()
    return environment


def invoke(environment: Environment) -> AsyncIterator[bytes]:
    return environment.invoke(b"{}", request_id="r-1", arn="arn:f", timeout_s=TIMEOUT_S)


async def nothing_is_left(environment: Environment) -> None:
    """Wait until the only task is the test's own."""
    environment.stop()
    async with asyncio.timeout(TIMEOUT_S):
        await environment.ended()
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)


async def test_a_line_of_a_megabyte_does_not_stop_the_function() -> None:
    environment = await started("""
print("x" * 1_000_000)
respond(next_event(), [b"done"])
next_event()
""")
    assert [chunk async for chunk in invoke(environment)] == [b"done"]
    assert environment.take_log().count("x") == 1_000_000
    await nothing_is_left(environment)


async def test_an_environment_that_ends_while_it_waits_leaves_nothing() -> None:
    environment = await started("respond(next_event(), [b'done'])\nnext_event()")
    assert [chunk async for chunk in invoke(environment)] == [b"done"]
    await nothing_is_left(environment)


async def test_a_reader_that_leaves_a_fast_function_leaves_nothing() -> None:
    environment = await started(f"respond(next_event(), [b'x'] * {100 * WAITING_CHUNKS})")
    chunks = environment.invoke(b"{}", request_id="r-1", arn="arn:f", timeout_s=TIMEOUT_S)
    await anext(chunks)
    await chunks.aclose()
    await nothing_is_left(environment)


async def test_what_a_function_has_started_ends_with_it() -> None:
    environment = await started("""
child = subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait()"])
respond(next_event(), [str(child.pid).encode()])
next_event()
""")
    (pid,) = [chunk async for chunk in invoke(environment)]
    handle = os.pidfd_open(int(pid))
    await nothing_is_left(environment)
    ended = bool((await asyncio.to_thread(select.select, [handle], [], [], TIMEOUT_S))[0])
    os.close(handle)
    if not ended:
        os.kill(int(pid), signal.SIGKILL)
    assert ended


async def test_a_process_that_leaves_its_pipe_to_another_is_known_to_have_ended() -> None:
    environment = await started("""
child = subprocess.Popen(
    [sys.executable, "-c", "import threading; threading.Event().wait()"], start_new_session=True
)
next_event()
print(child.pid)
os._exit(3)
""")
    with pytest.raises(InvocationFailed, match="exited with status 3"):
        await anext(invoke(environment))
    os.kill(int(environment.take_log()), signal.SIGKILL)
    await nothing_is_left(environment)
