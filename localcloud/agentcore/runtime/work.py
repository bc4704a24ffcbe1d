"""What goes on behind a 202: versions whose code is read, endpoints that go over, deletions.

The statuses say what is left to do, so a process that starts again takes up what another left.
The store is written only between awaits, and only while the status is still what the work began
with.
"""

import asyncio
import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from localcloud.agentcore.control.areas import Clock, Spawn
from localcloud.agentcore.jobs import INTERNAL_REASON, Jobs
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.runtime.archives import Archives, read_archive
from localcloud.agentcore.runtime.errors import BadCode
from localcloud.agentcore.runtime.interpreters import interpreter
from localcloud.agentcore.runtime.model import (
    TRANSITIONAL,
    Endpoint,
    Status,
    Version,
)
from localcloud.agentcore.runtime.store import RuntimeStore
from localcloud.cloud import Cloud

logger = logging.getLogger(__name__)

FAILURES: Final = {
    Status.CREATING: Status.CREATE_FAILED,
    Status.UPDATING: Status.UPDATE_FAILED,
}
CONTAINER_REASON: Final = (
    "containers need an engine; this laptop cloud runs codeConfiguration: give the code as an "
    "archive in S3"
)


def _nobody(_runtime_id: str, _endpoint: str | None) -> None:
    return


@dataclass
class RuntimeWork:
    """Runs what is left to do, at most one piece a runtime at a time.

    `gone` is told of a runtime, or one endpoint of it, that is deleted: its sessions end.
    """

    store: RuntimeStore
    cloud: Cloud
    archives: Archives
    clock: Clock
    spawn: Spawn
    gone: Callable[[str, str | None], None] = _nobody

    def __post_init__(self) -> None:
        """Begin with nothing to do."""
        self._jobs = Jobs(self.spawn)

    def start(self, runtime_id: str) -> None:
        """Do what the statuses of a runtime's parts ask for, instead of what was begun."""
        self._jobs.start(runtime_id, self._run(runtime_id))

    def resume(self) -> None:
        """Take up everything that is left half done and that nobody works on."""
        for runtime in self.store.runtimes():
            busy = self._jobs.busy(runtime.runtime_id)
            if not busy and self._unfinished(runtime.runtime_id):
                self.start(runtime.runtime_id)

    async def settle(self) -> None:
        """Wait until nothing is going on."""
        await self._jobs.settle()

    def _unfinished(self, runtime_id: str) -> bool:
        versions = {version.status for version in self.store.versions(runtime_id)}
        endpoints = {endpoint.status for endpoint in self.store.endpoints(runtime_id)}
        return not TRANSITIONAL.isdisjoint(versions | endpoints)

    async def _run(self, runtime_id: str) -> None:
        await self._advance(runtime_id)
        try:
            await self._tidy()
        except OSError:
            logger.exception("code that nobody runs could not be removed")

    async def _tidy(self) -> None:
        """Remove code that nobody runs, unless some is being unpacked: who does that tidies up."""
        if any(self._unfinished(runtime.runtime_id) for runtime in self.store.runtimes()):
            return
        aside = self.archives.set_aside(self.store.digests())
        if aside is not None:
            await asyncio.to_thread(shutil.rmtree, aside, ignore_errors=True)

    async def _advance(self, runtime_id: str) -> None:
        for version in self.store.versions(runtime_id):
            if version.status is Status.DELETING:
                self._delete(runtime_id)
                return
            if version.status in TRANSITIONAL:
                await self._advance_version(version)
        for endpoint in self.store.endpoints(runtime_id):
            if endpoint.status in TRANSITIONAL:
                self._advance_endpoint(endpoint)

    def _delete(self, runtime_id: str) -> None:
        self.store.delete_runtime(runtime_id)
        self.gone(runtime_id, None)

    async def _advance_version(self, version: Version) -> None:
        try:
            digest = await prepare(self.cloud, self.archives, version)
        except BadCode as failure:
            self._end(version, status=FAILURES[version.status], failure_reason=str(failure))
        except Exception:  # the outermost layer: see `Jobs`
            logger.exception("work on runtime %s failed", version.runtime_id)
            self._end(version, status=FAILURES[version.status], failure_reason=INTERNAL_REASON)
        else:
            self._end(version, status=Status.READY, digest=digest)

    def _end(self, begun: Version, **changes: Any) -> None:  # noqa: ANN401 - fields of Version
        version = self.store.version(begun.runtime_id, begun.number)
        if version is not None and version.status is begun.status:
            self.store.put_version(replace(version, updated_at=self.clock(), **changes))

    def _advance_endpoint(self, endpoint: Endpoint) -> None:
        if endpoint.status is Status.DELETING:
            self.store.delete_endpoint(endpoint)
            self.gone(endpoint.runtime_id, endpoint.name)
            return
        version = self.store.version(endpoint.runtime_id, endpoint.target_version)
        ended = replace(endpoint, updated_at=self.clock())
        if version is None or version.status is not Status.READY:
            reason = version.failure_reason if version else None
            ended = replace(ended, status=FAILURES[endpoint.status], failure_reason=reason)
        else:
            ended = replace(ended, status=Status.READY, live_version=version.number)
        self.store.put_endpoint(ended)


async def prepare(cloud: Cloud, archives: Archives, version: Version) -> str:
    """Read and unpack a version's code, unless it is unpacked; return the archive's digest.

    Raises:
        BadCode: why it cannot run here.
    """
    code: JsonObject | None = version.code
    if code is None:
        raise BadCode(CONTAINER_REASON)
    interpreter(code["runtime"])
    async with archives.turn:  # runtimes that are made together often have the same code
        known = archives.tags()
        tag, archive = await read_archive(cloud, code, known)
        if tag in known:
            return archives.unpacked(tag, code["entryPoint"])
        digest = await asyncio.to_thread(archives.unpack, archive, code["entryPoint"])
        if tag:
            archives.remember(tag, digest)
        return digest
