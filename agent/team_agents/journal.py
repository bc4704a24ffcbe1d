"""What an agent has done for one request, in order; it outlives a failure of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

type Kind = Literal["hand-over-check", "recall", "tool", "hand-over", "hand-over-taken", "store"]
type Outcome = Literal["ok", "none", "error", "denied", "failed"]
"""`denied`: by the gateway's policies. `failed`: the memory; the answer does without it."""


@dataclass(frozen=True)
class Action:
    """One thing that was done. `about` has JSON values."""

    kind: Kind
    outcome: Outcome
    about: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as callers see it."""
        return {"kind": self.kind, "outcome": self.outcome, **self.about}


@dataclass
class Journal:
    """The actions so far.

    Attributes:
        refused_case: the arguments of a Critical case that policies refused, until it is escalated.
        handed_over_to: the agent that goes on.
    """

    actions: list[Action] = field(default_factory=list)
    refused_case: Mapping[str, Any] | None = None
    handed_over_to: str | None = None

    def note(self, kind: Kind, outcome: Outcome, **about: Any) -> None:  # noqa: ANN401 - JSON
        """Write an action down."""
        self.actions.append(Action(kind, outcome, about))

    def failed(self, kind: Kind) -> bool:
        """Tell whether something of a kind has failed."""
        return any(one.kind == kind and one.outcome == "failed" for one in self.actions)

    def ends_here(self) -> bool:
        """Tell whether nothing is left for the model to say."""
        return self.handed_over_to is not None or self.refused_case is not None

    def tools(self) -> list[str]:
        """Return the tool calls with what came of them."""
        return [f"{one.about['name']} {one.outcome}" for one in self.actions if one.kind == "tool"]
