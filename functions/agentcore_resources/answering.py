"""crhelper, but for how it refuses and how it answers CloudFormation.

As it comes it retries an answer for ever, takes any status for success, keeps the end of a long
reason, and logs what we refuse as if it were a bug. Here an answer is sent once, and whoever runs
us is told when it was not taken (the function then fails, and is called again).
"""

import logging
from collections.abc import Callable
from typing import Any

from crhelper import FAILED, CfnResource

from agentcore_resources.errors import NotDelivered, ResourceError
from agentcore_resources.outcome import shortened

logger = logging.getLogger(__name__)

type Json = dict[str, Any]
type Deliver = Callable[[str, Json], None]
"""Puts an answer at a response URL; raises NotDelivered."""


class Answering(CfnResource):
    """A custom resource that refuses by `ResourceError`."""

    def __init__(self, deliver: Deliver) -> None:
        """Take the way out."""
        super().__init__(json_logging=True, log_level="INFO", sleep_on_delete=0)
        self._deliver = deliver
        self._undelivered: NotDelivered | None = None

    def run(self, event: Json, context: object) -> None:
        """Do what an event asks for, and answer it if there is an answer yet.

        Raises:
            NotDelivered: CloudFormation did not take the answer; call again.
        """
        self._undelivered = None
        self(event, context)
        if self._undelivered:
            raise self._undelivered

    # crhelper's type stubs name only what is public.
    def _wrap_function(self, func: Callable[[Json, object], str | None] | None) -> None:
        """Keep refusals out of crhelper's error log; everything else is a bug, and stays there."""

        def refusing(event: Json, context: object) -> str | None:
            if func is None:
                return None
            try:
                return func(event, context)
            except ResourceError as error:
                logger.info("refused: %s", error.code)
                self.Status, self.Reason = FAILED, str(error)
                return self.PhysicalResourceId or None

        super()._wrap_function(refusing)  # type: ignore[misc]

    def _send(self, status: str | None = None, reason: str = "", **_: object) -> None:
        """Answer with the beginning of the reason, where crhelper keeps the last 240 characters.

        An answer that is not taken is kept for `run` rather than raised: raised, crhelper would
        answer that the resource failed.
        """
        self.Status, self.Reason = status or self.Status, shortened(reason or str(self.Reason))
        whole = self.Reason

        def deliver(url: str, answer: Json, _: object) -> None:
            try:
                self._deliver(url, answer | {"Reason": whole})
            except NotDelivered as error:
                self._undelivered = error

        super()._send(status, reason, deliver)  # type: ignore[misc]
