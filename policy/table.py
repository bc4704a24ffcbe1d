"""Run a table of cases against policies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from policy.decider import Decider
from policy.files import Case
from policy.model import Decision


@dataclass(frozen=True)
class Outcome:
    """A case and what the policies said."""

    case: Case
    decision: Decision

    @property
    def passed(self) -> bool:
        """Tell whether decision and deciding policies are the expected, and none failed."""
        return (
            self.decision.allowed == (self.case.expect == "ALLOW")
            and sorted(self.decision.determining) == sorted(self.case.by)
            and not self.decision.errors
        )


def run(decider: Decider, cases: Sequence[Case], now: datetime) -> Iterator[Outcome]:
    """Decide every case.

    Raises:
        UnknownTool: a case is about a tool there is not.
    """
    for case in cases:
        yield Outcome(case, decider.decide(case.principal(), case.tool, case.arguments, now))


def lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the table to read, with what was expected beside what is not."""
    for outcome in outcomes:
        mark = "ok  " if outcome.passed else "FAIL"
        yield f"{mark}  {_said(outcome.decision)}  {outcome.case.name}"
        if not outcome.passed:
            by = ", ".join(outcome.case.by) or "no policy"
            yield f"      expected {outcome.case.expect} by {by}"
        yield from (f"      {error}" for error in outcome.decision.errors)
    failed = sum(not each.passed for each in outcomes)
    yield f"{len(outcomes)} cases, {failed} failed"


def _said(decision: Decision) -> str:
    verb = "ALLOW" if decision.allowed else "DENY"
    return f"{verb:5}  {', '.join(decision.determining) or '-':42}"
