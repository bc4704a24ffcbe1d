"""A world per test."""

import pytest

from tests.contract.agentcore_gateway.world import GET_PET, LIST_PETS, World


@pytest.fixture
def world() -> World:
    """Return an open gateway with the two PetStore tools."""
    made = World()
    made.gateway()
    made.target(LIST_PETS, GET_PET)
    return made
