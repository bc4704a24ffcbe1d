"""`Custom::AgentCoreRuntime`: an agent runtime, its code and its named endpoints in one statement.

Properties beside those of CreateAgentRuntime and those that every kind has (`kind`):

- `AgentRuntimeArtifact`: `{FunctionVersionArn, Runtime, EntryPoint}` takes the archive of a
  published version of a Lambda function for the agent's code. What the API itself takes does as
  well: `ContainerConfiguration`, `CodeConfiguration`.
- `Endpoints`: named endpoints, each with the properties of CreateAgentRuntimeEndpoint. One without
  `AgentRuntimeVersion` follows the newest version, as the endpoint DEFAULT does.
- `LogRetentionDays`: have the log groups of the endpoints expire. They go with the runtime in any
  case.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from agentcore_resources.kind import Common, StatedKind, input_shape, parsed
from agentcore_resources.shapes import to_parameters

RUNTIME_NAME = r"^[a-zA-Z][a-zA-Z0-9_]{0,47}$"  # botocore, AgentRuntimeName
VERSION_ARN = r"^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+:\d+$"
"""A published version: it never changes, where `$LATEST` and aliases do."""

DEFAULT = "DEFAULT"
SET_BY_THE_PROVISIONER = frozenset({"clientToken", "agentRuntimeId"})


class FunctionCode(BaseModel):
    """An artifact that is a function's archive."""

    model_config = ConfigDict(extra="forbid")

    FunctionVersionArn: Annotated[str, Field(pattern=VERSION_ARN)]
    Runtime: str
    EntryPoint: Annotated[list[str], Field(min_length=1, max_length=2)]


class Endpoint(BaseModel):
    """One entry of `Endpoints`."""

    model_config = ConfigDict(extra="allow")

    Name: Annotated[str, Field(pattern=RUNTIME_NAME)]


def _distinct(endpoints: list[Endpoint]) -> list[Endpoint]:
    names = [endpoint.Name for endpoint in endpoints]
    if DEFAULT in names or len(set(names)) < len(names):
        raise ValueError(f"names must differ, from each other and from {DEFAULT}")
    return endpoints


class Properties(Common):
    """What the provisioner itself reads of the resource's properties."""

    AgentRuntimeName: Annotated[str, Field(pattern=RUNTIME_NAME)]
    AgentRuntimeArtifact: dict[str, Any]
    Endpoints: Annotated[list[Endpoint], AfterValidator(_distinct)] = Field([], max_length=10)
    LogRetentionDays: Annotated[int, Field(ge=1)] | None = None


def _statement(properties: Properties) -> dict[str, Any]:
    stated = {
        "AgentRuntimeName": properties.AgentRuntimeName,
        "AgentRuntimeArtifact": properties.AgentRuntimeArtifact,
    } | (properties.model_extra or {})
    elsewhere, code = SET_BY_THE_PROVISIONER | {"tags"}, _code(properties.AgentRuntimeArtifact)
    if code:
        del stated["AgentRuntimeArtifact"]
        elsewhere |= {"agentRuntimeArtifact"}
    return {
        "resource": to_parameters(
            stated, input_shape("CreateAgentRuntime"), path="", given_elsewhere=elsewhere
        ),
        "tags": properties.Tags,
        "parts": [_part(index, one) for index, one in enumerate(properties.Endpoints)],
        **({"code": code} if code else {}),
        **_days(properties.LogRetentionDays),
    }


def _part(index: int, endpoint: Endpoint) -> dict[str, Any]:
    parameters = to_parameters(
        {"Name": endpoint.Name} | (endpoint.model_extra or {}),
        input_shape("CreateAgentRuntimeEndpoint"),
        path=f"Endpoints[{index}]",
        given_elsewhere=SET_BY_THE_PROVISIONER,
    )
    return {"name": endpoint.Name, "revision": None, "parameters": parameters}


def _code(artifact: dict[str, Any]) -> dict[str, Any] | None:
    """Return `provisioner.document.CodeStatement`; None where the artifact is the API's own."""
    if "FunctionVersionArn" not in artifact:
        return None
    code = parsed(FunctionCode, artifact, path="AgentRuntimeArtifact.")
    return {
        "functionVersionArn": code.FunctionVersionArn,
        "runtime": code.Runtime,
        "entryPoint": code.EntryPoint,
    }


def _days(days: int | None) -> dict[str, int]:
    return {} if days is None else {"logRetentionDays": days}


RUNTIME = StatedKind(
    "runtime", Properties, _statement, named_by="AgentRuntimeName", pattern=RUNTIME_NAME
)
