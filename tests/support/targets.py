"""Gateways with targets of every kind: control plane, importers and gateway over one cloud.

The cloud's hosts are what a test connects: apps in process, or servers on loopback ports.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2
from starlette.types import ASGIApp

from localcloud import asgi
from localcloud.agentcore.control.app import control_app
from localcloud.agentcore.control.gateway_area import GatewayArea
from localcloud.agentcore.control.plane import ControlPlane
from localcloud.agentcore.gateway import gateway_app
from localcloud.agentcore.importers import AgentCoreImporter
from localcloud.agentcore.ports import TargetCredentials
from localcloud.agentcore.store import GatewayStore
from localcloud.cloud import Credentials, Request, Response
from localcloud.engine.network import Network
from tests.support.asgi import LoopThread, ask
from tests.support.control_plane import GATEWAY, Ticks, counted_ids
from tests.support.fake_cloud import FakeCloud, Sent
from tests.support.planes import Client, Reached

type Json = dict[str, Any]

MCP_HEADERS = (
    ("content-type", "application/json"),
    ("accept", "application/json, text/event-stream"),
)


@dataclass
class ConnectedCloud(FakeCloud):
    """A cloud in which `apps` answer for hosts, and servers at `origins` for others."""

    apps: dict[str, ASGIApp] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        credentials: Credentials | None = None,
        service: str | None = None,
        timeout_s: float = 60.0,
    ) -> Response:
        """Send to whoever answers for the host, signed after a fashion."""
        parts = urlsplit(url)
        host, sent = parts.netloc, dict(headers or {})
        if host not in self.apps and host not in self.origins:
            more: Any = {"credentials": credentials, "service": service, "timeout_s": timeout_s}
            return await super().send(method, url, headers=sent, content=content, **more)
        self.sent.append(Sent(method, url, dict(sent), content, credentials, service))
        if credentials is not None:
            scope = f"{credentials.access_key_id}/20260101/{self.region}/{service}/aws4_request"
            sent["authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}"
        if host in self.apps:
            return await asgi.call(self.apps[host], method, url, headers=sent.items(), body=content)
        moved = self.origins[host] + url.partition(parts.netloc)[2]
        async with httpx2.AsyncClient(trust_env=False) as client:
            network = Network(client)
            return await network.send(
                method, moved, headers=sent, content=content, timeout_s=timeout_s
            )

    def sent_to(self, host: str) -> list[Sent]:
        """Return what went out to a host."""
        return [sent for sent in self.sent if urlsplit(sent.url).netloc == host]


@dataclass
class Gateways(Reached):
    """AgentCore's gateways on their own, with all that imports and calls targets."""

    loop: LoopThread
    cloud: ConnectedCloud = field(default_factory=ConnectedCloud)
    database: sqlite3.Connection = field(
        default_factory=lambda: sqlite3.connect(":memory:", check_same_thread=False)
    )
    credentials: TargetCredentials | None = None

    def __post_init__(self) -> None:
        clock = Ticks()
        self.store = GatewayStore(self.database)
        importer = AgentCoreImporter(self.cloud, self.credentials)
        ids = counted_ids().__next__
        area = GatewayArea(self.store, self.cloud, importer, clock, ids)
        self.plane = ControlPlane(self.cloud, [area])
        self.app = control_app(self.plane)
        self.gateways = gateway_app(self.store, self.cloud, clock, credentials=self.credentials)

    def restarted(self) -> Self:
        """Return another process on the same database."""
        return type(self)(self.loop, self.cloud, self.database)

    def rpc(self, gateway_id: str, method: str, **params: object) -> Json:
        """Ask a gateway over MCP; return the JSON-RPC answer."""
        host = f"{gateway_id}.gateway.bedrock-agentcore.us-east-1.amazonaws.com"
        message = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
        headers = (("host", host), *MCP_HEADERS)
        request = Request("POST", "/mcp", headers=headers, body=json.dumps(message).encode())
        answer: Json = json.loads(self.loop.run(ask(self.gateways, request)).body)
        return answer

    def tools(self, gateway_id: str) -> list[Json]:
        """Return the tools of all pages."""
        page = self.rpc(gateway_id, "tools/list")["result"]
        tools: list[Json] = page["tools"]
        while "nextCursor" in page:
            page = self.rpc(gateway_id, "tools/list", cursor=page["nextCursor"])["result"]
            tools += page["tools"]
        return tools

    def names(self, gateway_id: str) -> list[str]:
        """Return the names of the tools of all pages."""
        return [tool["name"] for tool in self.tools(gateway_id)]

    def call(self, gateway_id: str, name: str, /, **arguments: object) -> Json:
        """Call a tool and return its result."""
        answer = self.rpc(gateway_id, "tools/call", name=name, arguments=arguments)
        result: Json = answer["result"]
        return result


def open_gateway(gateways: Gateways, client: Client, **changes: object) -> str:
    """Create a gateway that asks for no authorization and says what fails; return its id."""
    wanted = GATEWAY | {"authorizerType": "NONE", "exceptionLevel": "DEBUG"} | changes
    gateway_id: str = client.create_gateway(**wanted)["gatewayId"]
    gateways.settle()
    return gateway_id


def add_target(
    gateways: Gateways,
    client: Client,
    gateway_id: str,
    target: Json,
    *,
    name: str = "Target",
    credentials: Json | None = None,
    metadata: Json | None = None,
) -> Json:
    """Create an MCP target, wait, and return what GetGatewayTarget says."""
    wanted: Json = {
        "gatewayIdentifier": gateway_id,
        "name": name,
        "targetConfiguration": {"mcp": target},
    }
    if credentials is not None:
        wanted["credentialProviderConfigurations"] = [credentials]
    if metadata is not None:
        wanted["metadataConfiguration"] = metadata
    target_id = client.create_gateway_target(**wanted)["targetId"]
    gateways.settle()
    return look(client, gateway_id, target_id)


def look(client: Client, gateway_id: str, target_id: str) -> Json:
    """Return a target as the API shows it."""
    found: Json = client.get_gateway_target(gatewayIdentifier=gateway_id, targetId=target_id)
    return found


def role_for(service: str) -> Json:
    """Return the credentials of the gateway's role for a service."""
    provider = {"iamCredentialProvider": {"service": service}}
    return {"credentialProviderType": "GATEWAY_IAM_ROLE", "credentialProvider": provider}
