"""`Custom::AgentCoreGateway`: a gateway, its targets and its tags in one statement.

Properties are those of CreateGateway in PascalCase, spelt as `AWS::BedrockAgentCore::Gateway`
spells them, and three of our own:

- `Targets`: the gateway's targets, each with the properties of CreateGatewayTarget, plus
  `Revision`: an opaque string. An API Gateway target is a snapshot of the API's export, so a
  change of this string alone makes the target be taken again. Pass the API's deployment.
- `Tags`: a map. Two more tags, of the provisioner, say whose the gateway is.
- `WaitSeconds`: how long each wait may take, 1 to 300 (default 300).

The physical id is made of the gateway's name: a rename makes a new gateway, and removes the old one
after that.
"""

from functools import cache
from typing import Annotated, Any

from botocore.session import Session
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from agentcore_resources.errors import BadProperties
from agentcore_resources.shapes import to_parameters

MAX_WAIT_SECONDS = 300
"""The state machine's own time limit holds six such waits: see its header."""

GATEWAY_NAME = r"^([0-9a-zA-Z][-]?){1,48}$"  # botocore, GatewayName
TARGET_NAME = r"^([0-9a-zA-Z][-]?){1,100}$"  # botocore, TargetName

ISSUED = "gateway/"
"""Begins every physical id of ours. No id that CloudFormation or crhelper makes up has a slash."""

SET_BY_THE_PROVISIONER = frozenset({"clientToken", "gatewayIdentifier"})


class Target(BaseModel):
    """One entry of `Targets`; what the API calls its members is left to `shapes`."""

    model_config = ConfigDict(extra="allow")

    Name: Annotated[str, Field(pattern=TARGET_NAME)]
    Revision: str | None = None


def _distinct(targets: list[Target]) -> list[Target]:
    names = [target.Name for target in targets]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"names must differ: {', '.join(twice)}")
    return targets


class Properties(BaseModel):
    """What the provisioner itself reads of the resource's properties."""

    model_config = ConfigDict(extra="allow")

    ServiceToken: str = ""  # CloudFormation's own, always there
    ServiceTimeout: str = ""
    Name: Annotated[str, Field(pattern=GATEWAY_NAME)]
    WaitSeconds: Annotated[int, Field(ge=1, le=MAX_WAIT_SECONDS)] = MAX_WAIT_SECONDS
    Targets: Annotated[list[Target], AfterValidator(_distinct), Field(max_length=100)] = []
    Tags: dict[str, str] = {}


def request(event: dict[str, Any]) -> dict[str, Any]:
    """Turn a CloudFormation event into what the state machine is asked to do.

    Returns:
        `provisioner.document.Request`, as JSON.

    Raises:
        BadProperties: the template states something that cannot be asked; never for a Delete,
            which may follow a create that was refused for that very reason.
    """
    asked = {
        "type": event["RequestType"],
        "token": event["RequestId"],
        "owner": {"stackId": event["StackId"], "logicalId": event["LogicalResourceId"]},
    }
    if event["RequestType"] == "Delete":
        return asked | {"name": _name_to_delete(event), "waitSeconds": _wait_seconds(event)}
    properties = _parse(event["ResourceProperties"])
    return asked | {
        "name": properties.Name,
        "waitSeconds": properties.WaitSeconds,
        "desired": _statement(properties),
        "previous": _previous(event),
    }


def physical_id(event: dict[str, Any]) -> str | None:
    """Return the id of what the event states, or None where its name can be no gateway's."""
    name = _name(event.get("ResourceProperties", {}).get("Name"))
    return name and f"{ISSUED}{name}"


def _name_to_delete(event: dict[str, Any]) -> str | None:
    """Return the name of the gateway that an id of ours stands for, or else the one stated.

    A create that failed early, or never answered, left an id of someone else's making.
    """
    issued = str(event.get("PhysicalResourceId", ""))
    stated = physical_id(event) or ""
    return (issued if issued.startswith(ISSUED) else stated).removeprefix(ISSUED) or None


def _name(value: object) -> str | None:
    try:
        return _names().validate_python(value, strict=True)
    except ValidationError:
        return None


@cache
def _names() -> TypeAdapter[str]:
    return TypeAdapter(Annotated[str, Field(pattern=GATEWAY_NAME)])


def _wait_seconds(event: dict[str, Any]) -> int:
    stated = str(event.get("ResourceProperties", {}).get("WaitSeconds", ""))
    return min(int(stated), MAX_WAIT_SECONDS) if stated.isdecimal() else MAX_WAIT_SECONDS


def _previous(event: dict[str, Any]) -> dict[str, Any] | None:
    # On a rollback these are the properties of the update that failed, perhaps for being bad.
    try:
        return _statement(_parse(event["OldResourceProperties"]))
    except (BadProperties, KeyError):
        return None


def _parse(properties: dict[str, Any]) -> Properties:
    try:
        return Properties.model_validate(properties)
    except ValidationError as error:
        raise BadProperties("; ".join(_problem(item) for item in error.errors())) from error


def _problem(item: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in item["loc"])
    return f"{path.lstrip('.')}: {item['msg']}"


def _statement(properties: Properties) -> dict[str, Any]:
    gateway = {"Name": properties.Name} | (properties.model_extra or {})
    create_gateway, create_target = _shapes()
    return {
        "gateway": to_parameters(
            gateway, create_gateway, path="", given_elsewhere=SET_BY_THE_PROVISIONER | {"tags"}
        ),
        "tags": properties.Tags,
        "targets": [
            {
                "name": target.Name,
                "revision": target.Revision,
                "parameters": to_parameters(
                    {"Name": target.Name} | (target.model_extra or {}),
                    create_target,
                    path=f"Targets[{index}]",
                    given_elsewhere=SET_BY_THE_PROVISIONER,
                ),
            }
            for index, target in enumerate(properties.Targets)
        ],
    }


@cache
def _shapes() -> tuple[Any, Any]:
    model = Session().get_service_model("bedrock-agentcore-control")
    names = ("CreateGateway", "CreateGatewayTarget")
    create_gateway, create_target = (model.operation_model(name).input_shape for name in names)
    return create_gateway, create_target
