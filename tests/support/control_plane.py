"""A control plane on its own: in-memory cloud, importer and SQLite, reached with boto3."""

import asyncio
import itertools
import sqlite3
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from localcloud.agentcore.control.app import control_app
from localcloud.agentcore.control.areas import Spawn
from localcloud.agentcore.control.faults import Faults
from localcloud.agentcore.control.gateway_area import GatewayArea
from localcloud.agentcore.control.plane import ControlPlane
from localcloud.agentcore.model import Gateway, LambdaBinding, Target, Tool
from localcloud.agentcore.ports import ImportFailed
from localcloud.agentcore.store import GatewayStore
from localcloud.cloud import Caller
from tests.support.asgi import LoopThread
from tests.support.fake_cloud import ACCOUNT_ID, FakeCloud
from tests.support.planes import Client as Client
from tests.support.planes import Reached

ROLE_ARN = f"arn:aws:iam::{ACCOUNT_ID}:role/gateway"
FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT_ID}:function:pets"
TOOL = Tool("ListPets", "Lists pets", {"type": "object"}, LambdaBinding(FUNCTION_ARN))
GATEWAY: dict[str, Any] = {
    "name": "PetStore",
    "roleArn": ROLE_ARN,
    "protocolType": "MCP",
    "authorizerType": "AWS_IAM",
}
API_GATEWAY_TARGET: dict[str, Any] = {
    "name": "PetStoreTarget",
    "targetConfiguration": {
        "mcp": {
            "apiGateway": {
                "restApiId": "abc123",
                "stage": "prod",
                "apiGatewayToolConfiguration": {
                    "toolFilters": [{"filterPath": "/pets/*", "methods": ["GET"]}]
                },
            }
        }
    },
    "credentialProviderConfigurations": [{"credentialProviderType": "GATEWAY_IAM_ROLE"}],
}


@dataclass
class FakeImporter:
    """Finds `tools`, unless `failure` says why not. While `gate` is set, imports wait for it."""

    tools: tuple[Tool, ...] = (TOOL,)
    failure: str | None = None
    gate: asyncio.Event | None = None
    imported: list[tuple[str, Caller]] = field(default_factory=list)

    async def import_tools(
        self, gateway: Gateway, target: Target, caller: Caller
    ) -> tuple[Tool, ...]:
        """Keep for whom it was asked, and answer."""
        self.imported.append((f"{gateway.name}/{target.name}", caller))
        if self.gate is not None:
            await self.gate.wait()
        if self.failure is not None:
            raise ImportFailed(self.failure)
        return self.tools


class Ticks:
    """A clock that goes on by a second whenever it is read."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


def counted_ids() -> Iterator[str]:
    """Yield 0000000001, 0000000002, ..."""
    return (f"{number:010}" for number in itertools.count(1))


@dataclass
class Laptop(Reached):
    """One control plane and everything around it."""

    loop: LoopThread
    cloud: FakeCloud = field(default_factory=FakeCloud)
    importer: FakeImporter = field(default_factory=FakeImporter)
    faults: Faults = field(default_factory=Faults)
    database: sqlite3.Connection = field(
        default_factory=lambda: sqlite3.connect(":memory:", check_same_thread=False)
    )
    spawn: Spawn = asyncio.create_task

    def __post_init__(self) -> None:
        ids, clock = counted_ids(), Ticks()
        self.store = GatewayStore(self.database)
        self.area = GatewayArea(
            self.store, self.cloud, self.importer, clock, ids.__next__, self.faults, self.spawn
        )
        self.plane = ControlPlane(self.cloud, [self.area])
        self.app = control_app(self.plane, request_ids=lambda: "request-1")

    def restarted(self, spawn: Spawn = asyncio.create_task) -> Self:
        """Return another process on the same database: nothing in memory is kept."""
        return type(self)(self.loop, self.cloud, FakeImporter(), Faults(), self.database, spawn)


def never(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Begin nothing: what a process that dies at once leaves behind."""
    work.close()
    return asyncio.create_task(_nothing())


async def _nothing() -> None:
    """Do nothing."""


def ready_gateway(laptop: Laptop, client: Client, **changes: object) -> str:
    """Create a gateway, wait, and return its id."""
    gateway_id: str = client.create_gateway(**GATEWAY | changes)["gatewayId"]
    laptop.settle()
    return gateway_id


def ready_target(laptop: Laptop, client: Client, gateway_id: str, **changes: object) -> str:
    """Create a target, wait, and return its id."""
    wanted = API_GATEWAY_TARGET | {"gatewayIdentifier": gateway_id} | changes
    target_id: str = client.create_gateway_target(**wanted)["targetId"]
    laptop.settle()
    return target_id
