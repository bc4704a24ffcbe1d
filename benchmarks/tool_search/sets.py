"""The tools and the questions that tool search is measured with.

`tuning.json` is what scoring was chosen with. `frozen.json`, of other teams' tools, was written
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
TUNING, FROZEN = "tuning", "frozen"
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
    """Return one of the sets, TUNING or FROZEN."""
    document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    tools = [
        ListedTool(one["name"], one["description"], one["inputSchema"]) for one in document["tools"]
    ]
    return QuestionSet(tools, [Question(**one) for one in document["questions"]])
