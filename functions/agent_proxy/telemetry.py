"""The functions' one logger, their metrics and the tracer."""

from typing import Final

from aws_lambda_powertools import Logger, Metrics, Tracer

SERVICE: Final = "agent-proxy"

logger = Logger(service=SERVICE)
metrics = Metrics(namespace="AgentProxy", service=SERVICE)
tracer = Tracer(service=SERVICE)
