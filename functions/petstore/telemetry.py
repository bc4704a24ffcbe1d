"""The function's one logger, its metrics and its tracer."""

from aws_lambda_powertools import Logger, Metrics, Tracer

logger, metrics, tracer = Logger(), Metrics(), Tracer()
