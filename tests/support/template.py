"""The templates as data: short forms of functions become their long forms."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "template.yaml"
PLATFORM = ROOT / "stacks" / "platform" / "template.yaml"
"""Of the stack within the stack."""
TENANT = ROOT / "tenants" / "template.yaml"
"""Of a tenant's stack."""


class Loader(yaml.SafeLoader):
    """A YAML loader that knows CloudFormation's tags."""


def _long_form(loader: yaml.Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in {"Ref", "Condition"} else f"Fn::{tag}": value}


Loader.add_multi_constructor("!", _long_form)


@cache
def template(path: Path = TEMPLATE) -> dict[str, Any]:
    """Return a whole template, the root one unless said otherwise; so all functions below."""
    with path.open(encoding="utf-8") as file:
        document: dict[str, Any] = yaml.load(file, Loader)  # noqa: S506  # a safe loader of ours
    return document


def resource(logical_id: str, of: Path = TEMPLATE) -> dict[str, Any]:
    """Return one resource."""
    found: dict[str, Any] = template(of)["Resources"][logical_id]
    return found


def resources(kind: str, of: Path = TEMPLATE) -> dict[str, dict[str, Any]]:
    """Return the resources of a type, by logical id."""
    return {name: one for name, one in template(of)["Resources"].items() if one["Type"] == kind}


def statements(of: Path = TEMPLATE) -> list[dict[str, Any]]:
    """Return every statement of what functions, state machines, roles and policies may do.

    Those under a condition are among them.
    """
    found: list[dict[str, Any]] = []
    for one in template(of)["Resources"].values():
        properties = one.get("Properties", {})
        stated = properties.get("Policies", [])
        policies = [one for one in stated if isinstance(one, dict) and "Ref" not in one]
        if one["Type"] == "AWS::IAM::ManagedPolicy":
            policies.append(properties)
        for policy in policies:
            found += policy.get("PolicyDocument", policy)["Statement"]
    return [one["Fn::If"][1] if "Fn::If" in one else one for one in found]
