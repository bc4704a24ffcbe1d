"""The tools of the gateway's target `CRMTools`: customers, their opportunities and their cases."""

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Tracer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger, tracer = Logger(service="crm-tools"), Tracer(service="crm-tools")


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Enter from the gateway: the event is the tool's arguments."""
    from bridges.serve import serve  # noqa: PLC0415  # Pydantic and boto3 are slow to import
    from crm_tools import tools  # noqa: PLC0415  # the reason is above

    return serve(event, context, toolbox=tools.opened, logger=logger)
