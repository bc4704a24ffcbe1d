"""AgentCore Runtime on its own: control and data plane, in-memory cloud, reached with boto3."""

import asyncio
import io
import sqlite3
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from starlette.types import Receive, Scope, Send

from localcloud.agentcore.control.app import control_app
from localcloud.agentcore.control.areas import Spawn
from localcloud.agentcore.control.plane import ControlPlane
from localcloud.agentcore.identity.linked import ServiceIdentities
from localcloud.agentcore.identity.seal import Seal
from localcloud.agentcore.identity.service import IdentityService
from localcloud.agentcore.runtime.app import Limits, is_for_agents
from localcloud.agentcore.runtime.archives import architecture
from localcloud.agentcore.runtime.service import Place, RuntimeService, Times
from localcloud.agentcore.runtime.store import RuntimeStore
from localcloud.agentcore.store import GatewayStore
from localcloud.cloud import Response
from tests.support.asgi import LoopThread
from tests.support.control_plane import Ticks, counted_ids
from tests.support.fake_cloud import ACCOUNT_ID, FakeCloud
from tests.support.planes import Client as Client
from tests.support.planes import Reached

ROLE_ARN = f"arn:aws:iam::{ACCOUNT_ID}:role/agent"
BUCKET = "code-bucket"
MACHINES = {"x86_64": 62, "arm64": 183}


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """Return a ZIP archive: the same files make the same one, whenever."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name), content)
    return whole.getvalue()


def library(processor: str) -> bytes:
    """Return the head of a shared library for Linux on `x86_64` or `arm64`."""
    return b"\x7fELF" + bytes(14) + struct.pack("<H", MACHINES[processor]) + bytes(40)


def other_processor() -> str:
    """Return the processor this machine has not."""
    return "arm64" if architecture() == "x86_64" else "x86_64"


def wanted(name: str = "Faq", key: str = "agent.zip", **changes: object) -> dict[str, Any]:
    """Return the members of a CreateAgentRuntime that is served."""
    code = {
        "code": {"s3": {"bucket": BUCKET, "prefix": key}},
        "runtime": "PYTHON_3_12",
        "entryPoint": ["main.py"],
    }
    return {
        "agentRuntimeName": name,
        "agentRuntimeArtifact": {"codeConfiguration": code},
        "roleArn": ROLE_ARN,
        "networkConfiguration": {"networkMode": "PUBLIC"},
    } | changes


@dataclass
class Laptop(Reached):
    """One AgentCore Runtime and everything around it."""

    loop: LoopThread
    folder: Path
    cloud: FakeCloud = field(default_factory=FakeCloud)
    database: sqlite3.Connection = field(
        default_factory=lambda: sqlite3.connect(":memory:", check_same_thread=False)
    )
    spawn: Spawn = asyncio.create_task
    limits: Limits = field(default_factory=lambda: Limits(answer_s=5, stream_s=5, start_s=5))
    now_s: float = 0
    """What sessions take for the time."""

    def __post_init__(self) -> None:
        place = Place(archives=self.folder / "agents", scratch=self.folder / "sessions")
        times = Times(Ticks(), lambda: self.now_s, self.limits)
        ids = counted_ids().__next__
        store = RuntimeStore(self.database)
        linked = ServiceIdentities(GatewayStore(self.database), store)
        self.identity = IdentityService(self.database, Seal(b"k" * 32), self.cloud, Ticks(), linked)
        self.service = RuntimeService(
            self.database,
            self.cloud,
            place,
            times,
            ids,
            self.spawn,
            session_limit=3,
            store=store,
            tokens=self.identity.agents,
        )
        self.store, self.archives = self.service.store, self.service.archives
        self.plane = ControlPlane(self.cloud, [self.service.area, self.identity.area])
        self._control = control_app(self.plane, request_ids=lambda: "request-1")
        self.app = self.answer

    def __enter__(self) -> Self:
        self.loop.run(self.service.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.run(self.service.__aexit__())

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as the laptop cloud's front does."""
        agents = is_for_agents(scope["method"], scope["raw_path"])
        await (self.service.app if agents else self._control)(scope, receive, send)

    def restarted(self, spawn: Spawn = asyncio.create_task) -> Self:
        """Return another process on the same database and folder."""
        return replace(self, spawn=spawn)

    def upload(self, files: Mapping[str, str | bytes], key: str = "agent.zip") -> None:
        """Put an archive where `wanted` looks for it."""
        url = f"https://s3.us-east-1.amazonaws.com/{BUCKET}/{key}"
        self.cloud.answer("GET", url, Response(200, {}, archive(files)))


def ready_runtime(laptop: Laptop, client: Client, **changes: Any) -> str:  # noqa: ANN401 - of wanted
    """Create a runtime, wait, and return its id."""
    runtime_id: str = client.create_agent_runtime(**wanted(**changes))["agentRuntimeId"]
    laptop.settle()
    return runtime_id
