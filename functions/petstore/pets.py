"""What a pet is, inside: plain values without I/O."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

MAX_PRICE_CENTS: Final = 100_000_000
"""A million US dollars: more is a slip of the finger."""

PET_ID_PATTERN: Final = r"^pet-[0-9a-z]{1,12}$"

PetType = Literal["bird", "cat", "dog", "fish", "rabbit"]


@dataclass(frozen=True)
class Details:
    """What people say about a pet. `price_cents` is in whole US cents."""

    name: str
    type: PetType
    price_cents: int
    description: str = ""


@dataclass(frozen=True)
class Pet:
    """A pet with its history: `version` starts at 1 and counts changes; times are in UTC."""

    pet_id: str
    details: Details
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Filters:
    """Which pets to list; None means any. Both prices are inclusive, in whole US cents."""

    type: PetType | None = None
    min_price_cents: int | None = None
    max_price_cents: int | None = None


@dataclass(frozen=True)
class Position:
    """A place in a listing: right after this pet at this price."""

    price_cents: int
    pet_id: str


@dataclass(frozen=True)
class Creation:
    """A pet made under an idempotency key, remembered until `expires_at`.

    `fingerprint` tells whether a repetition asks for the same pet.
    """

    key: str
    fingerprint: str
    pet: Pet
    expires_at: datetime
