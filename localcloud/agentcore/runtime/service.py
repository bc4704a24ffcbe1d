"""AgentCore Runtime put together: control plane, data plane, and the sessions behind both."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx2

from localcloud.agentcore.control.areas import Clock, NewId, Spawn
from localcloud.agentcore.control.names import random_id
from localcloud.agentcore.ports import AgentTokens
from localcloud.agentcore.runtime.agents import Agents
from localcloud.agentcore.runtime.app import AgentsApp, Limits
from localcloud.agentcore.runtime.archives import Archives
from localcloud.agentcore.runtime.area import RuntimeArea
from localcloud.agentcore.runtime.inbound import Inbound
from localcloud.agentcore.runtime.model import Version
from localcloud.agentcore.runtime.process import AgentProcess
from localcloud.agentcore.runtime.sessions import Key, Sessions, room
from localcloud.agentcore.runtime.store import RuntimeStore
from localcloud.cloud import Cloud

KEEPALIVE_S = 2.0
"""How long a connection to an agent is kept: less than servers keep theirs (uvicorn: 5 s)."""


@dataclass(frozen=True)
class Place:
    """Where agents live on this machine, and how they reach the cloud from there."""

    archives: Path
    scratch: Path
    network: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Times:
    """The clocks, and how long things may take."""

    clock: Clock
    now_s: Callable[[], float]
    """Seconds that only go forward."""
    limits: Limits = field(default_factory=Limits)


class RuntimeService:
    """All of AgentCore Runtime. Enter it: its sessions are processes, and end with it."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        cloud: Cloud,
        place: Place,
        times: Times,
        new_id: NewId = random_id,
        spawn: Spawn = asyncio.create_task,
        session_limit: int | None = None,
        store: RuntimeStore | None = None,
        tokens: AgentTokens | None = None,
        began: Callable[[Key], None] = lambda _: None,
    ) -> None:
        """Take the collaborators. Nothing runs before it is asked for.

        `store` is on `connection` too, for what reads it as well; `tokens` gives agents theirs;
        `began` is told of each session.
        """
        self._ending: set[asyncio.Task[None]] = set()
        store = store or RuntimeStore(connection)
        archives = Archives(place.archives)
        self._client = agent_client()
        agents = Agents(
            cloud=cloud,
            archives=archives,
            client=self._client,
            clock=times.clock,
            network=place.network,
            scratch_folder=place.scratch,
            start_timeout_s=times.limits.start_s,
        )

        async def start(key: Key, version: Version) -> AgentProcess:
            began(key)
            return await agents.start(key, version)

        self.sessions = Sessions(start, times.now_s, session_limit or room())
        self.area = RuntimeArea(store, cloud, archives, times.clock, new_id, spawn, self._end)
        inbound = Inbound(cloud, lambda: times.clock().timestamp())
        self.app = AgentsApp(
            store, cloud, self.sessions, self._client, inbound, times.limits, tokens=tokens
        )
        self.store = store
        self.archives = archives

    async def __aenter__(self) -> Self:
        """Begin to end sessions when it is time."""
        self._watching = asyncio.create_task(self.sessions.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        """End all sessions."""
        self._watching.cancel()
        await self.sessions.stop_all()
        await self._client.aclose()

    def _end(self, runtime_id: str, endpoint: str | None) -> None:
        task = asyncio.create_task(self.sessions.stop_all(runtime_id, endpoint))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


def agent_client() -> httpx2.AsyncClient:
    """Return what speaks to agents: straight to loopback, and as long as an answer takes."""
    limits = httpx2.Limits(
        max_connections=None, max_keepalive_connections=100, keepalive_expiry=KEEPALIVE_S
    )
    return httpx2.AsyncClient(
        trust_env=False, verify=False, timeout=None, limits=limits, follow_redirects=False
    )
