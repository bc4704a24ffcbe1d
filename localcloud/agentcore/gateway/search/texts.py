"""What search reads of a tool.

The sentence model reads the target's name, the tool's name and its description. Words are looked
for in those, and in the names and descriptions of its parameters.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from localcloud.agentcore.model import TOOL_NAME_SEPARATOR, JsonObject

MAX_TEXTS = 200
"""Names and descriptions of parameters that are looked at, those of nested objects included."""

_JOINTS = re.compile(r"[_\-]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True)
class ToolText:
    """What is read of a tool: its spaced name, a sentence for the model, text for its words."""

    name: str
    sentence: str
    words: str


def text_of(name: str, description: str, schema: JsonObject) -> ToolText:
    """Return what is read of a tool; `name` is the full one, `schema` that of its input."""
    target, _, tool = name.partition(TOOL_NAME_SEPARATOR)
    sentence = f"{spaced(target)}: {spaced(tool)}. {description}"
    words = " ".join([sentence, *islice(_parameters(schema), MAX_TEXTS)])
    return ToolText(spaced(tool), sentence, words)


def spaced(identifier: str) -> str:
    """Put spaces into `maxPriceCents`, `max_price_cents` or `CRMTools`, all in lower case."""
    return _JOINTS.sub(" ", identifier).strip().lower()


def _parameters(schema: JsonObject) -> Iterator[str]:
    for name, each in _properties(schema).items():
        yield spaced(name)
        for part in (each, each.get("items")) if isinstance(each, dict) else ():
            if isinstance(part, dict):
                yield from _described(part)
                yield from _parameters(part)


def _properties(schema: JsonObject) -> dict[str, Any]:
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def _described(schema: JsonObject) -> Iterator[str]:
    if isinstance(description := schema.get("description"), str):
        yield description
