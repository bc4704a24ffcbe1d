"""The function's one logger and its tracer. API Gateway counts its requests and faults already."""

from typing import Final

from aws_lambda_powertools import Logger, Tracer

SERVICE: Final = "internal-api"

logger = Logger(service=SERVICE)
tracer = Tracer(service=SERVICE)
