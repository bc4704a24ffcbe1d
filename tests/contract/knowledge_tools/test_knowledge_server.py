"""The MCP server of the FAQ, asked by the official client as a gateway asks it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent, Tool

from faq.errors import IndexUnreadable
from faq.knowledge import shipped
from knowledge_tools.server import SEARCH_FAQ, Searches, make_server
from tests.support.loopback import serve

type Json = dict[str, Any]

ROAMING = "How do I activate roaming?"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    app = make_server(shipped).streamable_http_app(stateless_http=True, json_response=True)
    with serve(app) as origin:
        yield f"{origin}/mcp"


async def ask(url: str, arguments: Json, tool: str = "search_faq") -> CallToolResult:
    async with streamable_http_client(url) as (receive, send), ClientSession(receive, send) as it:
        await it.initialize()
        return await it.call_tool(tool, arguments)


async def tools(url: str) -> list[Tool]:
    async with streamable_http_client(url) as (receive, send), ClientSession(receive, send) as it:
        await it.initialize()
        return (await it.list_tools()).tools


def entries(result: CallToolResult) -> list[Any]:
    assert not result.is_error, result
    (content,) = result.content
    assert isinstance(content, TextContent)
    assert json.loads(content.text) == result.structured_content
    found: list[Any] = (result.structured_content or {})["entries"]
    return found


def said(result: CallToolResult) -> str:
    assert result.is_error
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


async def test_its_one_tool_reads_and_has_schemas_that_a_gateway_takes(url: str) -> None:
    (tool,) = await tools(url)
    assert tool == SEARCH_FAQ
    assert tool.annotations is not None
    assert tool.annotations.read_only_hint
    written = tool.model_dump_json()
    assert not re.search(r'"\$(ref|defs|anchor|dynamicRef|dynamicAnchor)"', written)


async def test_a_question_finds_its_entry_with_source_and_score(url: str) -> None:
    found = entries(await ask(url, {"question": "I want roaming, how is it activated?"}))
    assert found[0]["question"] == ROAMING
    assert "*123#" in found[0]["answer"]
    assert 0.5 < found[0]["score"] <= 1
    assert found == sorted(found, key=lambda one: -one["score"])
    assert len(found) <= 3


async def test_the_limit_is_the_most_there_is(url: str) -> None:
    assert len(entries(await ask(url, {"question": ROAMING, "limit": 1}))) == 1
    assert 1 <= len(entries(await ask(url, {"question": ROAMING, "limit": 10}))) <= 10


async def test_what_the_faq_has_nothing_on_finds_nothing(url: str) -> None:
    assert entries(await ask(url, {"question": "Which colour has the moon of Mars?"})) == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({}, "question: Field required"),
        ({"question": ""}, "question: String should have at least 1 character"),
        ({"question": "x" * 2001}, "question: String should have at most 2000 characters"),
        ({"question": ROAMING, "limit": 11}, "limit: Input should be less than or equal to 10"),
        ({"question": ROAMING, "limit": "3"}, "limit: Input should be a valid integer"),
        ({"question": ROAMING, "colour": "blue"}, "colour: Extra inputs are not permitted"),
    ],
)
async def test_arguments_that_do_not_fit_are_refused_by_name(
    url: str, arguments: Json, problem: str
) -> None:
    assert problem in said(await ask(url, arguments))


async def test_another_tool_is_refused(url: str) -> None:
    assert said(await ask(url, {}, "delete_faq")) == "There is no tool delete_faq."


async def test_knowledge_that_cannot_be_read_is_said_and_no_more(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def unreadable() -> Searches:
        raise IndexUnreadable("/secret/place is empty")

    app = make_server(unreadable).streamable_http_app(stateless_http=True, json_response=True)
    with serve(app) as origin:
        result = await ask(f"{origin}/mcp", {"question": "marker-5d1f"})
    assert said(result) == "The FAQ cannot be read at the moment."
    assert "marker-5d1f" not in caplog.text


async def test_a_search_is_logged_by_how_much_it_found(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="knowledge_tools")
    entries(await ask(url, {"question": ROAMING, "limit": 1}))
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("knowledge_tools")]
    assert ours == ["searched: 1 found"]
