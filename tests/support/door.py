"""The agent's public API, as a third party meets it: a URL and an API key."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Self

import httpx

from tests.support.laptop import Cloud, Stack
from tests.support.rpc import Gateway

TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Door:
    """`POST /invoke` and `POST /invoke/stream` with a key."""

    url: str
    http: httpx.Client = field(repr=False)
    key: str | None = field(repr=False)

    @classmethod
    @contextmanager
    def of(cls, cloud: Cloud, stack: Stack) -> Iterator[Self]:
        """Open the stack's door with the stack's key."""
        made = cloud.client("apigateway").get_api_key(
            apiKey=stack.outputs["AgentApiKeyId"], includeValue=True
        )
        with Gateway.http(cloud) as http:
            http.timeout = httpx.Timeout(TIMEOUT_S)
            yield cls(stack.outputs["AgentApiUrl"], http, made["value"])

    def with_key(self, key: str | None) -> Self:
        """Return the same door with another key, or with none."""
        return replace(self, key=key)

    def post(self, body: object, *, to: str = "", **headers: str) -> httpx.Response:
        """Send a body, which is JSON unless it is bytes."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.http.post(self.url + to, content=content, headers=self._headers(headers))

    def ask(self, prompt: str, **ids: str) -> dict[str, Any]:
        """Ask; return the reply, which must be an answer."""
        response = self.post({"prompt": prompt, **ids})
        assert response.status_code == httpx.codes.OK, response.text
        reply: dict[str, Any] = response.json()
        return reply

    @contextmanager
    def streamed(self, body: object) -> Iterator[httpx.Response]:
        """Ask for a stream; the events are read with `events`."""
        url, headers = f"{self.url}/stream", self._headers({})
        with self.http.stream("POST", url, content=json.dumps(body), headers=headers) as response:
            yield response

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        key = {} if self.key is None else {"x-api-key": self.key}
        return {"content-type": "application/json", **key, **more}


def events(response: httpx.Response) -> Iterator[dict[str, Any]]:
    """Yield the events of a stream as they come."""
    for line in response.iter_lines():
        if line.startswith("data:"):
            yield json.loads(line.removeprefix("data:"))


def sources(reply: Mapping[str, Any]) -> list[str]:
    """Return the questions of the entries a reply rests on."""
    return [one["question"] for one in reply["sources"]]
