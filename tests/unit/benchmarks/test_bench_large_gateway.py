import httpx
import pytest

from benchmarks.large_gateway import Client, rows
from benchmarks.peers.large_gateway import GATEWAY_ID, build
from localcloud.agentcore.gateway.search.tool import NAME


async def test_a_large_gateway_has_ten_tools_for_each_target_and_the_search() -> None:
    transport = httpx.ASGITransport(app=build(12))
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        listed = (await http.post(f"/_gateways/{GATEWAY_ID}/mcp", json=message)).json()["result"]
        memory = (await http.get("/memory")).json()
    names = [tool["name"] for tool in listed["tools"]]
    assert (len(names), names[0]) == (100, NAME)
    assert "nextCursor" in listed
    assert memory["resident_kb"] > 10_000


def test_only_searches_among_a_thousand_tools_have_an_aim() -> None:
    taken_ms = {"search, a new query": [4.0, 30.0, 5.0], "call": [90.0]}
    small, _ = rows(10, taken_ms)
    large, call = rows(1000, taken_ms)
    assert (small["met"], large["met"], call["met"]) == ("", "yes", "")
    assert (large["p50 ms"], large["p99 ms"]) == (5.0, 30.0)


def test_a_client_pages_until_there_is_no_cursor() -> None:
    pages = {None: (["a", "b"], "2"), "2": (["c"], None)}

    def answer(request: httpx.Request) -> httpx.Response:
        params = httpx.Response(200, content=request.content).json()["params"]
        names, following = pages[params.get("cursor")]
        result = {"tools": [{"name": name} for name in names]}
        return httpx.Response(
            200, json={"result": result | ({"nextCursor": following} if following else {})}
        )

    with httpx.Client(transport=httpx.MockTransport(answer), base_url="http://gateway") as http:
        client = Client(http)
        assert client.list_all() == ["a", "b", "c"]
    assert {kind: len(times) for kind, times in client.taken_ms.items()} == {
        "list, a page": 2,
        "list, all": 1,
    }


def test_a_page_in_an_error_is_no_answer() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(500))
    http = httpx.Client(transport=transport, base_url="http://gateway")
    with http, pytest.raises(httpx.HTTPStatusError):
        Client(http).list_all()
