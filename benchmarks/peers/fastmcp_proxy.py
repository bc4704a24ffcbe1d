"""FastMCP's OpenAPI proxy on the API, set to be as fast as it can be.

Stateless and with JSON answers, as our gateway is; without the check of the API's answers, which
ours does not do either. Its OpenAPI tools do not check arguments, and have no setting for it.
"""

import sys

import httpx2
from fastmcp import FastMCP
from fastmcp.server.auth.providers.jwt import JWTVerifier

from benchmarks.peers.serving import serve


def build(api: str) -> object:
    """Return its ASGI application, with the MCP endpoint at /mcp."""
    server = FastMCP.from_openapi(
        httpx2.get(f"{api}/openapi.json").json(),
        client=httpx2.AsyncClient(base_url=api, trust_env=False),
        name="PetStore",
        validate_output=False,
        auth=JWTVerifier(jwks_uri=f"{api}/jwks.json", issuer=api),
    )
    return server.http_app(path="/mcp", stateless_http=True, json_response=True)


if __name__ == "__main__":
    serve(build(sys.argv[1]))
