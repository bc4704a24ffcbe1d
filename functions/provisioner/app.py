"""The tasks of the provisioning state machines: one function, so that a deploy starts cold once.

Called with `{"step": str, "now": ISO 8601, "state": {...}, "target": {...} or absent}`; a failed
step's exception is the error that Step Functions sees, by its class's name.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Tracer

from provisioner.document import Task
from provisioner.errors import ProvisioningError, UnknownStep
from provisioner.gateway import apply, check, plan, remove, target, undo, verify
from provisioner.ports import Control

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger, tracer = Logger(), Tracer()

type Step = Callable[[Control, Task], Mapping[str, Any]]

STEPS: dict[str, Step] = {
    "plan_gateway": plan.run,
    "apply_gateway": apply.run,
    "check_gateway": check.run,
    "apply_target": target.apply,
    "check_target": target.check,
    "verify_gateway": verify.run,
    "remove_gateway": remove.run,
    "undo_gateway": undo.run,
}


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> Mapping[str, Any]:
    """Take one step in the function's own account and region."""
    from provisioner.control import control  # noqa: PLC0415 - see there

    return take(event, control)


def take(event: dict[str, Any], control: Callable[[], Control]) -> Mapping[str, Any]:
    """Take one step.

    Returns:
        The document as it is now; for a step about a target, that target's step.

    Raises:
        ProvisioningError: why it cannot go on.
    """
    step = event["step"]
    if step not in STEPS:
        raise UnknownStep(f"There is no step {step}")
    task = Task(event["state"], datetime.fromisoformat(event["now"]), event.get("target"))
    logger.append_keys(step=step, request_id=task.request["token"], gateway=task.request["name"])
    try:
        outcome = STEPS[step](control(), task)
    except ProvisioningError as error:
        logger.info("refused", extra={"code": error.code})
        raise
    logger.info("done", extra={"next": outcome.get("next")})
    return outcome
