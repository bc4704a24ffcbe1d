"""What AgentCore keeps: gateways, their targets and the tools a target offers. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

TOOL_NAME_SEPARATOR = "___"
"""Between target and tool in the name clients see (Developer Guide, tool naming)."""

JsonObject = dict[str, Any]


class Status(StrEnum):
    """States of gateways and targets (botocore `GatewayStatus`, `TargetStatus`)."""

    CREATING = "CREATING"
    UPDATING = "UPDATING"
    UPDATE_UNSUCCESSFUL = "UPDATE_UNSUCCESSFUL"
    DELETING = "DELETING"
    READY = "READY"
    FAILED = "FAILED"
    SYNCHRONIZING = "SYNCHRONIZING"
    SYNCHRONIZE_UNSUCCESSFUL = "SYNCHRONIZE_UNSUCCESSFUL"


@dataclass(frozen=True)
class Parameter:
    """Where one argument of a tool goes in the HTTP request.

    `sent_as` is its name there, if it is another one.
    """

    name: str
    location: Literal["path", "query", "header", "body"]
    sent_as: str | None = None


@dataclass(frozen=True)
class HttpBinding:
    """A tool that is an HTTP operation.

    `url` is absolute and may hold `{name}` for each path parameter. `service` is the SigV4
    service to sign for when the target uses the gateway's role, such as `execute-api`. `headers` go
    out with every call, in place of our own of the same name.
    """

    method: str
    url: str
    parameters: tuple[Parameter, ...] = ()
    service: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class LambdaBinding:
    """A tool that is a Lambda function."""

    function_arn: str


@dataclass(frozen=True)
class McpBinding:
    """A tool of an MCP server, under the name it has there. `service` is as in `HttpBinding`."""

    endpoint: str
    service: str | None = None


type Binding = HttpBinding | LambdaBinding | McpBinding


@dataclass(frozen=True)
class Tool:
    """One tool of a target. `name` has no target prefix; schemas are JSON Schema objects."""

    name: str
    description: str
    input_schema: JsonObject
    binding: Binding
    output_schema: JsonObject | None = None


@dataclass(frozen=True)
class Gateway:
    """A gateway. `config` holds the members of CreateGatewayRequest as sent, camelCase."""

    gateway_id: str
    name: str
    config: JsonObject
    status: Status
    created_at: datetime
    updated_at: datetime
    status_reasons: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def role_arn(self) -> str:
        """Return the service role's ARN."""
        return str(self.config["roleArn"])

    @property
    def debug(self) -> bool:
        """Tell whether errors from targets are shown in full (`exceptionLevel: DEBUG`)."""
        return self.config.get("exceptionLevel") == "DEBUG"


@dataclass(frozen=True)
class Target:
    """A target of a gateway. `config` holds the members of CreateGatewayTargetRequest as sent.

    `tools` is what the last successful import found.
    """

    target_id: str
    gateway_id: str
    name: str
    config: JsonObject
    status: Status
    created_at: datetime
    updated_at: datetime
    status_reasons: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()
    last_synchronized_at: datetime | None = None

    @property
    def credential_provider_type(self) -> str | None:
        """Return `GATEWAY_IAM_ROLE`, `API_KEY`, ..., or None for no outbound authorization."""
        configurations = self.config.get("credentialProviderConfigurations") or []
        return configurations[0]["credentialProviderType"] if configurations else None

    @property
    def iam_service(self) -> str | None:
        """Return what `iamCredentialProvider` says to sign for, or None."""
        configurations = self.config.get("credentialProviderConfigurations") or [{}]
        provider = configurations[0].get("credentialProvider") or {}
        service = (provider.get("iamCredentialProvider") or {}).get("service")
        return str(service) if service else None
