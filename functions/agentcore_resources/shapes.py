"""CloudFormation properties as parameters of an AWS operation, by botocore's model of it.

Properties mirror the API in PascalCase, and arrive with every number and boolean turned into a
string, because CloudFormation does that to custom resources. Walking the operation's input shape
undoes both, and finds what the operation does not know. Keys of maps are data and keep their case.

Enumerations, lengths and patterns are left to the service: it knows values that the botocore at
hand may not.
"""

from typing import TYPE_CHECKING, Any

from agentcore_resources.errors import BadProperties

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, Shape, StructureShape

BOOLEANS = {"true": True, "false": False}
NUMBERS = {"integer": int, "long": int, "float": float, "double": float}


def to_parameters(
    properties: dict[str, Any],
    shape: "StructureShape",
    *,
    path: str,
    given_elsewhere: frozenset[str],
) -> dict[str, Any]:
    """Convert one resource's properties to an operation's parameters.

    Args:
        properties: members in PascalCase, primitives possibly as strings.
        shape: the operation's input shape.
        path: where the properties are, such as `Targets[0]`; empty at the top.
        given_elsewhere: members (API names) that the template does not state: neither wanted
            here nor allowed.

    Raises:
        BadProperties: naming every property that is unknown, missing or of the wrong kind.
    """
    walk = _Walk()
    result = walk.structure(properties, shape, path, given_elsewhere)
    if walk.problems:
        raise BadProperties("; ".join(walk.problems))
    return result


class _Walk:
    """One conversion; collects what is wrong instead of stopping at the first."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def structure(
        self,
        value: dict[str, Any],
        shape: "StructureShape",
        path: str,
        given_elsewhere: frozenset[str] = frozenset(),
    ) -> dict[str, Any]:
        members = {_pascal(name): name for name in shape.members if name not in given_elsewhere}
        for name in value.keys() - members.keys():
            self.problems.append(f"{_join(path, name)}: unknown property")
        for name in set(shape.required_members) - given_elsewhere:
            if _pascal(name) not in value:
                self.problems.append(f"{_join(path, _pascal(name))}: required")
        if shape.is_tagged_union and len(value) != 1:
            one_of = ", ".join(sorted(members))
            self.problems.append(f"{path}: state exactly one of {one_of}")
        return {
            member: self.any(value[name], shape.members[member], _join(path, name))
            for name, member in members.items()
            if name in value
        }

    def any(self, value: Any, shape: "Shape", path: str) -> Any:  # noqa: ANN401 - JSON
        """Convert a value of whatever shape."""
        if getattr(shape, "is_document_type", False):
            return value
        kind = {"structure": dict, "map": dict, "list": list}.get(shape.type_name, str)
        if kind is str and isinstance(value, bool | int | float):
            value = str(value).lower() if isinstance(value, bool) else str(value)
        if not isinstance(value, kind):
            self.problems.append(f"{path}: expected a {_spoken(shape.type_name)}")
            return None
        convert = getattr(self, shape.type_name, self.primitive)
        return convert(value, shape, path)

    def list(self, value: list[Any], shape: "ListShape", path: str) -> list[Any]:
        """Convert each item."""
        return [self.any(item, shape.member, f"{path}[{i}]") for i, item in enumerate(value)]

    def map(self, value: dict[str, Any], shape: "MapShape", path: str) -> dict[str, Any]:
        """Convert each value; keys are data."""
        return {key: self.any(item, shape.value, _join(path, key)) for key, item in value.items()}

    def primitive(self, value: str, shape: "Shape", path: str) -> object:
        """Undo CloudFormation's string."""
        try:
            if shape.type_name == "boolean":
                return BOOLEANS[value.lower()]
            return NUMBERS.get(shape.type_name, str)(value)
        except (KeyError, ValueError):
            self.problems.append(f"{path}: expected a {_spoken(shape.type_name)}")
            return None


def _pascal(member: str) -> str:
    return member[:1].upper() + member[1:]


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _spoken(type_name: str) -> str:
    return {"structure": "mapping", "map": "mapping", "integer": "whole number"}.get(
        type_name, type_name
    )
