"""What a policy decision costs: cedarpy on text, on a parsed set, and the decider's slices."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count
from statistics import median

import cedarpy

from benchmarks.effort import Effort
from benchmarks.measure import interleaved
from benchmarks.report import Row, Section, met
from policy.cedar import entities
from policy.decider import Decider
from policy.model import JsonObject, Policy, Principal, ToolSchema
from policy.schema import request_context
from policy.statement import check_statement
from policy.trees import handle

SIZES = (1, 200, 1000)
AIM = 0.25
CALLS = {"text": 5, "parsed": 50, "ours": 200, "ours, another caller each time": 200}
"""Calls of one measurement: as many as take some milliseconds."""

GATEWAY = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/bench-0123456789"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
TOOL = ToolSchema(
    "CRMTools___create_case",
    {"type": "object", "properties": {"priority": {"type": "string"}}, "required": ["priority"]},
)
OTHERS = tuple(ToolSchema(f"CRMTools___tool_{n}", {}) for n in range(3))
ARGUMENTS: JsonObject = {"priority": "Low"}


class NotTheSame(Exception):
    """Two ways to decide do not agree: nothing is measured."""


def sections(effort: Effort) -> Iterator[Section]:
    """Measure everything here."""
    rows = [row for size in SIZES for row in _rows(size, effort.decision_rounds)]
    yield Section(
        "policy-decisions",
        "Policy decisions, as a share of cedarpy on a parsed set",
        rows,
        aim=f"at {SIZES[-1]} policies at most {AIM}",
    )


def policies(size: int) -> list[Policy]:
    """Return policies of tenants: five each, of which two permit and one forbids this tool."""
    return [
        Policy(f"policy-{n}", f"policy_{n}", _statement(tenant=n // 5, kind=n % 5))
        for n in range(size)
    ]


def _statement(*, tenant: int, kind: int) -> str:
    tool = TOOL.name if kind < 3 else OTHERS[kind - 2].name
    effect = "forbid" if kind == 1 else "permit"
    also = ' && context.input has priority && context.input.priority == "Critical"'
    return f"""{effect}(
        principal is AgentCore::OAuthUser,
        action in [AgentCore::Action::"{tool}", AgentCore::Action::"{OTHERS[0].name}"],
        resource == AgentCore::Gateway::"{GATEWAY}"
    ) when {{
        principal.hasTag("tenant") && principal.getTag("tenant") == "tenant-{tenant}"
        {also if kind == 1 else ""}
    }};"""


@dataclass(frozen=True)
class Plain:
    """cedarpy, given all that can be made ready before a call: caller, request, context."""

    policies: str | cedarpy.PolicySet
    known: cedarpy.Entities
    request: JsonObject

    def __call__(self) -> tuple[bool, int]:
        """Decide once; return the decision and how many policies made it."""
        result = cedarpy.is_authorized(self.request, self.policies, self.known)
        return result.allowed, len(result.diagnostics.reasons)


@dataclass(frozen=True)
class Ours:
    """The decider, from a caller and plain arguments on."""

    decider: Decider
    callers: Iterator[Principal]

    def __call__(self) -> tuple[bool, int]:
        """Decide once; return the decision and how many policies made it."""
        decision = self.decider.decide(next(self.callers), TOOL.name, ARGUMENTS, NOW)
        return decision.allowed, len(decision.determining)


def subjects(size: int) -> Mapping[str, Callable[[], tuple[bool, int]]]:
    """Return every way to decide, of which all agree.

    Raises:
        NotTheSame: they do not.
    """
    made = policies(size)
    tags = {"tenant": f"tenant-{(size - 1) // 10}", "role": "agent", "email": "ada@example.com"}
    caller = Principal("OAuthUser", "ada", tags)
    known, request = entities(caller, TOOL.name), _request(caller)
    nodes = {each.policy_id: check_statement(each.statement).node for each in made}
    decider = Decider(made, GATEWAY, [TOOL, *OTHERS])
    others = (Principal("OAuthUser", f"user-{n}", tags) for n in count())
    found: dict[str, Callable[[], tuple[bool, int]]] = {
        "text": Plain("\n".join(each.statement for each in made), known, request),
        "parsed": Plain(handle(nodes), known, request),
        "ours": Ours(decider, iter(lambda: caller, None)),
        "ours, another caller each time": Ours(decider, others),
    }
    answers = {name: subject() for name, subject in found.items()}
    if len(set(answers.values())) != 1:
        raise NotTheSame(f"at {size} policies: {answers}")
    return found


def _request(caller: Principal) -> JsonObject:
    return {
        "principal": {"type": f"AgentCore::{caller.kind}", "id": caller.id},
        "action": {"type": "AgentCore::Action", "id": TOOL.name},
        "resource": {"type": "AgentCore::Gateway", "id": GATEWAY},
        "context": request_context(TOOL, ARGUMENTS, NOW),
    }


def _rows(size: int, rounds: int) -> Iterator[Row]:
    ways = {name: partial(_one_us, way, CALLS[name]) for name, way in subjects(size).items()}
    costs = {name: median(found) for name, found in interleaved(ways, rounds=rounds).items()}
    for name, cost_us in costs.items():
        share = cost_us / costs["parsed"]
        aimed = size == SIZES[-1] and name.startswith("ours")
        yield {
            "policies": size,
            "decided by": name,
            "us": cost_us,
            "to parsed": share,
            "met": met(share, at_most=AIM) if aimed else "",
        }


def _one_us(decide: Callable[[], object], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        decide()
    return (time.perf_counter() - start) / calls * 1e6
