"""An empty handler with Powertools' Logger and Tracer."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer

logger, tracer = Logger(), Tracer()


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def lambda_handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Do nothing."""
    return {}
