"""What can go wrong with a request. Each class is one reason, `code` is stable.

DeskError
├── BadRequest          the payload is not one; the message names what of it
├── NoToken             the caller's access token did not come along
├── GatewayUnreachable  the gateway cannot be reached, or refuses the token
└── ModelUnavailable    no such model, or its package or key is missing

Beside these, `platform_memory.errors` has those of the shared memory.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import ClassVar


class DeskError(Exception):
    """An expected failure; its message may be shown to whoever asks."""

    code: ClassVar[str] = "desk-error"
    status: ClassVar[HTTPStatus] = HTTPStatus.SERVICE_UNAVAILABLE


class BadRequest(DeskError):
    """The caller's fault. What they sent is not repeated."""

    code = "invalid-request"
    status = HTTPStatus.BAD_REQUEST


class NoToken(DeskError):
    """The runtime passes `Authorization` on only if its RequestHeaderAllowlist has it."""

    code = "no-token"
    status = HTTPStatus.UNAUTHORIZED


class GatewayUnreachable(DeskError):
    """The gateway cannot be reached, or refuses the token."""

    code = "gateway-unreachable"


class ModelUnavailable(DeskError):
    """No such model, or its package or key is missing."""

    code = "model-unavailable"
