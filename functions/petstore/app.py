"""The PetStore API's function: logging, tracing and metrics around `petstore.api`."""

from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit

from petstore.telemetry import logger, metrics, tracer

if TYPE_CHECKING:
    from types import ModuleType

    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def api() -> "ModuleType":
    """Load the routes with the first request.

    Pydantic and boto3 take four times as long to import as all the rest. The function has a whole
    processor, so they take no longer here than they would before the first request.
    """
    from petstore import api as routes  # noqa: PLC0415  # the reason is above

    return routes


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_REST, clear_state=True
)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Enter from API Gateway (REST, proxy integration)."""
    metrics.add_metric(name="Request", unit=MetricUnit.Count, value=1)
    answer: dict[str, Any] = api().answer(event, context)
    return answer
