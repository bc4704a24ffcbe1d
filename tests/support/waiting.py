"""Waiting for a cloud with botocore's own waiters, which are bounded."""

from typing import Any

from botocore.waiter import WaiterModel, create_waiter_with_client


def wait(client: Any, operation: str, argument: str, expected: object, **call: str) -> None:  # noqa: ANN401
    """Wait until the answer to an operation has a value, asking every second for two minutes."""
    reached = {
        "matcher": "path",
        "argument": argument,
        "expected": expected,
        "state": "success",
    }
    waiter = {"operation": operation, "delay": 1, "maxAttempts": 120, "acceptors": [reached]}
    model = WaiterModel({"version": 2, "waiters": {"Reached": waiter}})
    create_waiter_with_client("Reached", model, client).wait(**call)
