"""`Custom::AgentCoreMemory`: a memory and its strategies.

Properties are those of CreateMemory, and those that every kind has (`kind`). `EventExpiryDuration`
is in days. What changes is updated in place, and events stay; strategies are told apart by their
names. What an update cannot change (`EncryptionKeyArn`, a strategy's configuration) is refused. A
description that is no longer stated stays, for no update takes one away.
"""

from typing import Annotated, Any

from pydantic import Field

from agentcore_resources.kind import Common, StatedKind, input_shape
from agentcore_resources.shapes import to_parameters

MEMORY_NAME = r"^[a-zA-Z][a-zA-Z0-9_]{0,47}$"  # botocore, Name


class Properties(Common):
    """What the provisioner itself reads of the resource's properties."""

    Name: Annotated[str, Field(pattern=MEMORY_NAME)]


def _statement(properties: Properties) -> dict[str, Any]:
    parameters = to_parameters(
        {"Name": properties.Name} | (properties.model_extra or {}),
        input_shape("CreateMemory"),
        path="",
        given_elsewhere=frozenset({"clientToken", "tags"}),
    )
    return {"resource": parameters, "tags": properties.Tags, "parts": []}


MEMORY = StatedKind("memory", Properties, _statement, pattern=MEMORY_NAME)
