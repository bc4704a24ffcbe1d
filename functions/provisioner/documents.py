"""The documents of targets, kept where gateways take them from.

A target may state its OpenAPI document or Smithy model as a text. It is put into a folder of the
gateway's, named by its digest: another text is another object, and so another configuration.
"""

import hashlib
from collections.abc import Callable, Iterable

from provisioner.calls import Calls
from provisioner.document import JsonObject

DOCUMENT = "document"
"""Stands for `s3` or `inlinePayload` in an ApiSchemaConfiguration, and holds the text."""
SCHEMAS = ("openApiSchema", "smithyModel")
FOLDER = "gateway-documents"
"""Beside the folders of runtimes, whose names have no hyphens."""


class Documents:
    """A folder per gateway in a bucket of the stack's own."""

    def __init__(self, objects: Calls, bucket: str) -> None:
        """Take the calls of `s3`, and the bucket's name."""
        self._objects, self._bucket = objects, bucket

    def placed(self, gateway_id: str, parameters: JsonObject) -> JsonObject:
        """Return a target's parameters with the place of its document instead of the text."""
        return self._replaced(parameters, lambda text: _key(gateway_id, text))

    def keep(self, gateway_id: str, parameters: JsonObject) -> JsonObject:
        """Put a target's document into its place, and return the parameters as above."""

        def put(text: str) -> str:
            key = _key(gateway_id, text)
            self._objects("put_object", Bucket=self._bucket, Key=key, Body=text.encode())
            return key

        return self._replaced(parameters, put)

    def forget(self, gateway_id: str, *, but: Iterable[JsonObject] = ()) -> None:
        """Remove a gateway's documents, all but those of targets with these parameters."""
        kept = {_key(gateway_id, text) for one in but if (text := _text(one)) is not None}
        listed = self._objects.all(
            "list_objects_v2", "Contents", Bucket=self._bucket, Prefix=f"{FOLDER}/{gateway_id}/"
        )
        for item in listed:
            if item["Key"] not in kept:
                self._objects("delete_object", Bucket=self._bucket, Key=item["Key"])

    def _replaced(self, parameters: JsonObject, key_of: Callable[[str], str]) -> JsonObject:
        text = _text(parameters)
        if text is None:
            return parameters
        schema, _ = _schema(parameters)
        place = {"s3": {"uri": f"s3://{self._bucket}/{key_of(text)}"}}
        return parameters | {"targetConfiguration": {"mcp": {schema: place}}}


def _schema(parameters: JsonObject) -> tuple[str, JsonObject]:
    mcp = parameters.get("targetConfiguration", {}).get("mcp", {})
    return next(((name, mcp[name]) for name in SCHEMAS if name in mcp), ("", {}))


def _text(parameters: JsonObject) -> str | None:
    _, schema = _schema(parameters)
    text: str | None = schema.get(DOCUMENT)
    return text


def _key(gateway_id: str, text: str) -> str:
    kind = "json" if text.lstrip().startswith("{") else "yaml"
    return f"{FOLDER}/{gateway_id}/{hashlib.sha256(text.encode()).hexdigest()}.{kind}"
