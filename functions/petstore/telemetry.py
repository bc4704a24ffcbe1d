"""The function's one logger, its metrics and its tracer."""

from typing import Final

from aws_lambda_powertools import Logger, Metrics, Tracer

SERVICE: Final = "petstore"

logger = Logger(service=SERVICE)
metrics = Metrics(namespace="PetStore", service=SERVICE)
tracer = Tracer(service=SERVICE)
