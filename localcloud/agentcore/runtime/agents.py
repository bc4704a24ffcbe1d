"""How a session's agent is started: its role, its environment, its code, its log.

Sources: Developer Guide, runtime service contract and observability (environment); the two
sentences of AgentFailed as seen in aws/bedrock-agentcore-sdk-python issues 519 and 599 and in
public reports. The environment's full list is not documented (claim
`agentcore-runtime.environment`).
"""

import asyncio
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2

from localcloud.agentcore.control.areas import Clock
from localcloud.agentcore.control.names import SERVICE_PRINCIPAL
from localcloud.agentcore.errors import AgentFailed
from localcloud.agentcore.runtime.archives import Archives, program
from localcloud.agentcore.runtime.errors import BadCode
from localcloud.agentcore.runtime.interpreters import interpreter
from localcloud.agentcore.runtime.logs import LogStream
from localcloud.agentcore.runtime.model import Version
from localcloud.agentcore.runtime.names import endpoint_arn, invocation_url, log_group, runtime_arn
from localcloud.agentcore.runtime.process import (
    PROTOCOLS,
    AgentProcess,
    Program,
    StartFailed,
    base_environment,
)
from localcloud.agentcore.runtime.sessions import Key
from localcloud.agentcore.runtime.work import prepare
from localcloud.cloud import Cloud, CloudError, Credentials

logger = logging.getLogger(__name__)

NOT_STARTED: Final = (
    "An error occurred when starting the runtime. "
    "Please check your CloudWatch logs for more information."
)


@dataclass
class Agents:
    """Starts agents. `network` is how a program reaches this cloud: proxy and authority."""

    cloud: Cloud
    archives: Archives
    client: httpx2.AsyncClient
    clock: Clock
    network: Mapping[str, str]
    scratch_folder: Path
    start_timeout_s: float

    async def start(self, key: Key, version: Version) -> AgentProcess:
        """Start the agent of a session and wait until it is healthy.

        Raises:
            AgentFailed: it ended, or was not healthy in time; or its role or code are gone.
        """
        credentials = await self._role(key, version)
        folder = await self._folder(version)
        made = self._program(key, version, folder, credentials)
        process = await self._started(made, self._log(key, credentials))
        try:
            async with asyncio.timeout(self.start_timeout_s):
                await process.healthy()
        except StartFailed as error:
            await process.stop()
            raise AgentFailed(NOT_STARTED) from error
        except TimeoutError as error:
            await process.stop()
            raise AgentFailed(
                "Runtime initialization time exceeded. Please make sure that initialization "
                f"completes in {self.start_timeout_s:.0f}s."
            ) from error
        except asyncio.CancelledError:
            await process.stop()
            raise
        return process

    async def _started(self, made: Program, log: LogStream) -> AgentProcess:
        self.scratch_folder.mkdir(parents=True, exist_ok=True)
        try:
            return await AgentProcess.start(made, self.client, log, self.scratch_folder)
        except StartFailed as error:
            await log.close()
            logger.warning("an agent was not started: %s", error)
            raise AgentFailed(NOT_STARTED) from error
        except asyncio.CancelledError:
            await log.close()
            raise

    def _log(self, key: Key, credentials: Credentials) -> LogStream:
        stream = f"{self.clock():%Y/%m/%d}/[runtime-logs]{uuid.uuid4()}"
        group = log_group(key.runtime_id, key.endpoint)
        return LogStream(self.cloud, credentials, group, stream, self.clock)

    def _program(
        self, key: Key, version: Version, folder: Path, credentials: Credentials
    ) -> Program:
        code = version.code or {}
        try:
            runs = interpreter(code["runtime"])
        except BadCode as error:  # there was one when the version was made
            logger.warning("the agent %s cannot be run: %s", version.runtime_id, error)
            raise AgentFailed(NOT_STARTED) from error
        return Program(
            interpreter=runs,
            folder=folder,
            file=program(code["entryPoint"]),
            protocol=PROTOCOLS[version.protocol],
            environment=self._environment(key, version, credentials),
        )

    async def _role(self, key: Key, version: Version) -> Credentials:
        try:
            return await self.cloud.assume_role(
                version.role_arn,
                service=SERVICE_PRINCIPAL,
                source_arn=runtime_arn(self.cloud, key.runtime_id),
                session_name=f"BedrockAgentCore-{uuid.uuid4()}",
            )
        except CloudError as error:
            raise AgentFailed(NOT_STARTED) from error

    async def _folder(self, version: Version) -> Path:
        folder = self.archives.find(version.digest or "")
        if folder is not None:
            return folder
        try:  # the folder is a cache: it may have been removed
            digest = await prepare(self.cloud, self.archives, version)
        except BadCode as error:
            logger.warning("the code of %s is gone: %s", version.runtime_id, error)
            raise AgentFailed(NOT_STARTED) from error
        found = self.archives.find(digest)
        if found is None or digest != version.digest:
            logger.warning("the code of %s in S3 is another one", version.runtime_id)
            raise AgentFailed(NOT_STARTED)
        return found

    def _environment(self, key: Key, version: Version, credentials: Credentials) -> dict[str, str]:
        group = log_group(key.runtime_id, key.endpoint)
        resource = (
            f"service.name={key.runtime_id.rpartition('-')[0]}.{key.endpoint},"
            f"cloud.resource_id={endpoint_arn(self.cloud, key.runtime_id, key.endpoint)},"
            f"aws.log.group.names={group}"
        )
        return {
            **base_environment(),
            **self.network,
            "AWS_REGION": self.cloud.region,
            "AWS_DEFAULT_REGION": self.cloud.region,
            "AWS_ACCESS_KEY_ID": credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
            "AWS_SESSION_TOKEN": credentials.session_token,
            "AGENTCORE_RUNTIME_URL": invocation_url(self.cloud, key.runtime_id),
            "OTEL_RESOURCE_ATTRIBUTES": resource,
            **version.config.get("environmentVariables", {}),
        }
