"""localcore-gateway with an OpenAPI target on the API, set to be as fast as it can be.

Runs in an environment of its own. Stateless (JSON answers, no sessions) and with its contract
checks on, which is where it checks arguments. It has no inbound authorization, by design; it is a
FastMCP server, so it is given FastMCP's own verifier.
"""

import sys

import httpx
from fastmcp.server.auth.providers.jwt import JWTVerifier
from localcore_gateway.config import GatewayConfig
from localcore_gateway.gateway import build_gateway

from benchmarks.peers.serving import serve


def build(api: str) -> object:
    """Return its ASGI application, with the MCP endpoint at /mcp."""
    target = {
        "type": "openapi",
        "name": "PetStoreTarget",
        "spec": httpx.get(f"{api}/openapi.json").json(),
    }
    server = {"stateless": True, "contract_checks": "error"}
    config = GatewayConfig.model_validate({"server": server, "targets": [target]})
    gateway, _ = build_gateway(config)
    gateway.auth = JWTVerifier(jwks_uri=f"{api}/jwks.json", issuer=api)
    # As localcore_gateway.app.build_app makes it.
    return gateway.http_app(path="/mcp", stateless_http=True, json_response=True)


if __name__ == "__main__":
    serve(build(sys.argv[1]))
