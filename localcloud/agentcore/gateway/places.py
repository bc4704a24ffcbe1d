"""Where a request is for: which gateway, and which of its two documents.

A gateway answers under its own host, as on AWS, and under a direct form for clients that reach
this process without a proxy:

    https://<id>.gateway.bedrock-agentcore.<region>.amazonaws.com/mcp
    http://127.0.0.1:<port>/_gateways/<id>/mcp

and its protected resource metadata (RFC 9728) under `/.well-known/oauth-protected-resource` of the
host, with and without the path of the resource behind it, and below the direct form.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

_HOST: Final = re.compile(
    r"(?P<id>[0-9a-z-]{1,128})\.gateway\.bedrock-agentcore\.[a-z0-9-]+\.amazonaws\.com(?::\d+)?"
)
_DIRECT: Final = "/_gateways/"
_METADATA: Final = "/.well-known/oauth-protected-resource"
_DIRECT_PATH: Final = re.compile(rf"{_DIRECT}(?P<id>[0-9a-z-]{{1,128}})(?P<rest>/.*)")
_AUTHORITY: Final = re.compile(
    r"[A-Za-z0-9.\-]{1,255}(:\d{1,5})?|\[[0-9a-fA-F:.]{2,45}\](:\d{1,5})?"
)


class Document(Enum):
    """What is asked for."""

    MCP = "mcp"
    METADATA = "metadata"


@dataclass(frozen=True)
class Place:
    """One document of one gateway. `resource` is its MCP endpoint's URL as the client has it."""

    gateway_id: str
    document: Document
    resource: str
    metadata: str
    direct: bool


def is_for_gateways(host: str, path: str) -> bool:
    """Tell whether a request is for a gateway's endpoint rather than for another service.

    Args:
        host: the Host header, with or without a port.
        path: percent-encoded.
    """
    direct = path.startswith((_DIRECT, _METADATA + _DIRECT))
    return direct or _HOST.fullmatch(host) is not None


def locate(*, scheme: str, host: str, path: str) -> Place | None:
    """Return what a request is for, or None if no gateway can answer it."""
    if (match := _HOST.fullmatch(host)) is not None:
        # TLS ends before this app: the client used https whatever the scheme says here.
        return _under_host(match["id"], f"https://{host}", path)
    if _AUTHORITY.fullmatch(host) is None:
        return None
    return _direct(f"{scheme}://{host}", path)


def _under_host(gateway_id: str, origin: str, path: str) -> Place | None:
    documents = {
        "/mcp": Document.MCP,
        _METADATA: Document.METADATA,
        f"{_METADATA}/mcp": Document.METADATA,
    }
    document = documents.get(path)
    if document is None:
        return None
    return Place(gateway_id, document, f"{origin}/mcp", origin + _METADATA, direct=False)


def _direct(origin: str, path: str) -> Place | None:
    inner = path.removeprefix(_METADATA)
    match = _DIRECT_PATH.fullmatch(inner)
    if match is None:
        return None
    rest, gateway_id = match["rest"], match["id"]
    if inner != path:
        document = Document.METADATA if rest == "/mcp" else None
    else:
        document = {
            "/mcp": Document.MCP,
            _METADATA: Document.METADATA,
            f"{_METADATA}/mcp": Document.METADATA,
        }.get(rest)
    if document is None:
        return None
    resource = f"{_DIRECT}{gateway_id}/mcp"
    return Place(
        gateway_id, document, origin + resource, origin + _METADATA + resource, direct=True
    )
