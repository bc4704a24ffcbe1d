"""Custom resources whose whole work is done by the time their function returns.

crhelper as it comes retries an answer for ever, takes any status for success, and logs what we
refuse as if it were a bug. `Direct` answers once, says so when the answer was not taken (the
function then fails, and Lambda calls it again), and keeps the beginning of a long reason.
"""

import logging
from collections.abc import Callable
from typing import Any

from crhelper import FAILED, CfnResource
from pydantic import BaseModel, ValidationError

from agentcore_resources import delivery
from agentcore_resources.errors import NotDelivered
from agentcore_resources.outcome import shortened

logger = logging.getLogger(__name__)

type Json = dict[str, Any]
type Work = Callable[[Json], object]
"""Does what an event asks for."""


class Refused(Exception):
    """The event asks for what cannot be done; the message goes to CloudFormation's events."""


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


class Direct(CfnResource):
    """A custom resource without polling."""

    def __init__(self, *, name: Callable[[Json], str], put: Work, remove: Work) -> None:
        """Take what gives the physical id, what creates or updates, and what deletes."""
        super().__init__(json_logging=True, log_level="INFO", sleep_on_delete=0)
        self._undelivered: NotDelivered | None = None

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
        self._undelivered = None
        self(event, context)
        if self._undelivered:
            raise self._undelivered
        return {"status": self.Status, "reason": str(self.Reason)}

    # crhelper's type stubs name only what is public.
    def _wrap_function(self, func: Callable[[Json, object], str]) -> None:
        """Keep refusals out of crhelper's error log; everything else is a bug, and stays there."""

        def refusing(event: Json, context: object) -> str:
            try:
                return func(event, context)
            except Refused as error:
                logger.info("refused: %s", error)
                self.Status, self.Reason = FAILED, str(error)
                return self.PhysicalResourceId

        super()._wrap_function(refusing)  # type: ignore[misc]

    def _send(self, status: str | None = None, reason: str = "", **_: object) -> None:
        whole = shortened(reason or str(self.Reason))

        def deliver(url: str, answer: Json, _: object) -> None:
            try:
                delivery.put(url, answer | {"Reason": whole})
            except NotDelivered as error:  # raised, crhelper would answer that the work failed
                self._undelivered = error

        super()._send(status, reason, deliver)  # type: ignore[misc]
