"""Executions of state machines: begun at once.

MiniStack sleeps before the first state of each. Every custom resource of AgentCore's is an
execution, and a stack waits for most of them one after the other.
"""

import inspect
import time
from typing import Any

from ministack.services import stepfunctions

PAUSE_S = 0.15


def install() -> None:
    """Leave the pause out.

    Raises:
        LookupError: there is no such pause: MiniStack has changed.
    """
    if f"time.sleep({PAUSE_S})" not in inspect.getsource(stepfunctions._run_execution):
        raise LookupError("executions have no pause to leave out: MiniStack has changed")
    stepfunctions.time = _Time()


class _Time:
    """The module `time`, but for that pause. No state can ask for it: a Wait has whole seconds."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever the module has
        return getattr(time, name)

    def sleep(self, seconds: float) -> None:
        """Sleep, unless it is the pause."""
        if seconds != PAUSE_S:
            time.sleep(seconds)
