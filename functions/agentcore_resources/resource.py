"""crhelper's poll protocol, driven by a state machine in place of an EventBridge rule.

crhelper answers CloudFormation when it is called a second time, as a poll. Its own poller is a
rule that fires once a minute at best; ours is the last task of the execution that does the work,
which calls as soon as there is something to say.
"""

from collections.abc import Callable
from typing import Protocol

from crhelper import SUCCESS

from agentcore_resources.answering import Answering, Deliver, Json
from agentcore_resources.errors import NotProvisioned
from agentcore_resources.outcome import reason


class Kind(Protocol):
    """One type of custom resource."""

    @property
    def named_by(self) -> str:
        """The property that the physical id is made of."""
        ...

    def request(self, event: Json) -> Json:
        """Turn a CloudFormation event into what the state machine is asked to do.

        Raises:
            BadProperties: it cannot be asked.
        """
        ...

    def physical_id(self, event: Json) -> str | None:
        """Return the id of what the event states, or None for crhelper to make one up."""
        ...


class MachineDriven(Answering):
    """A custom resource of one kind whose work an execution does."""

    def __init__(
        self,
        kind: Kind,
        *,
        start: Callable[[str, Json], None],
        deliver: Deliver,
    ) -> None:
        """Take the kind and the two ways out.

        Args:
            kind: what is asked for.
            start: starts the execution of this name with this input, unless it has been.
            deliver: puts an answer at a response URL.
        """
        super().__init__(deliver)
        # Under `sam local` crhelper spares its poller, and with it every answer. Ours is no poller.
        self._sam_local = None
        self._kind, self._start = kind, start
        self._request: Json = {}
        for request_type in ("create", "update", "delete"):
            getattr(self, request_type)(self._accept)
            getattr(self, f"poll_{request_type}")(self._conclude)

    def serve(self, event: Json, context: object) -> dict[str, str]:
        """Serve one event: of CloudFormation, or of the execution's last task.

        Returns:
            `{"status": "STARTED" | "SUCCESS" | "FAILED", "reason": str}`; nothing is answered yet
            where it is STARTED.

        Raises:
            NotDelivered: CloudFormation did not take the answer; call again.
        """
        self.run(event, context)
        started = self.Status == SUCCESS and "CrHelperPoll" not in event
        return {"status": "STARTED" if started else str(self.Status), "reason": str(self.Reason)}

    def _accept(self, event: Json, _: object) -> str | None:
        self._request = self._kind.request(event)
        return event.get("PhysicalResourceId") or self._kind.physical_id(event)

    def _conclude(self, event: Json, _: object) -> str | None:
        outcome, self.Data = event["CrHelperData"], {}
        if event["RequestType"] == "Create":  # also when it fails: the Delete that follows has it
            self.PhysicalResourceId = self._kind.physical_id(event) or ""
        if "failed" in outcome:
            raise NotProvisioned(reason(outcome["failed"]))
        self.Data = outcome["succeeded"]
        deleted = event["RequestType"] == "Delete"
        return event["PhysicalResourceId"] if deleted else self._kind.physical_id(event)

    def _setup_polling(self) -> None:
        """Start the execution, which will poll once: when it is done."""
        event: Json = self._event  # type: ignore[attr-defined] # only what is public
        answered = _for_the_answer(event, self._kind.named_by)
        self._start(self.RequestId, {"event": answered, "request": self._request})

    def _remove_polling(self) -> None:
        """Do nothing: the execution ends by itself."""
        self.Data.pop("PhysicalResourceId", None)


def _for_the_answer(event: Json, named_by: str) -> Json:
    """Keep what the answer needs: ids, the response URL, and the name that the id is made of."""
    properties = event.get("ResourceProperties", {})
    return {
        key: value
        for key, value in event.items()
        if key not in {"OldResourceProperties", "ResourceProperties"}
    } | {"ResourceProperties": {named_by: properties.get(named_by)}}
