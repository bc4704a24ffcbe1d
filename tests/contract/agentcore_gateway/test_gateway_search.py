"""Tools found by meaning: the search tool, what it finds, and that it is in nobody's way."""

import asyncio
import json
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from mcp_types import methods

from localcloud.agentcore.model import JsonObject, Status, Tool
from minilm.embedding import Reading
from minilm.errors import WeightsUnreadable
from tests.contract.agentcore_gateway.world import (
    GET_PET,
    LIST_PETS,
    NOTE,
    World,
    error_of,
    sentence_model,
)

SEARCH = "x_amz_bedrock_agentcore_search"
MODERN = "2026-07-28"
LISTED = {
    "name": SEARCH,
    "description": "A special tool that returns a trimmed down list of tools given a context. Use "
    "this tool only when there are many tools available and you want to get a subset that matches "
    "the provided context.",
    "inputSchema": {
        "type": "object",
        "properties": {
            "query": {"type": "string", "description": "search query to use for finding tools"}
        },
        "required": ["query"],
    },
}
DESCRIPTIONS = {
    "create_invoice": "Create an invoice for a customer.",
    "get_weather": "Return the weather forecast of a place.",
    "send_email": "Send an email to a person.",
    "book_room": "Book a meeting room.",
    "reset_password": "Reset a user's password.",
}


def described(name: str, description: str) -> Tool:
    return replace(NOTE, name=name, description=description)


OFFICE = [described(name, text) for name, text in DESCRIPTIONS.items()]


@pytest.fixture
def office() -> World:
    """Return a gateway with the search tool and five others."""
    world = World()
    world.mcp_gateway(searchType="SEMANTIC")
    world.target(*OFFICE, name="Office")
    return world


async def found(world: World, query: str) -> list[str]:
    result = await world.call(SEARCH, {"query": query})
    return [tool["name"] for tool in result["structuredContent"]["tools"]]


@pytest.mark.fidelity("gateway.search")
async def test_the_search_tool_is_listed_first_as_aws_lists_it(world: World) -> None:
    world.mcp_gateway(searchType="SEMANTIC")
    result = await world.result("tools/list")
    assert result["tools"][0] == LISTED
    assert [tool["name"] for tool in result["tools"][1:]] == [
        "PetStoreTarget___ListPets",
        "PetStoreTarget___GetPetById",
    ]


@pytest.mark.fidelity("gateway.search")
async def test_the_search_tool_is_listed_and_finds_nothing_while_no_target_is_ready() -> None:
    world = World()
    world.mcp_gateway(searchType="SEMANTIC")
    world.target(LIST_PETS, status=Status.CREATING)
    assert await world.result("tools/list") == {"tools": [LISTED]}
    result = await world.call(SEARCH, {"query": "pets"})
    assert result["structuredContent"] == {"tools": []}


@pytest.mark.fidelity("gateway.search")
async def test_without_semantic_search_there_is_no_such_tool(world: World) -> None:
    names = [tool["name"] for tool in (await world.result("tools/list"))["tools"]]
    assert SEARCH not in names
    response = await world.rpc("tools/call", {"name": SEARCH, "arguments": {"query": "pets"}})
    assert error_of(response) == {"code": -32602, "message": f"Unknown tool: {SEARCH}"}


@pytest.mark.fidelity("gateway.search-update")
async def test_search_comes_and_goes_with_the_gateways_configuration(world: World) -> None:
    world.mcp_gateway(searchType="SEMANTIC")
    assert await found(world, "one pet") == [
        "PetStoreTarget___GetPetById",
        "PetStoreTarget___ListPets",
    ]
    world.mcp_gateway()
    assert error_of(await world.rpc("tools/call", {"name": SEARCH}))["code"] == -32602


