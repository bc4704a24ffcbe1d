"""One DynamoDB table of records with a version each, as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]

PATIENCE: Final = Config(
    connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
)
"""In seconds; both attempts fit into the function's timeout."""


class Table:
    """A table with the hash key `pk`, and perhaps a range key."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        """Take an open client and the name of the table."""
        self._client, self._name = client, name

    @classmethod
    def named(cls, name: str) -> Table:
        """Open the table of this name, in the environment's account and region."""
        return cls(boto3.client("dynamodb", config=PATIENCE), name)

    def get(self, **key: str) -> Json | None:
        """Return the item of a key as it is now, or None."""
        found = self._client.get_item(TableName=self._name, Key=_item(key), ConsistentRead=True)
        return _plain(found["Item"]) if "Item" in found else None

    def add(self, item: Json) -> bool:
        """Keep a new item; return False, and change nothing, where its key is taken."""
        return self._put(item, ConditionExpression="attribute_not_exists(pk)")

    def replace(self, item: Json, *, version: int) -> bool:
        """Keep an item in place of its version `version`; return False if that is not there."""
        values = _item({":version": version})
        return self._put(
            item, ConditionExpression="version = :version", ExpressionAttributeValues=values
        )

    def remove(self, **key: str) -> bool:
        """Remove an item; return False where there was none."""
        removed = self._client.delete_item(
            TableName=self._name, Key=_item(key), ReturnValues="ALL_OLD"
        )
        return "Attributes" in removed

    def query(self, condition: str, values: Json, **how: Any) -> Iterator[Json]:  # noqa: ANN401
        """Yield the items that a key condition finds, page after page as they are needed.

        Args:
            condition: a key condition expression.
            values: what its placeholders stand for, and those of a filter.
            how: more parameters of the operation Query, as boto3 spells them.
        """
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=_item(values),
            **how,
        )
        for page in pages:
            yield from map(_plain, page["Items"])

    def _put(self, item: Json, **condition: Any) -> bool:  # noqa: ANN401 - of PutItem
        try:
            self._client.put_item(TableName=self._name, Item=_item(item), **condition)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _item(values: Json) -> Json:
    write = TypeSerializer().serialize
    return {name: write(value) for name, value in values.items()}


def _plain(item: Any) -> Json:  # noqa: ANN401 - boto3's type is of many lines
    read = TypeDeserializer().deserialize
    return {name: read(value) for name, value in item.items()}
