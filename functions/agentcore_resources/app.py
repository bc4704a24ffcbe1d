"""Custom resources for AgentCore: take CloudFormation's events in, hand its answers out.

Called by CloudFormation with an event, and by the last task of the execution it starts with
`{"event": <that event>, "outcome": {"succeeded": {...}} or {"failed": {...}}}`.
"""

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Tracer

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from agentcore_resources.resource import MachineDriven
    from custom_resources.direct import Direct

logger, tracer = Logger(), Tracer()


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, str]:
    """Serve one event with the resources of the function's own account and region."""
    from agentcore_resources.door import resource  # noqa: PLC0415 - see there

    return serve(event, context, resource)


def serve(
    event: dict[str, Any], context: object, resource: "Callable[[str], MachineDriven | Direct]"
) -> dict[str, str]:
    """Serve one event.

    Returns:
        `{"status": "STARTED" | "SUCCESS" | "FAILED", "reason": str}`, for the execution and
        for whoever tries events by hand; CloudFormation gets its answer at the response URL.

    Raises:
        NotDelivered: CloudFormation did not take the answer; call again.
    """
    asked = event if "outcome" not in event else _poll(event)
    logger.append_keys(
        request_id=asked["RequestId"],
        request_type=asked["RequestType"],
        logical_id=asked["LogicalResourceId"],
    )
    outcome = resource(asked["ResourceType"]).serve(asked, context)
    logger.info("served", extra=outcome)
    return outcome


def _poll(event: dict[str, Any]) -> dict[str, Any]:
    """Spell the execution's call as crhelper spells its own polls."""
    return {**event["event"], "CrHelperPoll": True, "CrHelperData": event["outcome"]}
