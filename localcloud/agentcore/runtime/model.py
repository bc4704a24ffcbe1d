"""What AgentCore Runtime keeps: runtimes, their immutable versions and their endpoints."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from localcloud.agentcore.model import JsonObject

DEFAULT_ENDPOINT: Final = "DEFAULT"
"""The endpoint every runtime has; it follows the newest version."""

DEFAULT_IDLE_TIMEOUT_S: Final = 900
DEFAULT_MAX_LIFETIME_S: Final = 28_800
"""Of a session, where `lifecycleConfiguration` does not say (botocore, doc of the members)."""


class Status(StrEnum):
    """States of runtimes and endpoints (botocore `AgentRuntimeStatus`)."""

    CREATING = "CREATING"
    CREATE_FAILED = "CREATE_FAILED"
    UPDATING = "UPDATING"
    UPDATE_FAILED = "UPDATE_FAILED"
    READY = "READY"
    DELETING = "DELETING"


TRANSITIONAL: Final = frozenset({Status.CREATING, Status.UPDATING, Status.DELETING})


@dataclass(frozen=True)
class Runtime:
    """An agent runtime. What it runs is in its versions."""

    runtime_id: str
    name: str
    created_at: datetime
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Version:
    """One version of a runtime. `config` holds the members of the request as sent, camelCase.

    `digest` is the archive's SHA-256 in hex once the service has read it.
    """

    runtime_id: str
    number: int
    config: JsonObject
    status: Status
    created_at: datetime
    updated_at: datetime
    failure_reason: str | None = None
    digest: str | None = None

    @property
    def role_arn(self) -> str:
        """Return the execution role's ARN."""
        return str(self.config["roleArn"])

    @property
    def code(self) -> JsonObject | None:
        """Return the `codeConfiguration`, or None for a container."""
        found: JsonObject | None = self.config["agentRuntimeArtifact"].get("codeConfiguration")
        return found

    @property
    def protocol(self) -> str:
        """Return what the agent speaks: HTTP unless it says otherwise."""
        return str(self.config.get("protocolConfiguration", {}).get("serverProtocol", "HTTP"))

    @property
    def lifecycle(self) -> JsonObject:
        """Return `lifecycleConfiguration` with its defaults, in seconds."""
        return {
            "idleRuntimeSessionTimeout": DEFAULT_IDLE_TIMEOUT_S,
            "maxLifetime": DEFAULT_MAX_LIFETIME_S,
            **self.config.get("lifecycleConfiguration", {}),
        }


@dataclass(frozen=True)
class Endpoint:
    """A name to call a runtime by. `live_version` answers, `target_version` is to."""

    runtime_id: str
    name: str
    endpoint_id: str
    target_version: int
    status: Status
    created_at: datetime
    updated_at: datetime
    live_version: int | None = None
    description: str | None = None
    failure_reason: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
