"""The tools and the questions that tool search is measured with.

`tuning.json` is what the first scoring was chosen with, and both it and `development.json`, of more
and other teams, what the model's adapter was. `frozen.json`, of other teams again, was written
before anything was scored, and has not been changed since its scores were seen.

Each tool that is asked for is asked for twice, by two kinds of callers:

agent    words the task at hand: "identify a client from their telephone number"
person   says what is the matter: "who is behind the phone number +1 555 0134?"
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
TUNING, DEVELOPMENT, FROZEN = ALL = ("tuning", "development", "frozen")
AGENT, PERSON = "agent", "person"
KINDS = (AGENT, PERSON)


@dataclass(frozen=True)
class ListedTool:
    """A tool as a gateway lists it; `name` is the full one."""

    name: str
    description: str
    schema: dict[str, Any]


@dataclass(frozen=True)
class Question:
    """What somebody asks, and the tool that is needed."""

    kind: str
    query: str
    tool: str


@dataclass(frozen=True)
class QuestionSet:
    """A gateway's tools, and questions about them."""

    tools: Sequence[ListedTool]
    questions: Sequence[Question]


def read(name: str) -> QuestionSet:
    """Return one of ALL the sets."""
    document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    tools = [
        ListedTool(one["name"], one["description"], one["inputSchema"]) for one in document["tools"]
    ]
    return QuestionSet(tools, [Question(**one) for one in document["questions"]])
