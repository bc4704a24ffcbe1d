import asyncio
from collections.abc import AsyncIterator, Callable

import httpx2
import pytest

from localcloud.cloud import CloudError, Response
from localcloud.engine import network
from localcloud.engine.network import Network

type Answer = Callable[[httpx2.Request], httpx2.Response]


async def sent(
    answer: Answer, url: str = "https://id.example/keys", timeout_s: float = 5
) -> Response:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as client:
        return await Network(client).send(
            "GET", url, headers={"accept": "*/*"}, content=b"", timeout_s=timeout_s
        )


async def test_an_answer_comes_back_whole() -> None:
    response = await sent(lambda _: httpx2.Response(302, headers={"Location": "/x"}, text="gone"))

    assert (response.status, response.headers["location"], response.body) == (302, "/x", b"gone")


@pytest.mark.parametrize("url", ["http://[", "https://id.example:port/", "https://\x00/"])
async def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(CloudError):
        await sent(lambda _: httpx2.Response(200), url)


async def test_an_answer_without_end_is_refused() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(1024 * 1024)

    with pytest.raises(CloudError, match=str(network.MAX_ANSWER_BYTES)):
        await sent(lambda _: httpx2.Response(200, content=endless()))


async def test_an_answer_that_drips_is_not_waited_for() -> None:
    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    with pytest.raises(CloudError, match="could not be reached"):
        await sent(lambda _: httpx2.Response(200, content=never()), timeout_s=0.01)
