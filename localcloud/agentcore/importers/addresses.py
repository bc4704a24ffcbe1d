"""Where an API is, by its document.

Source: AgentCore Developer Guide, OpenAPI targets: an absolute URL, and no private address. This
machine's own addresses are let through, for here a target's server may be a neighbour (claim
`gateway.import-server`).
"""

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

from localcloud.agentcore.importers.schemas import expect_object
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.ports import ImportFailed

VARIABLE: Final = re.compile(r"\{([^{}]+)\}")
_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_WHERE: Final = "#/servers/0/url"


def server_url(content: JsonObject) -> str:
    """Return the first server's URL, variables replaced by their defaults, no slash at its end.

    Raises:
        ImportFailed: there is none, or it is not absolute, or of a private network.
    """
    servers = content.get("servers")
    if not isinstance(servers, list) or not servers:
        raise ImportFailed("#/servers: the API document names no server.")
    server = expect_object(servers[0], "#/servers/0")
    variables = expect_object(server.get("variables", {}), "#/servers/0/variables")

    def default(match: re.Match[str]) -> str:
        variable = variables.get(match[1])
        value = variable.get("default") if isinstance(variable, dict) else None
        return str(value).strip("/") if value is not None else match[0]

    url = VARIABLE.sub(default, str(server.get("url", ""))).rstrip("/")
    host = _host(url)
    if host is None:
        raise ImportFailed(f"{_WHERE}: the server's URL is not a valid absolute URL.")
    if _is_private(host):
        raise ImportFailed(f"{_WHERE}: the server's address is of a private network.")
    return url


def _host(url: str) -> str | None:
    """Return the host of an absolute URL that names nothing but a place, or None."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in {"https", "http"} or not host or "{" in parts.netloc:
        return None
    extra = parts.query or parts.fragment or parts.username is not None
    return None if extra or re.search(r"[\s\\]", url) else host


def _is_private(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        # 10.1 and 0xa000001 are addresses too, to whoever resolves them.
        return _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) is not None
    return not address.is_global and not address.is_loopback
