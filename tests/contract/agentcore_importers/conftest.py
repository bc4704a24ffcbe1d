"""A world per test."""

import pytest

from tests.contract.agentcore_gateway.world import World, json_response
from tests.contract.agentcore_importers.exports import EXPORT, EXPORT_URL


@pytest.fixture
def world() -> World:
    """Return a cloud with the exported API, and a gateway without targets."""
    made = World()
    made.gateway()
    made.cloud.answer("GET", EXPORT_URL, json_response(EXPORT))
    return made
