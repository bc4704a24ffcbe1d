"""The API's models, as `openapi.yaml` has them."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from petstore import pets, service
from petstore.pets import MAX_PRICE_CENTS, PET_ID_PATTERN, PetType

PetName = Annotated[str, Field(min_length=1, max_length=60)]
PriceCents = Annotated[int, Field(ge=0, le=MAX_PRICE_CENTS)]
Description = Annotated[str, Field(max_length=500)]


def _absent(value: object) -> bool:
    """Leave a member out rather than say null: the document knows no null."""
    return value is None


class Model(BaseModel):
    """What all models share: camelCase outside, nothing unknown, no input echoed in errors."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )


class PetInput(Model):
    """What a caller says about a pet. A price in quotes is not a price."""

    model_config = ConfigDict(strict=True)

    name: PetName
    type: PetType
    price_cents: PriceCents
    description: Description = ""

    def details(self) -> pets.Details:
        """Return the same, for inside."""
        return pets.Details(self.name, self.type, self.price_cents, self.description)


class Pet(Model):
    """One pet, as callers see it."""

    pet_id: Annotated[str, Field(pattern=PET_ID_PATTERN)]
    name: PetName
    type: PetType
    price_cents: PriceCents
    description: Description
    version: Annotated[int, Field(ge=1)]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, pet: pets.Pet) -> Self:
        """Return a pet as callers see it."""
        return cls(
            pet_id=pet.pet_id,
            name=pet.details.name,
            type=pet.details.type,
            price_cents=pet.details.price_cents,
            description=pet.details.description,
            version=pet.version,
            created_at=pet.created_at,
            updated_at=pet.updated_at,
        )


class PetPage(Model):
    """Some pets. Without `nextToken` there are no more."""

    pets: list[Pet]
    next_token: Annotated[
        Annotated[str, Field(min_length=1, max_length=512)] | None, Field(exclude_if=_absent)
    ] = None

    @classmethod
    def of(cls, page: service.Page) -> Self:
        """Return a page as callers see it."""
        return cls(pets=[Pet.of(pet) for pet in page.pets], next_token=page.next_token)


class FieldError(Model):
    """One thing wrong with a request."""

    field: str
    code: str
    message: str


class Problem(Model):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    code: str
    errors: Annotated[list[FieldError] | None, Field(exclude_if=_absent)] = None
