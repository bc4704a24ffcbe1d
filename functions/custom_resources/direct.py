"""Custom resources whose whole work is done by the time their function returns."""

from collections.abc import Callable

from pydantic import BaseModel, ValidationError

from agentcore_resources import delivery
from agentcore_resources.answering import Answering, Json
from agentcore_resources.errors import ResourceError

type Work = Callable[[Json], object]
"""Does what an event asks for."""


class Refused(ResourceError):
    """The event asks for what cannot be done; the message goes to CloudFormation's events."""

    code = "Refused"


def properties[M: BaseModel](model: type[M], event: Json) -> M:
    """Read what an event's template states.

    Raises:
        Refused: it is not what the model wants; names each of the properties, shows none.
    """
    try:
        return model.model_validate(event["ResourceProperties"])
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise Refused("; ".join(wrong)) from error


class Direct(Answering):
    """A custom resource without polling."""

    def __init__(self, *, name: Callable[[Json], str], put: Work, remove: Work) -> None:
        """Take what gives the physical id, what creates or updates, and what deletes."""
        super().__init__(delivery.put)

        def place(event: Json, _: object) -> str:
            physical_id = name(event)
            if event["RequestType"] == "Create":  # a create that fails half way is then deleted
                self.PhysicalResourceId = physical_id
            put(event)
            return physical_id

        def clear(event: Json, _: object) -> str:
            remove(event)
            return str(event["PhysicalResourceId"])

        self.create(place)
        self.update(place)
        self.delete(clear)

    def serve(self, event: Json, context: object) -> dict[str, str]:
        """Serve one event of CloudFormation.

        Returns:
            `{"status": "SUCCESS" | "FAILED", "reason": str}`, for whoever tries events by hand.

        Raises:
            NotDelivered: CloudFormation did not take the answer; call again.
        """
        self.run(event, context)
        return {"status": self.Status, "reason": str(self.Reason)}
