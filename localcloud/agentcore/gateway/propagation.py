"""What of a client's request goes on to a target: headers and query parameters it lists.

Source: AgentCore Developer Guide, header propagation: `allowedRequestHeaders` and
`allowedQueryParameters` of `metadataConfiguration`, values of up to 4 KB of printable ASCII. That
others are left out, and that what the call itself says goes first, is ours (claim
`gateway.propagation`).
"""

import re
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from localcloud.agentcore.gateway.outbound import Outbound
from localcloud.agentcore.model import Target
from localcloud.cloud import Request

_VALUE: Final = re.compile(r"[\x20-\x7e]{0,4096}")

type _Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Propagated:
    """Headers and query parameters, as the client sent them."""

    headers: _Pairs = ()
    query: _Pairs = ()

    def added_to(self, outbound: Outbound) -> Outbound:
        """Return a request with them."""
        own = {name.lower() for name in outbound.headers}
        headers = {name: value for name, value in self.headers if name.lower() not in own}
        url = outbound.url
        if self.query:
            mark = "&" if "?" in url else "?"
            url = f"{url}{mark}{urlencode(self.query, quote_via=quote)}"
        return replace(outbound, url=url, headers=headers | outbound.headers)


def propagated(target: Target, request: Request) -> Propagated:
    """Return what a target lets through of a request."""
    allowed = target.config.get("metadataConfiguration") or {}
    headers = {name.lower(): name for name in allowed.get("allowedRequestHeaders", [])}
    parameters = frozenset(allowed.get("allowedQueryParameters", []))
    pairs = parse_qsl(request.query, keep_blank_values=True) if parameters else []
    fitting = ((name, value) for name, value in request.headers if _VALUE.fullmatch(value))
    return Propagated(
        tuple((headers[name], value) for name, value in fitting if name in headers),
        tuple(pair for pair in pairs if pair[0] in parameters and _VALUE.fullmatch(pair[1])),
    )
