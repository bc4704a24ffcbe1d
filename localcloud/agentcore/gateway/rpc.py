"""JSON-RPC 2.0: from bytes to messages and back.

Source: JSON-RPC 2.0; MCP, base protocol: ids are strings or integers, parameters are objects.
"""

from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json, to_json

from localcloud.agentcore.gateway.errors import InvalidParams, InvalidRequest, ParseError, RpcError

RequestId = str | int


@dataclass(frozen=True)
class RpcRequest:
    """A request that is owed an answer. `raw` is the message as it came."""

    id: RequestId
    method: str
    params: dict[str, Any]
    raw: dict[str, Any]


@dataclass(frozen=True)
class RpcNotification:
    """A notification, or the client's answer to a request: nothing is owed."""

    method: str


def parse(body: bytes) -> Any:  # noqa: ANN401 - JSON
    """Parse a body.

    Raises:
        ParseError: it is not JSON.
    """
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise ParseError("Parse error") from error


def read(message: object) -> RpcRequest | RpcNotification:
    """Return one message.

    Raises:
        InvalidRequest: it is none.
        InvalidParams: its parameters are not an object.
    """
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise InvalidRequest("Invalid Request")
    if "method" not in message and ("result" in message or "error" in message):
        return RpcNotification("response")
    method, params = message.get("method"), message.get("params")
    if not isinstance(method, str):
        raise InvalidRequest("Invalid Request")
    if "id" not in message:
        return RpcNotification(method)
    if request_id(message) is None:
        raise InvalidRequest("Invalid Request")
    if params is not None and not isinstance(params, dict):
        raise InvalidParams("Invalid params: params is not an object")
    return RpcRequest(message["id"], method, params or {}, message)


def request_id(message: object) -> RequestId | None:
    """Return the id of a message if it has a valid one."""
    value = message.get("id") if isinstance(message, dict) else None
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def result(id_: RequestId, result_json: bytes) -> bytes:
    """Return the answer to a request, from a result that is JSON already."""
    return b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (to_json(id_), result_json)


def error(id_: RequestId | None, refusal: RpcError) -> bytes:
    """Return the error answer to a request, or to one whose id is not known."""
    return error_of(id_, refusal.rpc_code, str(refusal), refusal.data)


def error_of(
    id_: RequestId | None, code: int, message: str, data: dict[str, Any] | None = None
) -> bytes:
    """Return an error answer."""
    body: dict[str, Any] = {"code": code, "message": message}
    if data is not None:
        body["data"] = data
    return to_json({"jsonrpc": "2.0", "id": id_, "error": body})
