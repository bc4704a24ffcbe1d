"""Pets as DynamoDB items, and what to ask DynamoDB for. Pure: no client here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from petstore.pets import Creation, Details, Pet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from petstore.pets import Filters, PetType, Position

    type Item = dict[str, AttributeValueTypeDef]

KIND = "PET"


def pet_key(pet_id: str) -> Item:
    """Return the key of a pet."""
    return {"pk": {"S": f"PET#{pet_id}"}}


def creation_key(key: str) -> Item:
    """Return the key of what an idempotency key made."""
    return {"pk": {"S": f"KEY#{key}"}}


def epoch_s(moment: datetime) -> AttributeValueTypeDef:
    """Return a moment as DynamoDB's TTL wants it: whole seconds since the Unix epoch."""
    return {"N": str(int(moment.timestamp()))}


def from_pet(pet: Pet) -> Item:
    """Return the item of a pet, with the attributes that put it into the indexes."""
    return {
        **pet_key(pet.pet_id),
        "kind": {"S": KIND},
        "petId": {"S": pet.pet_id},
        "name": {"S": pet.details.name},
        "type": {"S": pet.details.type},
        "priceCents": {"N": str(pet.details.price_cents)},
        "description": {"S": pet.details.description},
        "version": {"N": str(pet.version)},
        "createdAt": {"S": pet.created_at.isoformat()},
        "updatedAt": {"S": pet.updated_at.isoformat()},
    }


def to_pet(item: Mapping[str, Any]) -> Pet:
    """Return the pet of an item that `from_pet` or `change` wrote."""
    details = Details(
        name=item["name"]["S"],
        type=cast("PetType", item["type"]["S"]),
        price_cents=int(item["priceCents"]["N"]),
        description=item["description"]["S"],
    )
    return Pet(
        pet_id=item["petId"]["S"],
        details=details,
        version=int(item["version"]["N"]),
        created_at=datetime.fromisoformat(item["createdAt"]["S"]),
        updated_at=datetime.fromisoformat(item["updatedAt"]["S"]),
    )


def from_creation(creation: Creation) -> Item:
    """Return the item of a creation. Its pet is nested, so that no index sees it."""
    return {
        **creation_key(creation.key),
        "fingerprint": {"S": creation.fingerprint},
        "pet": {"M": from_pet(creation.pet)},
        "expiresAt": epoch_s(creation.expires_at),
    }


def to_creation(key: str, item: Mapping[str, Any]) -> Creation:
    """Return the creation of an item that `from_creation` wrote."""
    return Creation(
        key=key,
        fingerprint=item["fingerprint"]["S"],
        pet=to_pet(item["pet"]["M"]),
        expires_at=datetime.fromtimestamp(int(item["expiresAt"]["N"]), UTC),
    )


def change(details: Details, *, version: int, now: datetime) -> dict[str, Any]:
    """Return the update that makes `details` the version after `version`."""
    names = {"#name": "name", "#type": "type"}  # both are DynamoDB's own words
    values = {
        ":name": {"S": details.name},
        ":type": {"S": details.type},
        ":price": {"N": str(details.price_cents)},
        ":description": {"S": details.description},
        ":now": {"S": now.isoformat()},
        ":version": {"N": str(version)},
        ":next": {"N": str(version + 1)},
    }
    expression = (
        "SET #name = :name, #type = :type, priceCents = :price, description = :description, "
        "updatedAt = :now, version = :next"
    )
    return {
        "UpdateExpression": expression,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }


def listing(filters: Filters) -> dict[str, Any]:
    """Return the query for a listing: the index, and everything as a key condition."""
    index, hash_name, hash_value = _index(filters)
    condition, values = "#hash = :hash", {":hash": {"S": hash_value}}
    low, high = filters.min_price_cents, filters.max_price_cents
    if low is not None and high is not None:
        condition += " AND priceCents BETWEEN :low AND :high"
    elif low is not None:
        condition += " AND priceCents >= :low"
    elif high is not None:
        condition += " AND priceCents <= :high"
    bounds = {":low": low, ":high": high}
    values |= {name: {"N": str(cents)} for name, cents in bounds.items() if cents is not None}
    return {
        "IndexName": index,
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": {"#hash": hash_name},
        "ExpressionAttributeValues": values,
    }


def start_key(after: Position, filters: Filters) -> Item:
    """Return where a listing goes on: the table's key and the index's."""
    _, hash_name, hash_value = _index(filters)
    return {
        **pet_key(after.pet_id),
        hash_name: {"S": hash_value},
        "priceCents": {"N": str(after.price_cents)},
    }


def _index(filters: Filters) -> tuple[str, str, str]:
    """Return the index for these filters, and the name and value of its hash key."""
    if filters.type is None:
        return "ByPrice", "kind", KIND
    return "ByTypeAndPrice", "type", filters.type
