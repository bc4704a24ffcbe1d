"""`Custom::AgentCoreGateway`: a gateway, its targets and its tags in one statement.

Properties beside those of CreateGateway and those that every kind has (`kind`):

- `Targets`: the gateway's targets, each with the properties of CreateGatewayTarget, plus
  `Revision`: an opaque string. An API Gateway target is a snapshot of the API's export, so a
  change of this string alone makes the target be taken again. Pass the API's deployment. An MCP
  server's tools are fetched with an update: pass what changes with the server.
- `Document`, in a target's `OpenApiSchema` or `SmithyModel`: the text itself, as JSON or YAML, in
  place of the API's `S3` and `InlinePayload`. It is put into S3, and taken away when it is not
  needed any more; the gateway's role must be able to read it there.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from agentcore_resources.kind import Common, StatedKind, input_shape
from agentcore_resources.shapes import to_parameters

GATEWAY_NAME = r"^([0-9a-zA-Z][-]?){1,48}$"  # botocore, GatewayName
TARGET_NAME = r"^([0-9a-zA-Z][-]?){1,100}$"  # botocore, TargetName

SET_BY_THE_PROVISIONER = frozenset({"clientToken", "gatewayIdentifier"})

type Json = dict[str, Any]


class Target(BaseModel):
    """One entry of `Targets`."""

    model_config = ConfigDict(extra="allow")

    Name: Annotated[str, Field(pattern=TARGET_NAME)]
    Revision: str | None = None


def _distinct(targets: list[Target]) -> list[Target]:
    names = [target.Name for target in targets]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"names must differ: {', '.join(twice)}")
    return targets


class Properties(Common):
    """What the provisioner itself reads of the resource's properties."""

    Name: Annotated[str, Field(pattern=GATEWAY_NAME)]
    Targets: Annotated[list[Target], AfterValidator(_distinct)] = Field([], max_length=100)


def _statement(properties: Properties) -> Json:
    return {
        "resource": to_parameters(
            {"Name": properties.Name} | (properties.model_extra or {}),
            input_shape("CreateGateway"),
            path="",
            given_elsewhere=SET_BY_THE_PROVISIONER | {"tags"},
        ),
        "tags": properties.Tags,
        "parts": [
            _part(f"Targets[{index}]", target) for index, target in enumerate(properties.Targets)
        ],
    }


def _part(path: str, target: Target) -> Json:
    stated, schema = _inlined({"Name": target.Name} | (target.model_extra or {}))
    parameters = to_parameters(
        stated,
        input_shape("CreateGatewayTarget"),
        path=path,
        given_elsewhere=SET_BY_THE_PROVISIONER,
    )
    if schema:
        mcp = parameters["targetConfiguration"]["mcp"]
        mcp[schema] = {"document": mcp[schema]["inlinePayload"]}
    return {"name": target.Name, "revision": target.Revision, "parameters": parameters}


def _inlined(stated: Json) -> tuple[Json, str | None]:
    """Return what is stated with a `Document` as the API's own member, and what it is of."""
    match stated.get("TargetConfiguration"):
        case {"Mcp": {"OpenApiSchema": {"Document": text, **rest}}} if not rest:
            member, schema = "OpenApiSchema", "openApiSchema"
        case {"Mcp": {"SmithyModel": {"Document": text, **rest}}} if not rest:
            member, schema = "SmithyModel", "smithyModel"
        case _:
            return stated, None
    inline = {"Mcp": {member: {"InlinePayload": text}}}
    return stated | {"TargetConfiguration": inline}, schema


GATEWAY = StatedKind("gateway", Properties, _statement, pattern=GATEWAY_NAME)
