"""Replies written by the model: status, headers and body from one set of members."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from botocore.model import ListShape, MapShape, Shape, StructureShape

from localcloud.agentcore.errors import AgentCoreError
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.wire.operations import operation_model
from localcloud.cloud import CloudError, Response

ERROR_TYPE_HEADER: Final = "x-amzn-errortype"
REQUEST_ID_HEADER: Final = "x-amzn-requestid"


def write_output(service: str, operation: str, members: JsonObject, request_id: str) -> Response:
    """Return the reply of an operation that succeeded.

    Members the model does not know are left out. Timestamps are `datetime` values with a zone.
    """
    model = operation_model(service, operation)
    headers = {REQUEST_ID_HEADER: request_id}
    status = int(model.http.get("responseCode", 200))
    shape = model.output_shape
    if shape is None or not shape.members:
        return Response(status, headers)
    body: JsonObject = {}
    for name, member in shape.members.items():
        if members.get(name) is None:
            continue
        key = member.serialization.get("name", name)
        if member.serialization.get("location") == "header":
            headers[key.lower()] = str(members[name])
        elif member.serialization.get("location") != "statusCode":
            body[key] = _written(member, members[name])
    return Response(status, {**headers, **_JSON}, json.dumps(body).encode())


def write_error(error: AgentCoreError | CloudError, request_id: str) -> Response:
    """Return a refusal the way rest-json carries it: type in a header, message in the body."""
    body = error.body() if isinstance(error, AgentCoreError) else {"message": str(error)}
    headers = {REQUEST_ID_HEADER: request_id, ERROR_TYPE_HEADER: error.code, **_JSON}
    if isinstance(error, AgentCoreError):
        headers |= error.headers()
    return Response(error.status, headers, json.dumps(body).encode())


def _written(shape: Shape, value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(shape, StructureShape) and not getattr(shape, "is_document_type", False):
        return {
            name: _written(member, value[name])
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if isinstance(shape, ListShape):
        return [_written(shape.member, item) for item in value]
    if isinstance(shape, MapShape):
        return {key: _written(shape.value, item) for key, item in value.items()}
    if shape.type_name == "timestamp":
        return _TIMESTAMPS[shape.serialization.get("timestampFormat", "unixtimestamp")](value)
    return value


def _iso8601(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


_TIMESTAMPS: Final[dict[str, Callable[[datetime], str | float]]] = {
    "iso8601": _iso8601,
    "unixtimestamp": datetime.timestamp,
}
_JSON: Final = {"content-type": "application/json"}
