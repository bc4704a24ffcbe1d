"""What a target tells the gateway of its tools is what the tools take."""

from typing import Any

import pytest
import yaml

from bridges.toolbox import Toolbox
from comms_tools.tools import toolbox as comms_toolbox
from crm_tools.tools import toolbox as crm_toolbox
from tests.support.bridges import CommsInMemory, CrmInMemory, TicketsInMemory
from tests.support.template import ROOT
from ticketing_tools.tools import toolbox as tickets_toolbox

TOOLBOXES: dict[str, Toolbox] = {
    "crm_tools": crm_toolbox(CrmInMemory()),
    "ticketing_tools": tickets_toolbox(TicketsInMemory()),
    "comms_tools": comms_toolbox(CommsInMemory()),
}
KNOWN = {"Type", "Properties", "Required", "Items", "Description"}
"""All that AgentCore's SchemaDefinition has (botocore)."""


def stated(bridge: str) -> dict[str, Any]:
    document = yaml.safe_load((ROOT / "functions" / bridge / "tools.yaml").read_text("utf-8"))
    return {tool["Name"]: tool for tool in document["InlinePayload"]}


TOOLS = [(bridge, name) for bridge, toolbox in TOOLBOXES.items() for name in toolbox.tools]


@pytest.mark.parametrize("bridge", TOOLBOXES)
def test_a_bridge_has_the_tools_that_its_target_names(bridge: str) -> None:
    assert list(stated(bridge)) == list(TOOLBOXES[bridge].tools)


@pytest.mark.parametrize(("bridge", "name"), TOOLS)
def test_a_tool_takes_what_its_schema_says(bridge: str, name: str) -> None:
    schema = stated(bridge)[name]["InputSchema"]
    taken = TOOLBOXES[bridge].tools[name].takes.model_json_schema()
    assert schema["Type"] == "object"
    assert list(schema["Properties"]) and set(schema["Properties"]) == set(taken["properties"])
    assert set(schema.get("Required", [])) == set(taken.get("required", []))
    types = {one: _type(property_) for one, property_ in taken["properties"].items()}
    assert {one: property_["Type"] for one, property_ in schema["Properties"].items()} == types


@pytest.mark.parametrize(("bridge", "name"), TOOLS)
def test_a_schema_has_nothing_that_agentcore_does_not_know(bridge: str, name: str) -> None:
    tool = stated(bridge)[name]
    assert tool["Description"]
    schemas = [tool["InputSchema"], *tool["InputSchema"]["Properties"].values()]
    assert all(schema.keys() <= KNOWN for schema in schemas)


@pytest.mark.parametrize(("bridge", "name"), TOOLS)
def test_values_that_the_schema_cannot_say_are_said_in_words(bridge: str, name: str) -> None:
    described = stated(bridge)[name]["InputSchema"]["Properties"]
    for one, property_ in (
        TOOLBOXES[bridge].tools[name].takes.model_json_schema()["properties"].items()
    ):
        for value in _alternatives(property_)[0].get("enum", []):
            assert value in described[one]["Description"], one


def _alternatives(property_: dict[str, Any]) -> list[dict[str, Any]]:
    kinds = property_.get("anyOf", [property_])
    return [kind for kind in kinds if kind.get("type") != "null"]


def _type(property_: dict[str, Any]) -> str:
    (kind,) = _alternatives(property_)
    return str(kind["type"])