@pytest.mark.fidelity("gateway.pages")
async def test_the_search_tool_is_one_of_the_first_page_and_of_no_other() -> None:
    world = World()
    world.mcp_gateway(searchType="SEMANTIC")
    world.target(*(replace(LIST_PETS, name=f"tool{index}") for index in range(200)))
    pages: list[list[str]] = []
    params: JsonObject = {}
    while not pages or params:
        result = await world.result("tools/list", params)
        pages.append([tool["name"] for tool in result["tools"]])
        params = {"cursor": result["nextCursor"]} if "nextCursor" in result else {}
    assert [len(page) for page in pages] == [100, 100, 1]
    names = [name for page in pages for name in page]
    assert names == [SEARCH, *(f"PetStoreTarget___tool{index}" for index in range(200))]

    world.mcp_gateway(searchType="SEMANTIC", disableMcpListToolsPagination=True)
    assert len((await world.result("tools/list"))["tools"]) == 201


@pytest.mark.fidelity("gateway.search-result")
async def test_a_search_answers_tools_as_structured_content_and_as_text(world: World) -> None:
    world.mcp_gateway(searchType="SEMANTIC")
    result = await world.call(SEARCH, {"query": "one pet by its id"})
    assert result["isError"] is False
    assert result["structuredContent"]["tools"][0] == {
        "name": "PetStoreTarget___GetPetById",
        "description": "Get one pet",
        "inputSchema": GET_PET.input_schema,  # and no outputSchema
    }
    (content,) = result["content"]
    assert content["type"] == "text"
    assert json.loads(content["text"]) == result["structuredContent"]
    methods.validate_server_result("tools/call", "2025-11-25", result)


@pytest.mark.fidelity("gateway.search-ranking")
@pytest.mark.parametrize(
    ("query", "tool"),
    [
        ("bill a client", "create_invoice"),
        ("will it rain tomorrow in Oslo", "get_weather"),
        ("drop Anna a line", "send_email"),
        ("a place for eight people to talk", "book_room"),
        ("somebody forgot how to log in", "reset_password"),
    ],
)
async def test_what_is_meant_comes_first_whatever_it_is_called(
    office: World, query: str, tool: str
) -> None:
    names = await found(office, query)
    assert names[0] == f"Office___{tool}"
    assert sorted(names) == sorted(f"Office___{name}" for name in DESCRIPTIONS)


@pytest.mark.fidelity("gateway.search-ranking")
async def test_at_most_ten_tools_are_found(office: World) -> None:
    many = [described(f"get_report_{number}", f"Return report {number}.") for number in range(30)]
    office.target(*many, name="Reports")
    names = await found(office, "report 17")
    assert (len(names), names[0]) == (10, "Reports___get_report_17")


@pytest.mark.fidelity("gateway.search-ranking")
@pytest.mark.parametrize("query", ["", " \t ", "?!", "x" * 10_000, "电子邮件", "\x00"])
async def test_any_string_is_a_query(office: World, query: str) -> None:
    assert len(await found(office, query)) == 5


@pytest.mark.fidelity("gateway.search-arguments")
@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({}, "Missing required field(s): 'query'"),
        ({"query": 5}, "Invalid type for field 'query': expected string, got integer"),
        ({"query": "x", "limit": 3}, "Unexpected field(s): 'limit'"),
    ],
)
async def test_arguments_are_checked_as_any_tools_are(
    office: World, arguments: JsonObject, line: str
) -> None:
    result = await office.call(SEARCH, arguments)
    assert result["isError"] is True
    assert result["content"][0]["text"] == (
        "ValidationException - Parameter validation failed: Invalid request parameters:\n- " + line
    )
    assert "structuredContent" not in result


