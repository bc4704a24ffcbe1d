"""What can go wrong while a request is given to a team. Each class is one reason, `code` is stable.

RoutingError
├── TeamsUnreadable   the shipped description of teams is missing, or does not fit its vectors
└── ChoiceUnusable    the language model's choice is no choice
"""

from __future__ import annotations

from typing import ClassVar


class RoutingError(Exception):
    """An expected failure, with a message for people."""

    code: ClassVar[str] = "routing-error"


class TeamsUnreadable(RoutingError):
    """The package is incomplete: `python -m request_routing.build_index` makes it whole."""

    code = "teams-unreadable"


class ChoiceUnusable(RoutingError):
    """The language model names no team that there is, or answers in another form."""

    code = "choice-unusable"
