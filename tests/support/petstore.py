"""What PetStore tests share: a store in memory, events of API Gateway, and a Lambda context."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from petstore.errors import CreationConflict, PetNotFound, VersionMismatch
from petstore.pets import Creation, Details, Filters, Pet, Position

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

BUDDY = Details("Buddy", "dog", 24999, "A friendly golden retriever.")
WHISKERS = Details("Whiskers", "cat", 9999, "A quiet tabby.")
NEMO = Details("Nemo", "fish", 1999, "A bright clownfish.")


def pet(pet_id: str, details: Details, *, version: int = 1) -> Pet:
    """Return a pet made and last changed at `NOW`."""
    return Pet(pet_id, details, version, created_at=NOW, updated_at=NOW)


SEEDS = [pet("pet-1", BUDDY), pet("pet-2", WHISKERS), pet("pet-3", NEMO)]


class FakePets:
    """A `petstore.service.Pets` in memory."""

    def __init__(self, pets: list[Pet]) -> None:
        """Start with these pets."""
        self._pets = {one.pet_id: one for one in pets}
        self._creations: dict[str, Creation] = {}

    def page(self, filters: Filters, *, limit: int, after: Position | None) -> list[Pet]:
        """Return at most `limit` pets that match, cheapest first."""
        found = [one for one in self._pets.values() if _matches(one, filters)]
        found.sort(key=_place)
        if after is not None:
            found = [one for one in found if _place(one) > (after.price_cents, after.pet_id)]
        return found[:limit]

    def get(self, pet_id: str) -> Pet | None:
        """Return the pet of this id, or None."""
        return self._pets.get(pet_id)

    def add(self, pet: Pet) -> None:
        """Keep a new pet."""
        if pet.pet_id in self._pets:
            raise CreationConflict("taken")
        self._pets[pet.pet_id] = pet

    def add_once(self, creation: Creation) -> Creation | None:
        """Keep a new pet and its key, or return what the key made before."""
        earlier = self._creations.get(creation.key)
        if earlier is not None and earlier.expires_at > creation.pet.created_at:
            return earlier
        self.add(creation.pet)
        self._creations[creation.key] = creation
        return None

    def replace(self, pet_id: str, details: Details, *, version: int, now: datetime) -> Pet:
        """Change a pet if it still has this version."""
        changed = replace(
            self._checked(pet_id, version), details=details, version=version + 1, updated_at=now
        )
        self._pets[pet_id] = changed
        return changed

    def remove(self, pet_id: str, *, version: int | None) -> None:
        """Remove a pet, if it still has this version."""
        del self._pets[self._checked(pet_id, version).pet_id]

    def _checked(self, pet_id: str, version: int | None) -> Pet:
        found = self._pets.get(pet_id)
        if found is None:
            raise PetNotFound(pet_id)
        if version not in (None, found.version):
            raise VersionMismatch(pet_id)
        return found


def _matches(one: Pet, filters: Filters) -> bool:
    price = one.details.price_cents
    return (
        filters.type in (None, one.details.type)
        and (filters.min_price_cents is None or price >= filters.min_price_cents)
        and (filters.max_price_cents is None or price <= filters.max_price_cents)
    )


def _place(one: Pet) -> tuple[int, str]:
    return one.details.price_cents, one.pet_id


@dataclass
class Context:
    """The part of a Lambda context that Powertools and crhelper read."""

    function_name: str = "function"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id: str = "0a1b2c3d-0000-4000-8000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        """Return the time left, in milliseconds."""
        return 30_000


def api_event(
    method: str,
    path: str,
    *,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    body: str | None = None,
) -> dict[str, Any]:
    """Return what API Gateway (REST, proxy integration) hands over for a request."""
    headers = headers or {}
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": query and {k: [v] for k, v in query.items()},
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"requestId": "11111111-2222-4333-8444-555555555555", "stage": "prod"},
        "body": body,
        "isBase64Encoded": False,
    }
