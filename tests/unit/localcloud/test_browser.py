"""What the door for browsers lets through."""

import asyncio
import json

import httpx2
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.browser import BrowserDoor, serve_browsers
from localcloud.cloud import Request
from localcloud.proxy import Proxy
from tests.support.asgi import ask

HOST = "127.0.0.1:4567"
CHAT = "/_aws/execute-api/abc/prod/chat"
LINK = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


async def cloud(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer with the path, in two pieces."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"seen ", "more_body": True})
    await send({"type": "http.response.body", "body": scope["raw_path"]})


async def status(path: str, method: str = "GET", host: str = HOST, **headers: str) -> int:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    answer = await ask(BrowserDoor(cloud), Request(method, path, "", (("host", host), *named)))
    if answer.status == 403:
        assert set(json.loads(answer.body)) == {"message"}
    return answer.status


@pytest.mark.parametrize("host", [HOST, "localhost:4567", "LOCALHOST", "127.0.0.1"])
async def test_this_machine_may_be_named_in_any_of_its_ways(host: str) -> None:
    assert await status(CHAT, host=host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example.org:4567",
        "abc.execute-api.us-east-1.amazonaws.com",
        "127.0.0.1.example.org",
        "localhost@example.org",
        "0.0.0.0:4567",
        "",
    ],
)
async def test_a_name_that_was_made_to_mean_this_machine_is_refused(host: str) -> None:
    assert await status(CHAT, host=host) == 403


async def test_a_request_with_two_hosts_or_none_is_refused() -> None:
    for headers in ((), (("host", HOST), ("host", "example.org"))):
        assert (await ask(BrowserDoor(cloud), Request("GET", CHAT, "", headers))).status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/_laptop/faults/x",
        "/_gateways/g-1/mcp",
        "/2015-03-31/functions",
        "/_aws/execute-api",
        "/_aws/execute-api/../../2015-03-31/functions",
        "/_aws/execute-api/%2e%2E/%2e%2e/2015-03-31/functions",
    ],
)
async def test_the_services_themselves_are_out_of_reach(path: str) -> None:
    assert await status(path) == 403


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
async def test_a_page_of_another_site_is_refused(method: str) -> None:
    assert await status(CHAT, method, origin="https://example.org") == 403
    assert await status(CHAT, method, origin="http://127.0.0.1:3000") == 403
    assert await status(CHAT, method, origin="null") == 403
    assert await status(CHAT, method, sec_fetch_site="cross-site") == 403
    assert await status(CHAT, method, sec_fetch_site="same-site") == 403


async def test_the_page_itself_asks_and_so_do_programs() -> None:
    own = {"origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}
    assert await status(CHAT, "POST", **own) == 200
    assert await status(CHAT, sec_fetch_site="none") == 200
    assert await status(CHAT, "POST") == 200


async def test_a_link_from_elsewhere_leads_to_the_page_and_cannot_send_anything() -> None:
    assert await status(CHAT, **LINK) == 200
    assert await status(CHAT, "POST", **LINK) == 403
    assert await status(CHAT, **{**LINK, "sec-fetch-dest": "iframe"}) == 403


async def test_several_requests_of_one_connection_pass_the_proxy_and_the_door() -> None:
    app: ASGIApp = cloud
    async with asyncio.timeout(10), serve_browsers(app) as door:
        listening = await Proxy(("127.0.0.1", 1), offline=True, browsers_address=door).serve(
            "127.0.0.1", 0
        )
        base = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        async with httpx2.AsyncClient(base_url=base, trust_env=False) as client:
            assert (await client.get(CHAT)).text == f"seen {CHAT}"
            assert (await client.get(f"{CHAT}/a%2Fb")).text == f"seen {CHAT}/a%2Fb"
            assert (await client.get("/_laptop/health")).status_code == 403
        listening.close()
        await listening.wait_closed()
