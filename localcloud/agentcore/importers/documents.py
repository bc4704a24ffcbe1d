"""From text to the values JSON knows, whatever the text.

YAML can do harm before it is a value: text that is nested deeply ends the process inside libyaml,
and a few aliases of aliases unfold to more than a machine holds. So its events are looked at first.
OpenAPI takes of YAML what JSON has, which leaves out merge keys and tags of other types.

Sources: OpenAPI 3.1, format; YAML 1.2, JSON schema; RFC 8259 (numbers are finite).
"""

import math
from typing import Any, Final

import yaml
from pydantic_core import from_json

from localcloud.agentcore.ports import ImportFailed

MAX_DEPTH: Final = 200
"""Lists and objects inside each other; the parser of JSON takes as many."""

MAX_ALIASED: Final = 100_000
"""Nodes that all aliases of a document may stand for."""

_MERGE: Final = "tag:yaml.org,2002:merge"
_STRING: Final = "tag:yaml.org,2002:str"


class _JsonLikeLoader(yaml.CSafeLoader):
    """YAML as JSON knows it: a date stays a string, and so does every key, such as `200`."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        for key, _ in node.value:
            if key.tag == _MERGE:
                raise ImportFailed("Merge keys of YAML are not supported.")
            if isinstance(key, yaml.ScalarNode):
                key.tag = _STRING
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return made


_JsonLikeLoader.yaml_implicit_resolvers = {
    first: [(tag, expression) for tag, expression in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def parse_json(text: bytes) -> object:
    """Parse JSON.

    Raises:
        ImportFailed: it is not JSON.
    """
    try:
        parsed: object = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise ImportFailed("The document is not valid JSON.") from error
    return _plain(parsed)


def parse_json_or_yaml(text: bytes) -> object:
    """Parse JSON, or YAML where it is not.

    Raises:
        ImportFailed: it is neither, or YAML that is more than JSON, or unfolds to too much.
    """
    if text.lstrip().startswith(b"{"):
        return parse_json(text)
    try:
        _Bounds().check(text)
        return _plain(yaml.load(text, _JsonLikeLoader))  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError) as error:
        raise ImportFailed("The document is neither valid JSON nor valid YAML.") from error


class _Bounds:
    """How deep a YAML document is, and how much its aliases stand for."""

    def __init__(self) -> None:
        self._open: list[tuple[str | None, int]] = []  # anchor, and nodes before it
        self._sizes: dict[str, int] = {}
        self._nodes = 0
        self._aliased = 0

    def check(self, text: bytes) -> None:
        for event in yaml.parse(text, yaml.CSafeLoader):
            if isinstance(event, yaml.AliasEvent):
                self._alias(str(event.anchor))
            elif isinstance(event, yaml.CollectionStartEvent):
                self._open.append((event.anchor, self._nodes))
                self._nodes += 1
                if len(self._open) > MAX_DEPTH:
                    raise ImportFailed("The document is nested too deeply.")
            elif isinstance(event, yaml.CollectionEndEvent):
                anchor, before = self._open.pop()
                self._keep(anchor, self._nodes - before)
            elif isinstance(event, yaml.ScalarEvent):
                self._nodes += 1
                self._keep(event.anchor, 1)

    def _keep(self, anchor: str | None, size: int) -> None:
        if anchor is not None:
            self._sizes[anchor] = size

    def _alias(self, anchor: str) -> None:
        if anchor in {opened for opened, _ in self._open}:
            raise ImportFailed(f"The alias *{anchor} is inside of what it stands for.")
        size = self._sizes.get(anchor, 0)
        self._nodes += size
        self._aliased += size
        if self._aliased > MAX_ALIASED:
            raise ImportFailed(f"The document's aliases stand for more than {MAX_ALIASED} nodes.")


def _plain(document: object) -> object:
    """Return a document that holds nothing JSON does not know."""
    left = [document]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += value.values()
        elif isinstance(value, list):
            left += value
        elif isinstance(value, float) and not math.isfinite(value):
            raise ImportFailed("The document holds a number that is not finite.")
        elif not isinstance(value, str | int | float | None):
            raise ImportFailed(f"The document holds a value of type {type(value).__name__}.")
    return document
