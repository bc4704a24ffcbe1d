"""Run a state machine's definition in process, with MiniStack's interpreter and a clock of ours.

The one place in the tests that knows the interpreter's inside. Waits take no time: they move the
clock, which is where `$$.State.EnteredTime` comes from.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from ministack.services import stepfunctions

ROOT = Path(__file__).parents[2]
ACCOUNT_ARN = "arn:aws:states:us-east-1:000000000000"

type Json = dict[str, Any]
type Function = Callable[[Json], object]


def load_definition(path: Path, substitutions: dict[str, str]) -> Json:
    """Read a definition and fill in its placeholders, as CloudFormation does."""
    text = path.read_text(encoding="utf-8")
    for name, value in substitutions.items():
        text = text.replace(f"${{{name}}}", value)
    definition: Json = yaml.safe_load(text)
    return definition


@dataclass(frozen=True)
class Execution:
    """An execution that has ended."""

    status: str
    output: str
    error: str | None
    cause: str | None
    history: str = field(repr=False)


@dataclass
class Interpreter:
    """Runs executions of one definition; `functions` are called by the ARNs in it.

    `live` leaves the clock alone: waits take the time they say.
    """

    definition: Json
    functions: dict[str, Function]
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    live: bool = False
    waited_s: float = 0.0
    calls: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def install(self, patches: pytest.MonkeyPatch) -> None:
        """Put the clock and the functions in the interpreter's hands."""
        patches.setattr(stepfunctions, "_invoke_resource", self._invoke)
        patches.setattr(stepfunctions, "_scaled_sleep", self._waits_with(stepfunctions.time.sleep))
        if self.live:
            return
        patches.setattr(stepfunctions, "now_iso", lambda: self.now.isoformat())
        patches.setattr(stepfunctions.time, "sleep", lambda _: None)

    def run(self, name: str, document: Json) -> Execution:
        """Run one execution to its end."""
        machine_arn = f"{ACCOUNT_ARN}:stateMachine:tested"
        arn = f"{ACCOUNT_ARN}:execution:tested:{name}"
        stepfunctions._state_machines[machine_arn] = {
            "name": "tested",
            "definition": json.dumps(self.definition),
        }
        record: Json = {
            "executionArn": arn,
            "stateMachineArn": machine_arn,
            "name": name,
            "status": "RUNNING",
            "startDate": self.now.isoformat(),
            "input": json.dumps(document),
            "events": [],
            "sync": True,
        }
        stepfunctions._executions[arn] = record
        try:
            stepfunctions._run_execution(arn)
        finally:
            del stepfunctions._executions[arn], stepfunctions._state_machines[machine_arn]
        return Execution(
            record["status"],
            record["output"],
            record.get("error"),
            record.get("cause"),
            json.dumps(record["events"]),
        )

    def _waits_with(self, sleep: Callable[[float], None]) -> Callable[[float], None]:
        def wait(seconds: float) -> None:
            with self._lock:
                self.now += timedelta(seconds=seconds)
                self.waited_s += seconds
            if self.live:
                sleep(seconds)

        return wait

    def _invoke(self, _: str, parameters: Json) -> Json:
        payload = json.loads(json.dumps(parameters["Payload"]))
        self.calls.append(str(payload.get("step", "answer")))
        try:
            answer = self.functions[parameters["FunctionName"]](payload)
        except Exception as error:  # as Lambda does: whatever a function raises is its outcome
            failure = {"errorType": type(error).__name__, "errorMessage": str(error)}
            raise stepfunctions._ExecutionError(
                type(error).__name__, json.dumps(failure)
            ) from error
        return {"StatusCode": 200, "Payload": json.loads(json.dumps(answer))}
