"""What a candidate set of policies would have said to calls that were decided before."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import cedarpy

from policy.cedar import entities, foresee
from policy.errors import SchemaMismatch
from policy.index import Index
from policy.kept import Kept
from policy.model import Policy, ToolSchema
from policy.records import Record
from policy.schema import context_of
from policy.statement import check_statement
from policy.trees import handle
from policy.types import RecordOf, input_type
from policy.unknowns import Unknown

Verdict = Literal["ALLOW", "DENY", "UNKNOWN"]

_SETS_KEPT: Final = 256
_NO_TENANT: Final = "(no tenant)"


class Candidate:
    """Policies that are to replace others. Those with LOG_ONLY of their own decide nothing."""

    def __init__(
        self, policies: Sequence[Policy], gateway_arn: str, tools: Sequence[ToolSchema]
    ) -> None:
        """Take the policies, with the gateway they are about, and its tools."""
        nodes = {p.policy_id: check_statement(p.statement).node for p in policies if p.enforced}
        self._gateway_arn = gateway_arn
        self._index = Index(nodes, gateway_arn)
        self._inputs = {tool.name: input_type(tool.input_schema) for tool in tools}
        self._sets = Kept[tuple[object, ...], cedarpy.PolicySet](_SETS_KEPT)

    def verdict(self, record: Record) -> Verdict:
        """Decide a recorded call again; UNKNOWN where that takes what the record does not hold."""
        input_ = self._inputs.get(record.tool)
        if input_ is None:
            return "UNKNOWN"
        try:
            context = context_of(input_, record.input or {}, record.time)
        except SchemaMismatch:
            return "DENY"
        principal = record.principal.principal()
        known = entities(principal, record.tool)
        found = foresee(self._policies(record, input_), known, principal, record.tool, context)
        return "UNKNOWN" if found is None else "ALLOW" if found else "DENY"

    def _policies(self, record: Record, input_: RecordOf) -> cedarpy.PolicySet:
        tags, inputs = frozenset(record.principal.tags), frozenset(record.input or ())
        has_tags = record.principal.kind == "OAuthUser"
        unknown = Unknown(
            self._gateway_arn,
            is_tag=lambda name: has_tags and name not in tags,
            is_input=lambda name: _misses(inputs, input_, name),
        )
        key = (record.tool, has_tags, tags, inputs)
        return self._sets.get(
            key,
            lambda: handle(
                {p.policy_id: unknown.left_open(p.node) for p in self._index.on(record.tool)}
            ),
        )


@dataclass
class Tally:
    """Calls of one tenant to one tool, by what was recorded and what the candidate says."""

    counts: Counter[tuple[str, Verdict]] = field(default_factory=Counter)

    @property
    def calls(self) -> int:
        """Return how many calls there were."""
        return self.counts.total()

    def denied(self) -> int:
        """Return how many the candidate denies."""
        return sum(n for (_, verdict), n in self.counts.items() if verdict == "DENY")

    def newly_denied(self) -> int:
        """Return how many were allowed and would be no more."""
        return self.counts["ALLOW", "DENY"]

    def newly_allowed(self) -> int:
        """Return how many were denied and would be allowed."""
        return self.counts["DENY", "ALLOW"]

    def unknown(self) -> int:
        """Return how many the records say too little about."""
        return sum(n for (_, verdict), n in self.counts.items() if verdict == "UNKNOWN")

    def lost(self) -> int:
        """Return how many were allowed and would be denied, or might be."""
        return self.newly_denied() + self.counts["ALLOW", "UNKNOWN"]


type Report = Mapping[tuple[str, str], Tally]
"""By tenant and tool."""


def replay(records: Iterable[Record], candidate_of: Mapping[str, Candidate]) -> Report:
    """Decide every record again, by the candidate of its gateway."""
    report: dict[tuple[str, str], Tally] = {}
    for record in records:
        tenant = record.principal.tags.get("tenant") or _NO_TENANT
        tally = report.setdefault((tenant, record.tool), Tally())
        tally.counts[record.decision, candidate_of[record.gateway].verdict(record)] += 1
    return dict(sorted(report.items()))


def lines(report: Report) -> Iterator[str]:
    """Yield the report to read."""
    heads = ("tenant", "tool", "calls", "denied", "newly denied", "newly allowed", "UNKNOWN")
    yield _line(heads)
    for (tenant, tool), t in report.items():
        counted = (t.calls, t.denied(), t.newly_denied(), t.newly_allowed(), t.unknown())
        yield _line((tenant, tool, *counted))
    calls = sum(tally.calls for tally in report.values())
    lost = sum(tally.lost() for tally in report.values())
    yield f"{calls} calls, {lost} allowed ones would be denied, or might be"


def _line(cells: Sequence[str | int]) -> str:
    return "{:14}  {:31} {:>6} {:>7} {:>13} {:>14} {:>8}".format(*cells)


def _misses(inputs: frozenset[str], input_: RecordOf, name: str | None) -> bool:
    """Tell whether a record lacks an argument, or one of all. Undeclared ones never are there."""
    if name is None:
        return not inputs.issuperset(input_.members)
    return name in input_.members and name not in inputs
