"""Why a gateway refuses a request, as a client sees it.

GatewayError
├── Refusal                whole requests; JSON-RPC body with id 0 unless noted
│   ├── MissingToken           401  -32001
│   ├── InvalidToken           401  -32001
│   ├── TokenNotVerifiable     401  -32001
│   ├── InsufficientScope      403  -32002
│   ├── NotAuthenticated       403  -32001
│   ├── NotAuthorized          403  -32002  with the request's own id
│   ├── OriginNotAllowed       403  -32002
│   ├── GatewayNotFound        404  AWS's error shape
│   ├── MethodNotAllowed       405  no body
│   ├── BodyTooLarge           413  -32600
│   └── UnsupportedMediaType   415  -32600
└── RpcError               one JSON-RPC request; HTTP status by protocol version
    ├── ParseError             -32700
    ├── InvalidRequest         -32600
    ├── MethodNotFound         -32601
    ├── InvalidParams          -32602
    │   └── UnknownTool
    ├── ToolDenied             -32002
    ├── PolicyEvaluationFailed -32603
    ├── HeaderMismatch         -32020
    ├── ConsentNeeded          -32042
    └── UnsupportedVersion     -32022

Sources: replies recorded from gateways (401 bodies with id 0, -32002 on missing permission);
JSON-RPC 2.0; MCP 2026-07-28 (-32020, -32022). The rest is our choice: docs/fidelity.toml.
"""

from typing import Any

from mcp_types.jsonrpc import (
    HEADER_MISMATCH,
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    UNSUPPORTED_PROTOCOL_VERSION,
    URL_ELICITATION_REQUIRED,
)

AUTHENTICATION_ERROR = -32001
AUTHORIZATION_ERROR = -32002


class GatewayError(Exception):
    """A refusal by the gateway. `code` is stable."""

    code = "GatewayError"


class Refusal(GatewayError):
    """The whole request is refused. `challenge` is the value of WWW-Authenticate, if any."""

    code = "Refusal"
    status = 400
    rpc_code = INVALID_REQUEST

    def __init__(self, message: str, *, challenge: str | None = None) -> None:
        """Take the message of the JSON-RPC error."""
        super().__init__(message)
        self.challenge = challenge


class MissingToken(Refusal):
    """The request carries no bearer token."""

    code = "MissingToken"
    status = 401
    rpc_code = AUTHENTICATION_ERROR


class InvalidToken(Refusal):
    """The token is malformed, forged, expired or not meant for this gateway."""

    code = "InvalidToken"
    status = 401
    rpc_code = AUTHENTICATION_ERROR


class TokenNotVerifiable(Refusal):
    """The identity provider's documents cannot be read, so no token can be checked."""

    code = "TokenNotVerifiable"
    status = 401
    rpc_code = AUTHENTICATION_ERROR


class InsufficientScope(Refusal):
    """The token is good and has none of the scopes asked for."""

    code = "InsufficientScope"
    status = 403
    rpc_code = AUTHORIZATION_ERROR


class NotAuthenticated(Refusal):
    """The SigV4 signature does not check out."""

    code = "NotAuthenticated"
    status = 403
    rpc_code = AUTHENTICATION_ERROR


class NotAuthorized(Refusal):
    """The caller may not invoke this gateway."""

    code = "NotAuthorized"
    status = 403
    rpc_code = AUTHORIZATION_ERROR


class OriginNotAllowed(Refusal):
    """A web page of another site asks by way of its visitor's browser."""

    code = "OriginNotAllowed"
    status = 403
    rpc_code = AUTHORIZATION_ERROR


class GatewayNotFound(Refusal):
    """No gateway answers here."""

    code = "ResourceNotFoundException"
    status = 404


class MethodNotAllowed(Refusal):
    """Neither a stream to listen to (GET) nor a session to end (DELETE) is offered."""

    code = "MethodNotAllowed"
    status = 405


class BodyTooLarge(Refusal):
    """The body is larger than a gateway takes."""

    code = "BodyTooLarge"
    status = 413


class UnsupportedMediaType(Refusal):
    """The body is not declared as JSON."""

    code = "UnsupportedMediaType"
    status = 415


class RpcError(GatewayError):
    """One JSON-RPC request is answered with an error."""

    code = "RpcError"
    rpc_code = INVALID_REQUEST

    def __init__(self, message: str, data: dict[str, Any] | None = None) -> None:
        """Take message and data of the JSON-RPC error."""
        super().__init__(message)
        self.data = data


class ParseError(RpcError):
    """The body is not JSON."""

    code = "ParseError"
    rpc_code = PARSE_ERROR


class InvalidRequest(RpcError):
    """The message is not a JSON-RPC 2.0 request."""

    code = "InvalidRequest"
    rpc_code = INVALID_REQUEST


class MethodNotFound(RpcError):
    """The gateway has no such method."""

    code = "MethodNotFound"
    rpc_code = METHOD_NOT_FOUND


class InvalidParams(RpcError):
    """The parameters do not fit the method."""

    code = "InvalidParams"
    rpc_code = INVALID_PARAMS


class UnknownTool(InvalidParams):
    """No target of the gateway offers this tool."""

    code = "UnknownTool"


class ToolDenied(RpcError):
    """The policies do not allow this call."""

    code = "ToolDenied"
    rpc_code = AUTHORIZATION_ERROR


class PolicyEvaluationFailed(RpcError):
    """The gateway's policies cannot be asked."""

    code = "PolicyEvaluationFailed"
    rpc_code = INTERNAL_ERROR

    def __init__(self) -> None:
        """Say what gateways say."""
        super().__init__("InternalServerException - Policy evaluation failed")


class HeaderMismatch(RpcError):
    """The routing headers of MCP 2026-07-28 contradict the body."""

    code = "HeaderMismatch"
    rpc_code = HEADER_MISMATCH


class ConsentNeeded(RpcError):
    """A person must open a URL first (MCP 2025-11-25, URL mode elicitation)."""

    code = "ConsentNeeded"
    rpc_code = URL_ELICITATION_REQUIRED

    @classmethod
    def at(cls, url: str, elicitation_id: str) -> "ConsentNeeded":
        """Return the error that sends a person to `url`."""
        elicitation = {
            "mode": "url",
            "elicitationId": elicitation_id,
            "url": url,
            "message": "Please open this URL to authorize the access.",
        }
        return cls("This request requires more information.", {"elicitations": [elicitation]})


class UnsupportedVersion(RpcError):
    """The gateway does not speak this version of MCP."""

    code = "UnsupportedVersion"
    rpc_code = UNSUPPORTED_PROTOCOL_VERSION
