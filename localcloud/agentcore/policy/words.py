"""Which tool a phrase of plain language means, told by the words of names and descriptions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from localcloud.agentcore.model import TOOL_NAME_SEPARATOR, JsonObject

_ARTICLES: Final = frozenset({"a", "an", "any", "one", "some", "the", "their"})
_LINKS: Final = frozenset({"and", "by", "for", "from", "in", "of", "on", "or", "to", "up", "with"})
_ALL: Final = re.compile(r"(?:any|all|every|each)(?: of the)? tools?|anything|everything")
_LIST: Final = re.compile(r"\s*,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+")


class Untranslatable(Exception):
    """The text is in no form that is known. The message is a finding's description."""

    code = "Untranslatable"


@dataclass(frozen=True)
class GatewayTool:
    """A tool of a gateway; `name` has the target's prefix."""

    name: str
    description: str
    input_schema: JsonObject

    @property
    def bare_name(self) -> str:
        """Return the name without the target's prefix."""
        return self.name.partition(TOOL_NAME_SEPARATOR)[2]

    @property
    def words(self) -> frozenset[str]:
        """Return the words of name and description."""
        return content_words(self.bare_name) | content_words(self.description)

    @property
    def properties(self) -> Mapping[str, Any]:
        """Return the schemas of the arguments."""
        found: Mapping[str, Any] = self.input_schema.get("properties") or {}
        return found


def content_words(text: str) -> frozenset[str]:
    """Return the words that say something, in lower case and in the singular.

    `lookupCustomer`, `lookup_customer` and "look up customers" have the same words.
    """
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).lower().replace("look up", "lookup")
    words = re.findall(r"[a-z0-9]+", parted.replace("_", " "))
    return frozenset(_singular(word) for word in words if word not in _ARTICLES | _LINKS)


def tools_meant(phrase: str, tools: Sequence[GatewayTool]) -> tuple[GatewayTool, ...]:
    """Return the tools of a phrase, such as "create_case and look up customers"; () for all.

    Raises:
        Untranslatable: a part of it means no tool, or may mean more than one.
    """
    if _ALL.fullmatch(phrase.lower()):
        return ()
    whole = _matching(phrase, tools)
    if len(whole) == 1:
        return whole
    found = [_one(part, tools) for part in _LIST.split(phrase) if part]
    return _unique(found)


def _one(part: str, tools: Sequence[GatewayTool]) -> GatewayTool:
    found = _matching(part, tools)
    if not found:
        raise Untranslatable(f"No tool of the gateway is meant by '{part}'")
    if len(found) > 1:
        names = ", ".join(tool.name for tool in found)
        raise Untranslatable(f"'{part}' may mean any of {names}")
    return found[0]


def _matching(part: str, tools: Sequence[GatewayTool]) -> tuple[GatewayTool, ...]:
    """Return the tools named so; where none is, those in whose words all of the phrase's are."""
    named = tuple(tool for tool in tools if part in (tool.name, tool.bare_name))
    if named:
        return named
    words = content_words(part)
    own = tuple(tool for tool in tools if words and words == content_words(tool.bare_name))
    return own or tuple(tool for tool in tools if words and words <= tool.words)


def _unique(tools: Sequence[GatewayTool]) -> tuple[GatewayTool, ...]:
    return tuple({tool.name: tool for tool in tools}.values())


def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
