"""Our gateway on the API: its store, importer, authorizer, protocol and front door.

What is not here is MiniStack. The cloud around the gateway is one that sends over the network and
allows everything, as the target has no outbound credentials; the peers have none either.
"""

import asyncio
import sqlite3
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx2
from starlette.types import ASGIApp

from benchmarks.peers.petstore_api import CLIENT_ID
from benchmarks.peers.serving import serve
from localcloud.agentcore.gateway.app import gateway_app
from localcloud.agentcore.importers import AgentCoreImporter
from localcloud.agentcore.model import Gateway, JsonObject, Status, Target
from localcloud.agentcore.store import GatewayStore
from localcloud.cloud import CloudError, Credentials, Response
from localcloud.front import Front, Parts
from tests.support.fake_cloud import ACCOUNT_ID, CALLER, FakeCloud

GATEWAY_ID = "benchmark-gw-0123456789"
NAME = "PetStoreTarget"


@dataclass
class NetworkCloud(FakeCloud):
    """Sends over the network, as the laptop cloud does to hosts that are not AWS's."""

    network: httpx2.AsyncClient = field(default_factory=lambda: httpx2.AsyncClient(trust_env=False))

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
        """Send one request."""
        try:
            answer = await self.network.request(
                method, url, headers=headers, content=content, timeout=timeout_s
            )
        except httpx2.HTTPError as error:
            raise CloudError(f"{url} could not be reached") from error
        found = {name.lower(): value for name, value in answer.headers.items()}
        return Response(status=answer.status_code, headers=found, body=answer.content)


def build(api: str) -> ASGIApp:
    """Return the laptop cloud's front door with one gateway behind it, READY, its tools in."""
    cloud = NetworkCloud()
    store = GatewayStore(sqlite3.connect(":memory:"))
    gateway = _gateway(api)
    target = asyncio.run(_imported(gateway, _target(httpx2.get(f"{api}/openapi.json").text)))
    store.put_gateway(gateway)
    store.put_target(target)
    app = gateway_app(store, cloud, lambda: datetime.now(UTC))
    return Front(
        Parts(engine=app, agentcore=app, agents=app, gateways=app, admin=app), lambda: None
    )


def _gateway(api: str) -> Gateway:
    discovery = f"{api}/.well-known/openid-configuration"
    authorizer = {"discoveryUrl": discovery, "allowedClients": [CLIENT_ID]}
    config: JsonObject = {
        "name": "benchmark-gw",
        "roleArn": f"arn:aws:iam::{ACCOUNT_ID}:role/none",
        "protocolType": "MCP",
        "authorizerType": "CUSTOM_JWT",
        "authorizerConfiguration": {"customJWTAuthorizer": authorizer},
    }
    now = datetime.now(UTC)
    return Gateway(GATEWAY_ID, "benchmark-gw", config, Status.READY, now, now)


def _target(document: str) -> Target:
    schema = {"openApiSchema": {"inlinePayload": document}}
    config: JsonObject = {"name": NAME, "targetConfiguration": {"mcp": schema}}
    now = datetime.now(UTC)
    return Target("0123456789", GATEWAY_ID, NAME, config, Status.READY, now, now)


async def _imported(gateway: Gateway, target: Target) -> Target:
    tools = await AgentCoreImporter(FakeCloud()).import_tools(gateway, target, CALLER)
    return Target(**{**vars(target), "tools": tools})


if __name__ == "__main__":
    serve(build(sys.argv[1]))
