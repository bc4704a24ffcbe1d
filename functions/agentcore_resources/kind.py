"""What the kinds of custom resources have in common: from an event to a request.

Properties are those of the API's Create operation in PascalCase, spelt as the resource types
`AWS::BedrockAgentCore::*` spell them, and of our own:

- `Tags`: a map. Two more tags, of the provisioner, say whose the resource is.
- `WaitSeconds`: how long each wait may take, 1 to 300 (default 300).

The physical id is made of the resource's name: a rename makes a new resource, and removes the old
one after that.
"""

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

from botocore.session import Session
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from agentcore_resources.errors import BadProperties

MAX_WAIT_SECONDS = 300
"""The state machine's own time limit holds six such waits: see its header."""

type Json = dict[str, Any]


class Common(BaseModel):
    """The properties that every kind has; what the API calls its members is left to `shapes`."""

    model_config = ConfigDict(extra="allow")

    ServiceToken: str = ""  # CloudFormation's own, always there
    ServiceTimeout: str = ""
    WaitSeconds: Annotated[int, Field(ge=1, le=MAX_WAIT_SECONDS)] = MAX_WAIT_SECONDS
    Tags: dict[str, str] = {}


class StatedKind[P: Common]:
    """One kind of custom resource: `agentcore_resources.resource.Kind`."""

    def __init__(
        self,
        name: str,
        properties: type[P],
        statement: Callable[[P], Json],
        *,
        named_by: str = "Name",
        pattern: str,
    ) -> None:
        """Take what sets a kind apart.

        Args:
            name: what the provisioner calls the kind; begins every physical id of ours. No id
                that CloudFormation or crhelper makes up has a slash, as ours have.
            properties: the model of the properties.
            statement: turns properties into `provisioner.document.Statement`.
            named_by: the property that is the resource's name.
            pattern: what a name must match.
        """
        self.named_by = named_by
        self._kind, self._issued = name, f"{name}/"
        self._model, self._statement = properties, statement
        self._names: TypeAdapter[str] = TypeAdapter(Annotated[str, Field(pattern=pattern)])

    def request(self, event: Json) -> Json:
        """Turn a CloudFormation event into what the state machine is asked to do.

        Returns:
            `provisioner.document.Request`, as JSON.

        Raises:
            BadProperties: the template states something that cannot be asked; never for a Delete,
                which may follow a create that was refused for that very reason.
        """
        asked = {
            "kind": self._kind,
            "type": event["RequestType"],
            "token": event["RequestId"],
            "owner": {"stackId": event["StackId"], "logicalId": event["LogicalResourceId"]},
        }
        if event["RequestType"] == "Delete":
            return asked | {"name": self._to_delete(event), "waitSeconds": _wait_seconds(event)}
        properties = self._parse(event["ResourceProperties"])
        return asked | {
            "name": getattr(properties, self.named_by),
            "waitSeconds": properties.WaitSeconds,
            "desired": self._statement(properties),
            "previous": self._previous(event),
        }

    def physical_id(self, event: Json) -> str | None:
        """Return the id of what the event states, or None where its name can be no resource's."""
        name = self._name(event.get("ResourceProperties", {}).get(self.named_by))
        return name and f"{self._issued}{name}"

    def _to_delete(self, event: Json) -> str | None:
        """Return the name of the resource that an id of ours stands for, or else the one stated.

        A create that failed early, or never answered, left an id of someone else's making.
        """
        issued = str(event.get("PhysicalResourceId", ""))
        stated = self.physical_id(event) or ""
        chosen = issued if issued.startswith(self._issued) else stated
        return chosen.removeprefix(self._issued) or None

    def _name(self, value: object) -> str | None:
        try:
            return self._names.validate_python(value, strict=True)
        except ValidationError:
            return None

    def _previous(self, event: Json) -> Json | None:
        # On a rollback these are the properties of the update that failed, perhaps for being bad.
        try:
            return self._statement(self._parse(event["OldResourceProperties"]))
        except (BadProperties, KeyError):
            return None

    def _parse(self, properties: Json) -> P:
        return parsed(self._model, properties)


def parsed[M: BaseModel](model: type[M], properties: Json, *, path: str = "") -> M:
    """Return properties as a model of them; `path` is where they are, such as `Artifact.`.

    Raises:
        BadProperties: naming every problem.
    """
    try:
        return model.model_validate(properties)
    except ValidationError as error:
        problems = "; ".join(f"{path}{_problem(item)}" for item in error.errors())
        raise BadProperties(problems) from error


@cache
def input_shape(operation: str) -> Any:  # noqa: ANN401 - botocore's StructureShape
    """Return the shape of what an operation of AgentCore's control plane takes."""
    model = Session().get_service_model("bedrock-agentcore-control")
    return model.operation_model(operation).input_shape


def _wait_seconds(event: Json) -> int:
    stated = str(event.get("ResourceProperties", {}).get("WaitSeconds", ""))
    return min(int(stated), MAX_WAIT_SECONDS) if stated.isdecimal() else MAX_WAIT_SECONDS


def _problem(item: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in item["loc"])
    return f"{path.lstrip('.')}: {item['msg']}"
