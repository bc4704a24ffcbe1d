"""One client of the load generator, on a transport that only listens."""

import asyncio

import pytest

from benchmarks.load import Client, Job, LoadError, post

JOB = Job("http://127.0.0.1/mcp", request=b"the request", answer=b"right")
FOREVER_S = float("inf")
PAST_S = 0.0


class Listener(asyncio.Transport):
    """Keeps what was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent.append(bytes(data))


def connected() -> tuple[Client, Listener]:
    client, listener = Client(JOB), Listener()
    client.connection_made(listener)
    return client, listener


def response(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


async def test_a_client_sends_again_only_when_the_whole_answer_is_there() -> None:
    client, listener = connected()
    client.run(until_s=FOREVER_S)
    whole = response(b"right")

    client.data_received(whole[:-2])
    assert len(listener.sent) == 1

    client.data_received(whole[-2:])
    assert listener.sent == [b"the request"] * 2


async def test_a_client_ends_with_the_answer_after_its_time() -> None:
    client, listener = connected()
    done = client.run(until_s=PAST_S)

    client.data_received(response(b"right"))

    assert len(done.result()) == len(listener.sent) == 1


@pytest.mark.parametrize("wrong", [response(b"wrong"), response(b"right", "503 Busy")])
async def test_an_answer_that_is_not_the_expected_one_fails_the_run(wrong: bytes) -> None:
    client, _ = connected()
    done = client.run(until_s=FOREVER_S)

    client.data_received(wrong)

    assert isinstance(done.exception(), LoadError)


async def test_a_lost_connection_fails_the_run() -> None:
    client, _ = connected()
    done = client.run(until_s=FOREVER_S)

    client.connection_lost(None)

    assert isinstance(done.exception(), LoadError)


async def test_a_connection_closed_after_the_run_is_no_failure() -> None:
    client, _ = connected()
    done = client.run(until_s=PAST_S)
    client.data_received(response(b"right"))

    client.connection_lost(None)

    assert done.exception() is None


def test_a_post_has_its_length_and_host() -> None:
    sent = post("http://127.0.0.1:80/mcp", {"accept": "application/json"}, b"{}")

    assert sent == (
        b"POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:80\r\naccept: application/json\r\n"
        b"content-length: 2\r\n\r\n{}"
    )
