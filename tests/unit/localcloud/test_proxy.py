import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from localcloud.proxy import Proxy, is_aws

HOST = "127.0.0.1"


@asynccontextmanager
async def echo_server(name: bytes) -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received = await reader.read(65536)
        writer.write(name + b":" + received)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, HOST, 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def say(port: int, *messages: bytes) -> bytes:
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection(HOST, port)
        answer = b""
        for message in messages:
            writer.write(message)
            await writer.drain()
            if message.startswith(b"CONNECT"):
                answer += await reader.readuntil(b"\r\n\r\n")
        answer += await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer


@asynccontextmanager
async def proxy(
    cloud_port: int, *, offline: bool = False, browsers_port: int | None = None
) -> AsyncIterator[int]:
    browsers = (HOST, browsers_port) if browsers_port else None
    made = Proxy((HOST, cloud_port), offline=offline, browsers_address=browsers)
    server = await made.serve(HOST, 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("sts.us-east-1.amazonaws.com", True),
        ("abc.gateway.bedrock-agentcore.us-east-1.amazonaws.com", True),
        ("pets.auth.us-east-1.amazoncognito.com", True),
        ("amazonaws.com.example.org", False),
        ("notamazonaws.com", False),
        ("localhost", False),
    ],
)
def test_only_hosts_of_aws_belong_to_the_cloud(host: str, expected: bool) -> None:
    assert is_aws(host) is expected


async def test_a_tunnel_to_an_aws_host_ends_in_the_cloud() -> None:
    async with echo_server(b"cloud") as cloud, proxy(cloud) as port:
        answer = await say(port, b"CONNECT sts.amazonaws.com:443 HTTP/1.1\r\n\r\n", b"hello")

    assert answer == b"HTTP/1.1 200 Connection established\r\n\r\ncloud:hello"


async def test_a_tunnel_to_any_other_host_passes_through() -> None:
    async with echo_server(b"other") as other, proxy(1) as port:
        head = f"CONNECT {HOST}:{other} HTTP/1.1\r\n\r\n".encode()
        answer = await say(port, head, b"hello")

    assert answer.endswith(b"other:hello")


async def test_a_tunnel_ends_with_its_host_though_the_client_does_not_hang_up() -> None:
    async with asyncio.timeout(5), echo_server(b"other") as other:
        server = await Proxy((HOST, 1), offline=False).serve(HOST, 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(f"CONNECT {HOST}:{other} HTTP/1.1\r\n\r\nhello".encode())
        assert (await reader.read()).endswith(b"other:hello")

        server.close()
        await server.wait_closed()

        writer.close()
        await writer.wait_closed()


async def test_offline_any_other_host_is_refused() -> None:
    async with echo_server(b"other") as other, proxy(1, offline=True) as port:
        answer = await say(port, f"GET http://{HOST}:{other}/ HTTP/1.1\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 502 The laptop cloud is offline")


async def test_a_plain_request_is_sent_on_in_origin_form() -> None:
    async with echo_server(b"other") as other, proxy(1) as port:
        target = f"http://{HOST}:{other}/a?b=c"
        answer = await say(port, f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    assert answer == b"other:GET /a?b=c HTTP/1.1\r\nConnection: close\r\nHost: x\r\n\r\n"


async def test_a_request_that_is_for_no_proxy_is_sent_on_to_the_door_for_browsers() -> None:
    head = b"POST /prod/invoke?a=b HTTP/1.1\r\nHost: localhost\r\n\r\nbody"
    async with echo_server(b"door") as door, proxy(1, offline=True, browsers_port=door) as port:
        assert await say(port, head) == b"door:" + head


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"CONNECT :x HTTP/1.1\r\n\r\n",
        b"CONNECT [ HTTP/1.1\r\n\r\n",
    ],
)
async def test_what_is_no_request_is_refused(head: bytes) -> None:
    async with proxy(1) as port:
        assert (await say(port, head)).startswith(b"HTTP/1.1 400")
