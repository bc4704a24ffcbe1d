"""What a policy lets an AWS service do: trust policies of roles, resource policies of functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator


@dataclass(frozen=True)
class ServiceCall:
    """An AWS service acting for a resource of an account."""

    service: str
    """Service principal, such as `apigateway.amazonaws.com`."""
    action: str
    resource: str
    source_arn: str
    account_id: str
    region: str


def is_granted(policy: Mapping[str, Any], call: ServiceCall) -> bool:
    """Tell whether a policy document lets a service make a call: allowed, and never denied."""
    statements = policy.get("Statement", [])
    if isinstance(statements, dict):
        statements = [statements]
    return {s["Effect"] for s in _matching(statements, call)} == {"Allow"}


def _matching(statements: Iterable[dict[str, Any]], call: ServiceCall) -> list[dict[str, Any]]:
    context = iam_evaluator.EvalContext(
        principal_arn=call.service,
        principal_type="Service",
        principal_account=call.account_id,
        action=call.action,
        resource_arn=call.resource,
        region=call.region,
        service_context={"aws:sourcearn": call.source_arn, "aws:sourceaccount": call.account_id},
    )
    return [
        statement
        for statement in statements
        if iam_evaluator._action_matches(call.action, _as_list(statement.get("Action")), [])
        and iam_evaluator._service_principal_matches(statement.get("Principal"), call.service)
        and iam_evaluator._conditions_met(statement.get("Condition") or {}, context)
    ]


def _as_list(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])
