"""Versions of MCP: which a gateway speaks, and which one a request is in.

Up to 2025-11-25 a client shakes hands with `initialize`; 2026-07-28 has no handshake, and every
request carries its version in a header and in `_meta`.

Sources: MCP specification, lifecycle and transports of each version; AgentCore Developer Guide, MCP
versions. All four when a gateway names none is our choice (claim `gateway.versions-default`).
"""

from typing import Any, Final

from mcp.shared.inbound import (
    MCP_PROTOCOL_VERSION_HEADER,
    InboundLadderRejection,
    classify_inbound_request,
    find_duplicated_routing_header,
)
from mcp_types.jsonrpc import HEADER_MISMATCH, UNSUPPORTED_PROTOCOL_VERSION
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS

from localcloud.agentcore.gateway.errors import (
    HeaderMismatch,
    InvalidParams,
    UnsupportedVersion,
)
from localcloud.agentcore.model import Gateway
from localcloud.cloud import Request

SERVED: Final = ("2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28")
BATCHING: Final = "2025-03-26"
"""The only version in which several requests may come in one body."""


class Versions:
    """The versions one gateway speaks."""

    def __init__(self, gateway: Gateway) -> None:
        """Read `protocolConfiguration.mcp.supportedVersions`."""
        mcp = (gateway.config.get("protocolConfiguration") or {}).get("mcp") or {}
        named = mcp.get("supportedVersions") or SERVED
        self.supported = tuple(version for version in SERVED if version in named)
        self.handshake = tuple(v for v in self.supported if v in HANDSHAKE_PROTOCOL_VERSIONS)
        self.modern = tuple(v for v in self.supported if v in MODERN_PROTOCOL_VERSIONS)

    def of(self, request: Request) -> str:
        """Return the version a request is in.

        Without the header it is the oldest version with a handshake: the specification says to
        assume 2025-03-26, and clients that post without ceremony send none.

        Raises:
            UnsupportedVersion: the gateway does not speak it.
        """
        version = request.header(MCP_PROTOCOL_VERSION_HEADER)
        if version is None and self.handshake:
            return self.handshake[0]
        if version is None or version not in self.supported:
            raise self.unsupported(version or "")
        return version

    def negotiate(self, requested: str) -> str:
        """Return the version to answer an `initialize` with.

        Raises:
            UnsupportedVersion: the gateway speaks none that has a handshake.
        """
        if requested in self.handshake:
            return requested
        if not self.handshake:
            raise self.unsupported(requested)
        return self.handshake[-1]

    def unsupported(self, requested: str) -> UnsupportedVersion:
        """Return the refusal of a version, naming those the gateway speaks."""
        data = {"supported": list(self.supported), "requested": requested}
        return UnsupportedVersion("Unsupported protocol version", data)

    def expect_envelope(self, request: Request, message: dict[str, Any]) -> None:
        """Check what 2026-07-28 asks of a request: `_meta`, and headers that say the same.

        Raises:
            HeaderMismatch, InvalidParams, UnsupportedVersion: as the specification has it.
        """
        if (name := find_duplicated_routing_header(request.headers)) is not None:
            raise HeaderMismatch(f"{name} header appears more than once")
        verdict = classify_inbound_request(
            message, headers=dict(request.headers), supported_modern_versions=self.modern
        )
        if not isinstance(verdict, InboundLadderRejection):
            return
        if verdict.code == UNSUPPORTED_PROTOCOL_VERSION:
            raise UnsupportedVersion(verdict.message, verdict.data)
        refusal = HeaderMismatch if verdict.code == HEADER_MISMATCH else InvalidParams
        raise refusal(verdict.message, verdict.data)


def is_modern(version: str) -> bool:
    """Tell whether a version has no handshake."""
    return version in MODERN_PROTOCOL_VERSIONS
