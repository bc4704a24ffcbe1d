"""The door's function for streams: logging and metrics around `agent_proxy.stream`.

`streaming_runtime` calls it. Where that has not taken the place of Lambda's own runtime, as with an
image that knows no wrapper scripts, it answers in one piece. There is no tracer: a segment would
be over before the stream is.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit

from agent_proxy.streamed import Streamed
from agent_proxy.telemetry import logger, metrics

if TYPE_CHECKING:
    from types import ModuleType

    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def stream() -> "ModuleType":
    """Load what answers with the first request, as `app` does."""
    from agent_proxy import stream as answering  # noqa: PLC0415  # see petstore.app

    return answering


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_REST, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> Streamed | dict[str, Any]:
    """Enter from API Gateway (REST, proxy integration, response streaming)."""
    metrics.add_metric(name="Request", unit=MetricUnit.Count, value=1)
    answer: Streamed = stream().answer(event, context)
    return answer if getattr(context, "streams", False) else answer.whole()
