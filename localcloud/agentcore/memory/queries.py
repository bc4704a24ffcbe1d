"""Which events of a session to list, and how SQL says it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """Events of one branch, up to one of them if `until` is given."""

    branch: str
    until: str | None = None


@dataclass(frozen=True)
class Condition:
    """What an event's metadata must hold: `key`, and with this value unless it is None.

    With `absent` it must not hold the key.
    """

    key: str
    value: str | None = None
    absent: bool = False


@dataclass(frozen=True)
class EventQuery:
    """Which events of a session to list, newest first. `before` is an event id; no spans: all."""

    limit: int
    payloads: bool = True
    spans: tuple[Span, ...] = ()
    conditions: tuple[Condition, ...] = ()
    before: str | None = None


def clauses_of(query: EventQuery) -> tuple[list[str], list[str]]:
    """Return the SQL clauses of a query, and the values of their placeholders in order."""
    clauses: list[str] = []
    values: list[str] = []
    if query.before is not None:
        clauses.append("event_id < ?")
        values.append(query.before)
    if query.spans:
        spans = [_span(span) for span in query.spans]
        clauses.append(f"({' OR '.join(clause for clause, _ in spans)})")
        values.extend(value for _, given in spans for value in given)
    for condition in query.conditions:
        clause, given = _condition(condition)
        clauses.append(clause)
        values.extend(given)
    return clauses, values


def _span(span: Span) -> tuple[str, tuple[str, ...]]:
    if span.until is None:
        return "branch = ?", (span.branch,)
    return "branch = ? AND event_id <= ?", (span.branch, span.until)


def _condition(condition: Condition) -> tuple[str, tuple[str, ...]]:
    found = "EXISTS (SELECT 1 FROM json_each(metadata) WHERE key = ?"
    if condition.value is not None:
        return f"{found} AND value = ?)", (condition.key, condition.value)
    return f"{'NOT ' if condition.absent else ''}{found})", (condition.key,)
