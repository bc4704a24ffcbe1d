import pytest
from starlette.types import Receive, Scope, Send

from localcloud import asgi
from localcloud.engine.paths import with_encoded_paths


async def seen_path(url: str) -> str:
    """Return the path that an application behind the wrapper routes by."""
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        seen.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    await asgi.call(with_encoded_paths(app), "GET", url, headers=(), body=b"")
    return seen[0]


@pytest.mark.fidelity("apigateway.encoded-paths")
@pytest.mark.parametrize(
    "base",
    [
        "https://abcdefgh12.execute-api.us-east-1.amazonaws.com",
        "https://127.0.0.1:4566/_aws/execute-api/abcdefgh12",
    ],
)
@pytest.mark.parametrize("pet_id", ["a%2Fb", "pet-1%2F", "%2e%2e", "with%20space"])
async def test_an_encoded_slash_in_a_path_parameter_leads_to_no_other_resource(
    base: str, pet_id: str
) -> None:
    assert (await seen_path(f"{base}/prod/pets/{pet_id}")).endswith(f"/prod/pets/{pet_id}")


async def test_other_services_see_decoded_paths() -> None:
    url = "https://s3.us-east-1.amazonaws.com/bucket/a%20key"

    assert await seen_path(url) == "/bucket/a key"
