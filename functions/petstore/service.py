"""What the PetStore does. Time, ids and the store come in as arguments."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from petstore import tokens
from petstore.errors import BadPriceRange, KeyReused, PetNotFound, VersionMissing
from petstore.pets import Creation, Details, Filters, Pet, Position

KEY_LIFETIME: Final = timedelta(days=1)
"""How long an idempotency key is remembered."""


class Pets(Protocol):
    """Where pets are kept."""

    def page(self, filters: Filters, *, limit: int, after: Position | None) -> list[Pet]:
        """Return at most `limit` pets that match, cheapest first, from right after a position."""
        ...

    def get(self, pet_id: str) -> Pet | None:
        """Return the pet of this id as it is now, or None."""
        ...

    def add(self, pet: Pet) -> None:
        """Keep a new pet.

        Raises:
            CreationConflict: its id is taken.
        """
        ...

    def add_once(self, creation: Creation) -> Creation | None:
        """Keep a new pet and its key, both or neither; or return what the key made before.

        Raises:
            CreationConflict: another request with this key is under way, or the id is taken.
        """
        ...

    def replace(self, pet_id: str, details: Details, *, version: int, now: datetime) -> Pet:
        """Change a pet if it still has this version, and return it.

        Raises:
            PetNotFound: there is none.
            VersionMismatch: it has another version.
        """
        ...

    def remove(self, pet_id: str, *, version: int | None) -> None:
        """Remove a pet, if it still has this version; None stands for any.

        Raises:
            PetNotFound: there is none.
            VersionMismatch: it has another version.
        """
        ...


@dataclass(frozen=True)
class Page:
    """Some pets, and the token to go on with when there are more."""

    pets: list[Pet]
    next_token: str | None


def list_pets(filters: Filters, *, page_size: int, next_token: str | None, pets: Pets) -> Page:
    """List pets, cheapest first.

    Raises:
        BadPriceRange: the lowest price is above the highest.
        BadNextToken: the token is not of this listing.
    """
    low, high = filters.min_price_cents, filters.max_price_cents
    if low is not None and high is not None and low > high:
        raise BadPriceRange("minPriceCents is above maxPriceCents.")
    after = None if next_token is None else tokens.decode(next_token, filters)
    found = pets.page(filters, limit=page_size + 1, after=after)  # one more, to know of the rest
    shown = found[:page_size]
    if len(found) == len(shown):
        return Page(shown, None)
    last = Position(shown[-1].details.price_cents, shown[-1].pet_id)
    return Page(shown, tokens.encode(last, filters))


def get_pet(pet_id: str, *, pets: Pets) -> Pet:
    """Return one pet.

    Raises:
        PetNotFound: there is none of this id.
    """
    pet = pets.get(pet_id)
    if pet is None:
        raise PetNotFound(f"There is no {pet_id}.")
    return pet


def create_pet(details: Details, *, key: str | None, pet_id: str, now: datetime, pets: Pets) -> Pet:
    """Make a pet; under a key only once, whatever has become of it since.

    Raises:
        KeyReused: the key has made a different pet.
        CreationConflict: another request got in the way.
    """
    pet = Pet(pet_id, details, version=1, created_at=now, updated_at=now)
    if key is None:
        pets.add(pet)
        return pet
    creation = Creation(key, _fingerprint(details), pet, expires_at=now + KEY_LIFETIME)
    earlier = pets.add_once(creation)
    if earlier is None:
        return pet
    if earlier.fingerprint != creation.fingerprint:
        raise KeyReused("This Idempotency-Key has made another pet.")
    return earlier.pet


def update_pet(
    pet_id: str, details: Details, *, version: int | None, now: datetime, pets: Pets
) -> Pet:
    """Change a pet that the caller knows in this version.

    Raises:
        VersionMissing: the caller does not say which.
        PetNotFound: there is none of this id.
        VersionMismatch: it has changed since.
    """
    if version is None:
        raise VersionMissing("Say which version to change: If-Match, with the ETag of the pet.")
    return pets.replace(pet_id, details, version=version, now=now)


def delete_pet(pet_id: str, *, version: int | None, pets: Pets) -> None:
    """Remove a pet, in any version unless one is given.

    Raises:
        PetNotFound: there is none of this id.
        VersionMismatch: it has changed since.
    """
    pets.remove(pet_id, version=version)


def _fingerprint(details: Details) -> str:
    return hashlib.sha256(json.dumps(asdict(details), sort_keys=True).encode()).hexdigest()
