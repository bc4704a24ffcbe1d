"""Decisions as they are logged: one JSON object a line.

A record holds the tags and arguments that the policies of the time mentioned, and no others.
One that the call did not have is null: it is known to be absent, which is not the same as not
being on record.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from policy.errors import UnreadableFile
from policy.model import JsonObject, Principal, PrincipalKind, References


class Caller(BaseModel):
    """Who called. `tags` are those on record."""

    model_config = ConfigDict(frozen=True)

    kind: PrincipalKind
    id: str
    tags: Mapping[str, str | None] = {}

    def principal(self) -> Principal:
        """Return the caller with the tags that it is known to have."""
        has = {name: value for name, value in self.tags.items() if value is not None}
        return Principal(self.kind, self.id, has)


class Record(BaseModel):
    """One decision. Members that are not named here are not looked at.

    `input` is None where it was too long to be kept.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    time: AwareDatetime
    gateway: str
    principal: Caller
    tool: str
    input: JsonObject | None
    decision: Literal["ALLOW", "DENY"]
    mode: Literal["ENFORCE", "LOG_ONLY"]
    determining: tuple[str, ...] = Field(default=(), alias="determiningPolicies")
    reason: str = ""


def read_records(lines: Iterable[str]) -> Iterator[Record]:
    """Yield the records of a log.

    Raises:
        UnreadableFile: a line is no record. The message names line and members, no values.
    """
    for number, line in enumerate(lines, start=1):
        try:
            yield Record.model_validate_json(line)
        except ValidationError as error:
            wrong = ", ".join(".".join(map(str, e["loc"])) or "JSON" for e in error.errors())
            raise UnreadableFile(f"line {number} is no decision: {wrong}") from error


def recorded_tags(principal: Principal, references: References) -> dict[str, str | None]:
    """Return the tags to record: those the policies mention, null where the caller has none."""
    if principal.kind == "IamEntity":
        return {}
    if references.every_tag:
        return {**dict.fromkeys(references.tags), **principal.tags}
    return {name: principal.tags.get(name) for name in sorted(references.tags)}


def recorded_input(tool: str, arguments: Mapping[str, Any], references: References) -> JsonObject:
    """Return the arguments to record: those the policies mention, null where there is none."""
    return {name: arguments.get(name) for name in sorted(references.inputs.get(tool, ()))}
