"""A world per test."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.agentcore_gateway.keyed import Keyed, keyed_world
from tests.contract.agentcore_gateway.world import GET_PET, LIST_PETS, World


@pytest.fixture
def world() -> World:
    """Return an open gateway with the two PetStore tools."""
    made = World()
    made.gateway()
    made.target(LIST_PETS, GET_PET)
    return made


@pytest.fixture
async def keyed() -> AsyncIterator[Keyed]:
    """Return a gateway and what its target's credentials come from."""
    async with keyed_world() as made:
        yield made
