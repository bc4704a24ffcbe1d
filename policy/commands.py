"""The commands, each with all it needs as arguments. They return whether all is well."""

from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

from policy import replay as replays
from policy import table
from policy.decider import Decider
from policy.errors import NotPromoted, UnreadableFile
from policy.files import ANY_GATEWAY_ARN, read_cases, read_policies, read_tools
from policy.model import Policy
from policy.mutation import survivors, unproved
from policy.promotion import ControlPlane, Promotion
from policy.records import Record, read_records
from policy.replay import Candidate


def test(asked: Namespace, out: TextIO, now: datetime) -> bool:
    """Run the table."""
    return _tested(asked, read_policies(asked.policies), ANY_GATEWAY_ARN, out, now)


def mutate(asked: Namespace, out: TextIO, now: datetime) -> bool:
    """Run the table on every mutant, and name those it does not notice."""
    policies, cases = read_policies(asked.policies), read_cases(asked.cases)
    lacking = list(unproved(policies, ANY_GATEWAY_ARN, cases))
    tried = list(survivors(policies, ANY_GATEWAY_ARN, read_tools(asked.tools), cases, now))
    alive = [mutant for mutant, survives in tried if survives]
    _say(out, lacking)
    _say(out, (f"survives  {mutant.policy}: {mutant.change}" for mutant in alive))
    _say(out, [f"{len(tried)} mutants, {len(alive)} survive"])
    return not alive and not lacking


def replay(asked: Namespace, out: TextIO) -> bool:
    """Show what the candidate would say. It is well if no allowed call is lost."""
    records = _records(asked.log)
    tools = read_tools(asked.tools)
    candidates = {
        arn: Candidate(read_policies(asked.policies, arn), arn, tools)
        for arn in {record.gateway for record in records}
    }
    report = replays.replay(records, candidates)
    _say(out, replays.lines(report))
    return not any(tally.lost() for tally in report.values())


def promote(
    asked: Namespace,
    out: TextIO,
    now: datetime,
    control: ControlPlane,
    wait: Callable[[float], object],
) -> bool:
    """Enforce, if table and replay of the engine's own policies agree; or stop enforcing.

    Raises:
        NotPromoted: they do not, or the gateway does not become ready.
    """
    promotion = Promotion(control, asked.gateway_id)
    if not asked.back:
        _agree(asked, promotion, out, now)
    before, after = promotion.mode, "LOG_ONLY" if asked.back else "ENFORCE"
    promotion.switch("LOG_ONLY" if asked.back else "ENFORCE", wait)
    _say(out, [f"{asked.gateway_id}: {before} -> {after}"])
    return True


def _agree(asked: Namespace, promotion: Promotion, out: TextIO, now: datetime) -> None:
    policies, arn = promotion.policies(), promotion.gateway_arn
    if asked.log is None:
        raise NotPromoted("say with --log which decisions to replay")
    if not _tested(asked, policies, arn, out, now):
        raise NotPromoted("the table fails")
    records = [each for each in _records(asked.log) if each.gateway == arn]
    if not records:
        raise NotPromoted("the log holds no decision of this gateway")
    candidate = Candidate(policies, arn, read_tools(asked.tools))
    report = replays.replay(records, {arn: candidate})
    _say(out, replays.lines(report))
    if any(tally.lost() for tally in report.values()) and not asked.accept:
        raise NotPromoted("calls that were allowed would be denied, or might be (--accept)")


def _tested(
    asked: Namespace, policies: Sequence[Policy], arn: str, out: TextIO, now: datetime
) -> bool:
    decider = Decider(policies, arn, read_tools(asked.tools))
    outcomes = list(table.run(decider, read_cases(asked.cases), now))
    _say(out, table.lines(outcomes))
    return all(outcome.passed for outcome in outcomes)


def _records(path: Path) -> list[Record]:
    try:
        with path.open(encoding="utf-8") as log:
            return list(read_records(log))
    except OSError as error:
        raise UnreadableFile(f"{path}: {error.strerror}") from error


def _say(out: TextIO, lines: Iterable[str]) -> None:
    out.writelines(f"{line}\n" for line in lines)
