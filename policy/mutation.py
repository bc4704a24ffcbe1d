"""Let a table try to tell mutants from the policies it was written for."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from policy.decider import Decider
from policy.files import Case
from policy.index import Index
from policy.model import Policy, ToolSchema
from policy.mutants import Mutant, mutants
from policy.statement import check_statement
from policy.table import run


def survivors(
    policies: Sequence[Policy],
    gateway_arn: str,
    tools: Sequence[ToolSchema],
    cases: Sequence[Case],
    now: datetime,
) -> Iterator[tuple[Mutant, bool]]:
    """Yield every mutant, and whether the table did not notice it."""
    for mutant in mutants(policies):
        decider = Decider(mutant.policies, gateway_arn, tools)
        yield mutant, all(outcome.passed for outcome in run(decider, cases, now))


def unproved(policies: Sequence[Policy], gateway_arn: str, cases: Sequence[Case]) -> Iterator[str]:
    """Yield what the table lacks: for each permit a case it allows, and a neighbour it does not.

    A neighbour is a denied call of a tool that the policy is about.
    """
    for policy in policies:
        node = check_statement(policy.statement).node
        if node.effect != "permit":
            continue
        index = Index({policy.policy_id: node}, gateway_arn)
        allowed = [c for c in cases if c.expect == "ALLOW" and policy.policy_id in c.by]
        denied = [c for c in cases if c.expect == "DENY" and any(index.on(c.tool))]
        if not allowed:
            yield f"{policy.name}: no case that it allows"
        if not denied:
            yield f"{policy.name}: no case of its tools that is denied"
