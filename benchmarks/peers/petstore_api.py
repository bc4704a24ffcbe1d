"""The API behind all gateways, and the identity provider in front of them.

It has the two operations the product exports, out of the product's own OpenAPI document, and
answers them with constants: the API's own work is not what is compared.
"""

import time
from pathlib import Path
from typing import Any

import yaml
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks.peers.serving import serve

DOCUMENT = Path(__file__).parents[2] / "functions" / "petstore" / "openapi.yaml"
CLIENT_ID = "benchmark"
LIFETIME_S = 3600

PETS = [
    {"petId": "pet-3", "name": "Nemo", "type": "fish", "priceCents": 1299},
    {"petId": "pet-2", "name": "Whiskers", "type": "cat", "priceCents": 7999},
    {"petId": "pet-1", "name": "Buddy", "type": "dog", "priceCents": 24999},
]
KEY = RSAKey.generate_key(2048, {"kid": "benchmark", "use": "sig", "alg": "RS256"})


async def list_pets(_: Request) -> Response:
    """Answer ListPets."""
    return JSONResponse({"pets": PETS})


async def get_pet(request: Request) -> Response:
    """Answer GetPetById."""
    found = [pet for pet in PETS if pet["petId"] == request.path_params["pet_id"]]
    return JSONResponse(found[0]) if found else JSONResponse({"code": "PetNotFound"}, 404)


async def document(request: Request) -> Response:
    """Answer with the OpenAPI document of what is here."""
    full: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    paths = {path: {"get": _plain(item["get"])} for path, item in full["paths"].items()}
    kept = {key: full[key] for key in ("openapi", "info")}
    schemas = {"schemas": full["components"]["schemas"]}
    servers = [{"url": _origin(request)}]
    return JSONResponse({**kept, "servers": servers, "paths": paths, "components": schemas})


async def discovery(request: Request) -> Response:
    """Answer as an OpenID provider."""
    return JSONResponse({"issuer": _origin(request), "jwks_uri": f"{_origin(request)}/jwks.json"})


async def jwks(_: Request) -> Response:
    """Answer with the public key."""
    return JSONResponse(KeySet([KEY]).as_dict(private=False))


async def token(request: Request) -> Response:
    """Answer with an access token such as Cognito's."""
    now_s = int(time.time())
    claims = {
        "iss": _origin(request),
        "sub": "benchmark",
        "client_id": CLIENT_ID,
        "token_use": "access",
        "scope": "petstore/tools",
        "iat": now_s,
        "exp": now_s + LIFETIME_S,
    }
    signed = jwt.encode({"alg": "RS256", "kid": KEY.kid}, claims, KEY, algorithms=["RS256"])
    return JSONResponse({"access_token": signed})


def _origin(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _plain(operation: dict[str, Any]) -> dict[str, Any]:
    """Leave out what only API Gateway reads."""
    left_out = "x-amazon", "security"
    return {key: value for key, value in operation.items() if not key.startswith(left_out)}


app = Starlette(
    routes=[
        Route("/pets", list_pets),
        Route("/pets/{pet_id}", get_pet),
        Route("/openapi.json", document),
        Route("/.well-known/openid-configuration", discovery),
        Route("/jwks.json", jwks),
        Route("/token", token),
    ]
)

if __name__ == "__main__":
    serve(app)
