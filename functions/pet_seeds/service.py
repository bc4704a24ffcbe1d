"""Put the seeds of a `Custom::PetSeeds` event on the shelf."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel, to_pascal

from custom_resources.direct import properties
from petstore.errors import CreationConflict
from petstore.models import Description, PetName, PriceCents
from petstore.pets import PET_ID_PATTERN, Details, Pet, PetType
from petstore.service import Pets
from petstore.store import PetTable


class Seed(BaseModel):
    """One pet of the template."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", hide_input_in_errors=True)

    pet_id: Annotated[str, Field(pattern=PET_ID_PATTERN)]
    name: PetName
    type: PetType
    price_cents: PriceCents
    description: Description = ""

    def pet(self, now: datetime) -> Pet:
        """Return the seed as a pet made at `now`."""
        details = Details(self.name, self.type, self.price_cents, self.description)
        return Pet(self.pet_id, details, version=1, created_at=now, updated_at=now)


class Properties(BaseModel):
    """What the template states."""

    model_config = ConfigDict(alias_generator=to_pascal, hide_input_in_errors=True)

    table_name: Annotated[str, Field(min_length=3)]
    pets: list[Seed]


def name(event: dict[str, Any]) -> str:
    """Return the physical id: another table gets seeds of its own.

    Raises:
        Refused: the properties are not as they should be.
    """
    return f"seeds-of-{properties(Properties, event).table_name}"


def put(event: dict[str, Any]) -> None:
    """Put the seeds of an event that are not there."""
    wanted = properties(Properties, event)
    sow(wanted.pets, now=datetime.now(UTC), pets=PetTable.named(wanted.table_name))


def sow(seeds: list[Seed], *, now: datetime, pets: Pets) -> None:
    """Add each pet unless there is one of its id."""
    for seed in seeds:
        with suppress(CreationConflict):  # somebody's pet by now, changed or not
            pets.add(seed.pet(now))


def keep(_: dict[str, Any]) -> None:
    """Leave the pets alone, whatever an event says."""
