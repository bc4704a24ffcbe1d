"""A bucket in memory: what the provisioner's documents ask of S3."""

from dataclasses import dataclass, field
from typing import Any

from provisioner.calls import Calls
from provisioner.documents import Documents

BUCKET = "artifacts"


@dataclass
class Objects:
    """Objects by key, reached as boto3's client reaches them. It is its own paginator."""

    content: dict[str, bytes] = field(default_factory=dict)

    def documents(self) -> Documents:
        """Return the documents that are kept here."""
        return Documents(Calls(self), BUCKET)

    def put_object(self, Bucket: str, Key: str, Body: bytes) -> dict[str, Any]:
        """Keep an object."""
        assert Bucket == BUCKET
        self.content[Key] = Body
        return {}

    def delete_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        """Remove an object; none is fine."""
        assert Bucket == BUCKET
        self.content.pop(Key, None)
        return {}

    def get_paginator(self, operation: str) -> "Objects":
        """Return what pages through `list_objects_v2`."""
        assert operation == "list_objects_v2"
        return self

    def paginate(self, Bucket: str, Prefix: str) -> list[dict[str, Any]]:
        """Return a page for each object."""
        assert Bucket == BUCKET
        return [{"Contents": [{"Key": key}]} for key in self.content if key.startswith(Prefix)]
