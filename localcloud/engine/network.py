"""Requests to hosts that are not AWS's: identity providers, and APIs behind OpenAPI targets."""

import asyncio
from typing import Final
from urllib.parse import urlsplit

import httpx2

from localcloud.cloud import CloudError, Response

MAX_ANSWER_BYTES: Final = 50 * 1024 * 1024
"""Largest answer that is read; the largest document AgentCore takes has as many."""


def host_of(url: str) -> str:
    """Return the host name in a URL, lower case.

    Raises:
        CloudError: it is no URL, or has no host.
    """
    try:
        host = urlsplit(url).hostname
    except ValueError as error:
        raise CloudError("the request has no valid URL") from error
    if not host:
        raise CloudError("the request has no valid URL")
    return host


class Network:
    """Sends requests over a client that is closed by whoever made it."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        """Send through `client`."""
        self._client = client

    async def send(
        self, method: str, url: str, *, headers: dict[str, str], content: bytes, timeout_s: float
    ) -> Response:
        """Send one request; redirects are answers like any other.

        Raises:
            CloudError: no valid URL or headers, nobody there, no whole answer within `timeout_s`,
                or one of more than `MAX_ANSWER_BYTES`.
        """
        host = host_of(url)
        try:
            request = self._client.build_request(
                method, url, headers=headers, content=content, timeout=timeout_s
            )
        except (httpx2.InvalidURL, ValueError) as error:
            raise CloudError("the request has no valid URL or headers") from error
        try:
            async with asyncio.timeout(timeout_s):
                return await self._answer(request)
        except (httpx2.HTTPError, TimeoutError) as error:
            raise CloudError(f"{host} could not be reached") from error

    async def _answer(self, request: httpx2.Request) -> Response:
        answer = await self._client.send(request, stream=True)
        try:
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise CloudError(f"the answer has more than {MAX_ANSWER_BYTES} bytes")
        finally:
            await answer.aclose()
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status_code, headers, bytes(body))
