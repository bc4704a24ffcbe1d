"""The tasks of the provisioning state machine: one function, so that a deploy starts cold once.

Called with `{"step": str, "now": ISO 8601, "state": {...}, "part": {...} or absent}`; a failed
step's exception is the error that Step Functions sees, by its class's name.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Tracer

from provisioner.document import Task
from provisioner.errors import ProvisioningError, UnknownStep
from provisioner.ports import Kind
from provisioner.steps import apply, check, part, plan, remove, undo, verify

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger, tracer = Logger(), Tracer()

type Step = Callable[[Kind, Task], Mapping[str, Any]]

STEPS: dict[str, Step] = {
    "plan": plan.run,
    "apply": apply.run,
    "check": check.run,
    "apply_part": part.apply,
    "check_part": part.check,
    "verify": verify.run,
    "remove": remove.run,
    "undo": undo.run,
}


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> Mapping[str, Any]:
    """Take one step in the function's own account and region."""
    from provisioner.world import kind  # noqa: PLC0415 - see there

    return take(event, kind)


def take(event: dict[str, Any], kind: Callable[[str, str], Kind]) -> Mapping[str, Any]:
    """Take one step.

    Returns:
        The document as it is now; for a step about a part, that part's step.

    Raises:
        ProvisioningError: why it cannot go on.
    """
    step = event["step"]
    if step not in STEPS:
        raise UnknownStep(f"There is no step {step}")
    task = Task(event["state"], datetime.fromisoformat(event["now"]), event.get("part"))
    request = task.request
    logger.append_keys(
        step=step, request_id=request["token"], kind=request["kind"], resource=request["name"]
    )
    try:
        outcome = STEPS[step](kind(request["kind"], request["owner"]["stackId"]), task)
    except ProvisioningError as error:
        logger.info("refused", extra={"code": error.code})
        raise
    logger.info("done", extra={"next": outcome.get("next")})
    return outcome
