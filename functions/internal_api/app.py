"""The internal API's function: logging and tracing around `internal_api.api`."""

from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import correlation_paths

from internal_api.telemetry import logger, tracer

if TYPE_CHECKING:
    from types import ModuleType

    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def api() -> "ModuleType":
    """Load the routes with the first request, as `petstore.app` does and for the same reason."""
    from internal_api import api as routes  # noqa: PLC0415  # the reason is above

    return routes


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_REST, clear_state=True
)
@tracer.capture_lambda_handler(capture_response=False)
def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Enter from API Gateway (REST, proxy integration)."""
    answer: dict[str, Any] = api().app.resolve(event, context)
    return answer
