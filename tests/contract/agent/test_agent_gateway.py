import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import cast

import pytest
from mcp import Client
from mcp_types import CallToolRequestParams, CallToolResult
from starlette.responses import PlainTextResponse

from assistant.errors import CallRefused, GatewayUnreachable, LoginRefused, TokenRejected
from assistant.gateway import MAX_PAGES, Gateway, open_gateway
from tests.contract.agent.agent_world import Tokens, gateway
from tests.support.agent_tools import GET_PET, LIST_PETS, pet_tools
from tests.support.loopback import WAIT_S, free_port, serve


@pytest.fixture(autouse=True)
async def bounded() -> AsyncIterator[None]:
    async with asyncio.timeout(20):
        yield


@pytest.mark.parametrize("simple", [True, False])
async def test_tools_are_listed_over_all_pages_and_called(simple: bool) -> None:
    with gateway(simple=simple) as (url, _):
        async with open_gateway(url, Tokens()) as opened:
            assert await opened.list_tools() == pet_tools()
            reply = await opened.call(LIST_PETS, {"type": "cat"})
    assert not reply.is_error
    assert [one["name"] for one in json.loads(reply.text)["pets"]] == ["Whiskers"]


async def test_an_error_of_the_tool_is_a_reply() -> None:
    with gateway() as (url, _):
        async with open_gateway(url, Tokens()) as opened:
            reply = await opened.call(GET_PET, {"petId": "pet-9"})
    assert reply.is_error
    assert "There is no pet pet-9." in reply.text


async def test_an_unknown_tool_is_refused_with_the_gateways_own_words() -> None:
    with gateway() as (url, _):
        async with open_gateway(url, Tokens()) as opened:
            with pytest.raises(CallRefused, match="Unknown tool: ListPets") as refused:
                await opened.call("ListPets", {})
    assert refused.value.rpc_code == -32602


async def test_a_refused_token_is_replaced_once_and_the_request_repeated() -> None:
    tokens = Tokens()
    with gateway(lambda token: token == "token-1", simple=True) as (url, door):
        async with open_gateway(url, tokens) as opened:
            assert len(await opened.list_tools()) == 2
    assert tokens.made == 1
    assert door.seen[:2] == ["token-0", "token-1"]
    assert set(door.seen[1:]) == {"token-1"}


async def test_a_token_that_ends_between_calls_is_replaced_for_all_of_them() -> None:
    tokens = Tokens()
    ended: set[str] = set()
    with gateway(lambda token: token not in ended, simple=True) as (url, _):
        async with open_gateway(url, tokens) as opened:
            await opened.list_tools()
            ended.add("token-0")
            replies = await asyncio.gather(*(opened.call(LIST_PETS, {}) for _ in range(5)))
    assert [one.is_error for one in replies] == [False] * 5
    assert tokens.made == 1


async def test_a_fresh_token_that_is_refused_too_ends_it() -> None:
    tokens = Tokens()
    with (
        gateway(lambda token: False) as (url, door),
        pytest.raises(TokenRejected, match="a fresh one as well"),
    ):
        async with open_gateway(url, tokens):
            pytest.fail("the gateway let us in")
    assert door.seen == ["token-0", "token-1"]


async def test_a_login_that_fails_on_the_way_is_named() -> None:
    tokens = Tokens(failure=LoginRefused("the user is gone"))
    ended: set[str] = set()
    with (
        gateway(lambda token: token not in ended) as (url, _),
        pytest.raises(LoginRefused, match="the user is gone"),
    ):
        async with open_gateway(url, tokens) as opened:
            ended.add("token-0")
            await opened.list_tools()


async def test_an_error_of_the_callers_own_comes_out_as_it_is() -> None:
    with gateway() as (url, _), pytest.raises(ZeroDivisionError):
        async with open_gateway(url, Tokens()):
            raise ZeroDivisionError


async def test_nobody_at_the_address_is_named() -> None:
    with pytest.raises(GatewayUnreachable, match="connection attempts failed"):
        async with open_gateway(f"http://127.0.0.1:{free_port()}/mcp", Tokens()):
            pytest.fail("there was somebody")


async def test_a_failure_in_front_of_the_gateway_is_named_by_its_status() -> None:
    with (
        serve(PlainTextResponse("no", 503)) as base,
        pytest.raises(GatewayUnreachable, match="answers 503"),
    ):
        async with open_gateway(f"{base}/mcp", Tokens()):
            pytest.fail("there was a gateway")


async def test_something_that_is_no_gateway_is_refused() -> None:
    with (
        serve(PlainTextResponse("hello")) as base,
        pytest.raises(CallRefused, match="content type"),
    ):
        async with open_gateway(f"{base}/mcp", Tokens()):
            pytest.fail("there was a gateway")


async def test_no_answer_in_time_is_named() -> None:
    enough = threading.Event()

    async def too_late(_: object, params: CallToolRequestParams) -> CallToolResult:
        await asyncio.to_thread(enough.wait, WAIT_S)
        return CallToolResult(content=[])

    with gateway(on_call=too_late, simple=True) as (url, _):
        async with open_gateway(url, Tokens(), timeout_s=0.3) as opened:
            with pytest.raises(GatewayUnreachable, match=r"within 0\.3 s"):
                await opened.call(LIST_PETS, {})
            enough.set()


async def test_cursors_that_never_end_are_given_up() -> None:
    class Circle:
        asked = 0

        async def list_tools(self, *, cursor: str | None) -> SimpleNamespace:
            self.asked += 1
            return SimpleNamespace(tools=[], next_cursor="again")

    circle = Circle()
    with pytest.raises(CallRefused, match="more than"):
        await Gateway(cast("Client", circle), timeout_s=5).list_tools()
    assert circle.asked == MAX_PAGES


async def test_no_token_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with gateway(lambda token: token == "token-1") as (url, _):
        async with open_gateway(url, Tokens()) as opened:
            await opened.call(LIST_PETS, {})
    assert len(caplog.messages) > 0
    assert "token-" not in caplog.text
