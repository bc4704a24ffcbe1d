"""The door's function for whole answers: logging, tracing and metrics around `agent_proxy.api`."""

from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit

from agent_proxy.telemetry import logger, metrics, tracer

if TYPE_CHECKING:
    from types import ModuleType

    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def api() -> "ModuleType":
    """Load what answers with the first request, as `petstore.app` does and for the same reason."""
    from agent_proxy import api as answering  # noqa: PLC0415  # the reason is above

    return answering


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_REST, clear_state=True
)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Enter from API Gateway (REST, proxy integration)."""
    metrics.add_metric(name="Request", unit=MetricUnit.Count, value=1)
    answer: dict[str, Any] = api().answer(event)
    return answer
