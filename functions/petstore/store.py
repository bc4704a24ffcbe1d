"""Pets in one DynamoDB table.

| pk            | what               | attributes beside                                 |
|---------------|--------------------|---------------------------------------------------|
| `PET#<petId>` | a pet              | kind, petId, name, type, priceCents, description, |
|               |                    | version, createdAt, updatedAt                     |
| `KEY#<key>`   | an idempotency key | fingerprint, pet (as above), expiresAt (TTL)      |

Indexes `ByPrice` (kind, priceCents) and `ByTypeAndPrice` (type, priceCents) hold pets only, and are
a moment behind: a listing may miss a pet that has just been made. `get` and all writes are exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from petstore import items
from petstore.errors import CreationConflict, PetNotFound, VersionMismatch

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from petstore.pets import Creation, Details, Filters, Pet, Position

PATIENCE: Final = Config(
    connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
)
"""In seconds; both attempts fit into the function's timeout."""

NEW: Final = "attribute_not_exists(pk)"


class PetTable:
    """A `petstore.service.Pets` in DynamoDB."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Take an open client and the name of the table."""
        self._client = client
        self._table = table

    @classmethod
    def named(cls, table: str) -> PetTable:
        """Open the table of this name, in the environment's account and region."""
        return cls(boto3.client("dynamodb", config=PATIENCE), table)

    def page(self, filters: Filters, *, limit: int, after: Position | None) -> list[Pet]:
        """Return at most `limit` pets that match, cheapest first: always a query, never a scan."""
        query = items.listing(filters)
        if after is not None:
            query["ExclusiveStartKey"] = items.start_key(after, filters)
        answer = self._client.query(TableName=self._table, Limit=limit, **query)
        return [items.to_pet(item) for item in answer["Items"]]

    def get(self, pet_id: str) -> Pet | None:
        """Return the pet of this id as it is now, or None."""
        item = self._item(items.pet_key(pet_id))
        return None if item is None else items.to_pet(item)

    def add(self, pet: Pet) -> None:
        """Keep a new pet, or raise CreationConflict if its id is taken."""
        try:
            self._client.put_item(
                TableName=self._table, Item=items.from_pet(pet), ConditionExpression=NEW
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            raise CreationConflict("Try again: the new id is taken.") from error

    def add_once(self, creation: Creation) -> Creation | None:
        """Keep a new pet and its key in one transaction, or return what the key made before."""
        pet = {"Item": items.from_pet(creation.pet), "ConditionExpression": NEW}
        key = {
            "Item": items.from_creation(creation),
            # TTL removes keys only within days, so an expired one may still be there.
            "ConditionExpression": f"{NEW} OR expiresAt <= :now",
            "ExpressionAttributeValues": {":now": items.epoch_s(creation.pet.created_at)},
        }
        puts: list[Any] = [{"Put": {"TableName": self._table, **put}} for put in (key, pet)]
        try:
            self._client.transact_write_items(TransactItems=puts)
        except self._client.exceptions.TransactionCanceledException as error:
            if _reasons(error)[:1] != ["ConditionalCheckFailed"]:
                raise _conflict(error) from error
            return self._creation(creation.key)
        return None

    def replace(self, pet_id: str, details: Details, *, version: int, now: datetime) -> Pet:
        """Change a pet if it still has this version, and return it."""
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=items.pet_key(pet_id),
                ConditionExpression="version = :version",
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **items.change(details, version=version, now=now),
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            raise _mismatch(error, pet_id) from error
        return items.to_pet(answer["Attributes"])

    def remove(self, pet_id: str, *, version: int | None) -> None:
        """Remove a pet, if it still has this version; None stands for any."""
        condition: Any = {"ConditionExpression": "attribute_exists(pk)"}
        if version is not None:
            condition = {
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": {"N": str(version)}},
            }
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=items.pet_key(pet_id),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **condition,
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            raise _mismatch(error, pet_id) from error

    def _creation(self, key: str) -> Creation:
        item = self._item(items.creation_key(key))
        if item is None:
            raise CreationConflict("Try again: this Idempotency-Key has just expired.")
        return items.to_creation(key, item)

    def _item(
        self, key: dict[str, AttributeValueTypeDef]
    ) -> dict[str, AttributeValueTypeDef] | None:
        return self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get(
            "Item"
        )


def _mismatch(error: ClientError, pet_id: str) -> PetNotFound | VersionMismatch:
    """Tell why a condition failed: DynamoDB hands over the pet, if there is one."""
    if error.response.get("Item"):
        return VersionMismatch(f"{pet_id} has changed since that version.")
    return PetNotFound(f"There is no {pet_id}.")


def _reasons(error: ClientError) -> list[str]:
    return [reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])]


def _conflict(error: ClientError) -> Exception:
    """Tell a clash with another request, which is expected, from anything else, which is not."""
    if {"ConditionalCheckFailed", "TransactionConflict"} & set(_reasons(error)):
        return CreationConflict("Try again: another request is making this pet.")
    return error