@pytest.mark.fidelity("gateway.modern")
async def test_a_search_in_2026_says_that_it_is_complete(office: World) -> None:
    meta = {
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    headers = {
        "mcp-protocol-version": MODERN,
        "mcp-method": "tools/call",
        "mcp-name": SEARCH,
    }
    params = {"_meta": meta, "name": SEARCH, "arguments": {"query": "bill a client"}}
    result = await office.result("tools/call", params, headers=headers)
    methods.validate_server_result("tools/call", MODERN, result)
    assert result["resultType"] == "complete"
    assert "io.modelcontextprotocol/serverInfo" in result["_meta"]
    assert result["structuredContent"]["tools"][0]["name"] == "Office___create_invoice"


@pytest.mark.fidelity("gateway.log")
async def test_the_log_has_the_search_and_not_what_was_looked_for(
    office: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await found(office, "a most secret matter")
    assert [vars(record)["tool"] for record in caplog.records] == [SEARCH]
    assert not any("secret" in str(vars(record)) for record in caplog.records)


@dataclass
class Watched:
    """The real model, which says what it was given, and can be held up."""

    read_texts: list[str] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)
    may_go_on: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.may_go_on.set()

    def read(self, texts: Sequence[str]) -> list[Reading]:
        self.begun.set()
        assert self.may_go_on.wait(10)
        self.read_texts.extend(texts)
        return sentence_model().read(texts)


@pytest.mark.fidelity("gateway.search-update")
async def test_an_update_is_found_at_once_and_nothing_else_is_read_again() -> None:
    model = Watched()
    world = World(model=model)
    world.mcp_gateway(searchType="SEMANTIC")
    world.target(*OFFICE, name="Office")
    changing = world.target(LIST_PETS, GET_PET, name="Pets")
    await found(world, "pets")
    assert len(model.read_texts) == len(OFFICE) + 2 + 1  # and the query

    model.read_texts.clear()
    world.change(changing, tools=(LIST_PETS, described("shear_sheep", "Shear a sheep.")))
    assert (await found(world, "wool"))[0] == "Pets___shear_sheep"
    assert model.read_texts == ["pets: shear sheep. Shear a sheep.", "wool"]

    model.read_texts.clear()
    assert (await found(world, "wool"))[0] == "Pets___shear_sheep"
    assert model.read_texts == []


async def test_others_are_answered_while_a_search_reads() -> None:
    model = Watched()
    model.may_go_on.clear()
    world = World(model=model)
    world.mcp_gateway(searchType="SEMANTIC")
    world.target(*OFFICE)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        searching = group.create_task(world.call(SEARCH, {"query": "mail"}))
        assert await asyncio.to_thread(model.begun.wait, 5)
        assert await world.result("ping") == {}
        assert not searching.done()
        model.may_go_on.set()
    assert searching.result()["isError"] is False


async def test_who_lists_a_gateways_tools_has_them_read_for_the_first_search() -> None:
    model = Watched()
    world = World(model=model)
    world.mcp_gateway(searchType="SEMANTIC")
    world.target(*OFFICE)
    await world.result("tools/list")
    assert await asyncio.to_thread(model.begun.wait, 5)
    await found(world, "mail")
    assert len(model.read_texts) == len(OFFICE) + 1


class Unreadable:
    """A model whose file is damaged, until it is mended."""

    mended = False

    def read(self, texts: Sequence[str]) -> list[Reading]:
        if not self.mended:
            raise WeightsUnreadable("damaged")
        return sentence_model().read(texts)


async def test_a_search_that_failed_is_tried_again_by_the_next() -> None:
    model = Unreadable()
    world = World(model=model)
    world.mcp_gateway(searchType="SEMANTIC")
    world.target(*OFFICE)
    params = {"name": SEARCH, "arguments": {"query": "mail"}}
    assert (await world.rpc("tools/call", params)).status == 500
    model.mended = True
    assert (await found(world, "mail"))[0] == "PetStoreTarget___send_email"


async def test_searches_at_the_same_time_read_each_tool_once() -> None:
    model = Watched()
    world = World(model=model)
    world.mcp_gateway(searchType="SEMANTIC")
    world.target(*OFFICE)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        for number in range(8):
            group.create_task(found(world, f"mail {number}"))
    assert len(model.read_texts) == len(OFFICE) + 8
