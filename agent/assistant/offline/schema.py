"""A bound tool as the router sees it: words, and parameters out of its JSON schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assistant.offline.words import split_identifier, stem, vocabulary, word_set

# A gateway joins the target's and the operation's name with this.
SEPARATOR = "___"
_GLUE = word_set("a all an and by for from id in of one or the to with")


@dataclass(frozen=True)
class Parameter:
    """One argument a tool takes.

    Attributes:
        words: the name cut into lower-case words.
        type: the JSON schema type, `string` if the schema names none.
        choices: the values of an `enum`, as strings; empty if there is none.
        pattern: the schema's, if Python can read it.
    """

    name: str
    words: tuple[str, ...]
    type: str
    required: bool
    choices: tuple[str, ...]
    pattern: re.Pattern[str] | None
    description: str

    @property
    def label(self) -> str:
        """The name as people say it: `pet id` for `petId`, `price` for `priceCents`."""
        return " ".join(word for word in self.words if word != "cents")


@dataclass(frozen=True)
class ToolCard:
    """One tool: its full name, the words of its operation, and what it takes."""

    name: str
    words: tuple[str, ...]
    description: str
    parameters: tuple[Parameter, ...]

    @property
    def verb(self) -> str:
        """What it does, by the first word of the operation: `list` for `ListPets`."""
        return self.words[0] if self.words else ""

    @cached_property
    def nouns(self) -> frozenset[str]:
        """Stems of what it does it to: `pet` for `GetPetById`."""
        return frozenset(stem(word) for word in self.words[1:] if word not in _GLUE)

    @cached_property
    def label(self) -> str:
        """The operation as people say it: `get pet by id`."""
        return " ".join(self.words)

    @cached_property
    def document(self) -> str:
        """Every word there is about the tool, for the similarity."""
        parts = [self.label, self.description]
        for one in self.parameters:
            parts += [*one.words, *one.choices, one.description]
        return " ".join(parts)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The stems of `document`."""
        return vocabulary(self.document)


def read_card(function: Mapping[str, Any]) -> ToolCard:
    """Read a tool in the OpenAI form: `name`, `description`, `parameters` (a JSON schema)."""
    name = function["name"]
    schema = function.get("parameters") or {}
    required = frozenset(schema.get("required", ()))
    return ToolCard(
        name=name,
        words=split_identifier(name.rpartition(SEPARATOR)[2]),
        description=function.get("description") or "",
        parameters=tuple(
            _parameter(key, value, required=key in required)
            for key, value in schema.get("properties", {}).items()
        ),
    )


def _parameter(name: str, schema: Mapping[str, Any], *, required: bool) -> Parameter:
    return Parameter(
        name=name,
        words=split_identifier(name),
        type=_type(schema),
        required=required,
        choices=tuple(str(one) for one in schema.get("enum", ())),
        pattern=_pattern(schema.get("pattern")),
        description=schema.get("description") or "",
    )


def _type(schema: Mapping[str, Any]) -> str:
    """Return the first type that is not null, of `type` or of what `anyOf` offers."""
    found = schema.get("type") or [one.get("type") for one in schema.get("anyOf", ())]
    several = [found] if isinstance(found, str) else found
    return next((one for one in several if one and one != "null"), "string")


def _pattern(text: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(text.removeprefix("^").removesuffix("$")) if text else None
    except re.error:  # written for another dialect: the gateway still checks it
        return None
