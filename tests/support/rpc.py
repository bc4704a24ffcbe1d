"""JSON-RPC to a deployed gateway, by hand: what the wire really carries."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from tests.support.laptop import Cloud, Laptop, Stack

TIMEOUT_S = 30.0
CONNECTIONS = 50
MAX_BODY_BYTES = 6 * 1024 * 1024
TERSE = "An internal error occurred. Please retry later."
"""What a tool's failure looks like without `exceptionLevel: DEBUG`."""
MCP_HEADERS = {"accept": "application/json, text/event-stream"}


@dataclass(frozen=True)
class Gateway:
    """A gateway's MCP endpoint and a token for it."""

    url: str
    cloud: Cloud
    token: str | None = field(repr=False)

    @classmethod
    def of(cls, cloud: Cloud, stack: Stack, *, token: str | None = None) -> Self:
        """Return the stack's gateway, with the demo user's access token if none is given."""
        token = token or stack.tokens(cloud)["AccessToken"]
        return cls(stack.outputs["GatewayUrl"], cloud, token)

    @staticmethod
    def http(cloud: Cloud) -> httpx.Client:
        """Return an HTTP client as one is that found proxy and authority in its environment.

        It keeps all its connections: opening one costs more than most requests.
        """
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        if isinstance(cloud, Laptop):
            return httpx.Client(
                proxy=cloud.settings.proxy_url,
                verify=cloud.ssl_context(),
                timeout=TIMEOUT_S,
                trust_env=False,
                limits=limits,
            )
        context = ssl.create_default_context()
        return httpx.Client(verify=context, timeout=TIMEOUT_S, limits=limits)

    def post(self, message: object, *, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Send one message, which is JSON unless it is bytes."""
        authorization = {"authorization": f"Bearer {self.token}"} if self.token else {}
        sent = {**MCP_HEADERS, **authorization, **(headers or {})}
        with self.http(self.cloud) as http:
            if isinstance(message, bytes):
                sent = {"content-type": "application/json", **sent}
                return http.post(self.url, content=message, headers=sent)
            return http.post(self.url, json=message, headers=sent)

    def request(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send one request; return the JSON-RPC response."""
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
        response: dict[str, Any] = self.post(message).json()
        return response

    def tool_names(self) -> list[str]:
        """Return the names of the tools, sorted."""
        return sorted(tool["name"] for tool in self.request("tools/list")["result"]["tools"])

    def call(self, name: str, /, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        """Call a tool; return its result."""
        answer = self.request("tools/call", {"name": name, "arguments": arguments})
        result: dict[str, Any] = answer["result"]
        return result
