"""`Custom::AgentCoreGateway`: a gateway, its targets and its tags in one statement.

Properties beside those of CreateGateway and those that every kind has (`kind`):

- `Targets`: the gateway's targets, each with the properties of CreateGatewayTarget, plus
  `Revision`: an opaque string. An API Gateway target is a snapshot of the API's export, so a
  change of this string alone makes the target be taken again. Pass the API's deployment.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from agentcore_resources.kind import Common, StatedKind, input_shape
from agentcore_resources.shapes import to_parameters

GATEWAY_NAME = r"^([0-9a-zA-Z][-]?){1,48}$"  # botocore, GatewayName
TARGET_NAME = r"^([0-9a-zA-Z][-]?){1,100}$"  # botocore, TargetName

SET_BY_THE_PROVISIONER = frozenset({"clientToken", "gatewayIdentifier"})


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


def _statement(properties: Properties) -> dict[str, Any]:
    return {
        "resource": to_parameters(
            {"Name": properties.Name} | (properties.model_extra or {}),
            input_shape("CreateGateway"),
            path="",
            given_elsewhere=SET_BY_THE_PROVISIONER | {"tags"},
        ),
        "tags": properties.Tags,
        "parts": [
            {
                "name": target.Name,
                "revision": target.Revision,
                "parameters": to_parameters(
                    {"Name": target.Name} | (target.model_extra or {}),
                    input_shape("CreateGatewayTarget"),
                    path=f"Targets[{index}]",
                    given_elsewhere=SET_BY_THE_PROVISIONER,
                ),
            }
            for index, target in enumerate(properties.Targets)
        ],
    }


GATEWAY = StatedKind("gateway", Properties, _statement, pattern=GATEWAY_NAME)
