import json
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.utils.function_calling import convert_to_openai_tool
from langgraph.checkpoint.memory import InMemorySaver

from assistant.brain import MAX_PAGES, OfflineChat
from assistant.conversation import answer
from assistant.errors import GatewayUnreachable, TooManySteps
from assistant.gateway import Reply, Tool
from assistant.graph import MAX_STEPS, build_graph
from assistant.models import Model
from assistant.steps import Reported, Step
from assistant.tools import to_langchain
from tests.support.agent_tools import GET_PET, LIST_PETS, PetServer, ScriptedChat, pet_tools


def calling(name: str, **arguments: object) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": name, "args": arguments, "id": "call-1"}])


async def run(model: ScriptedChat, server: PetServer, question: str = "a question") -> list[Any]:
    graph = build_graph(Model("scripted", model), to_langchain(server.tools, server.call))
    state = await graph.ainvoke({"messages": [("user", question)]})
    return list(state["messages"])


async def test_a_tool_call_is_made_and_its_result_goes_back_to_the_model() -> None:
    model = ScriptedChat(lines=[calling(GET_PET, petId="pet-3"), AIMessage("done")])
    server = PetServer()

    messages = await run(model, server)

    assert server.calls == [(GET_PET, {"petId": "pet-3"})]
    assert [type(one) for one in messages] == [HumanMessage, AIMessage, ToolMessage, AIMessage]
    assert json.loads(messages[2].text)["name"] == "Nemo"
    assert messages[2].status == "success"
    assert model.heard[1][-1] == messages[2]
    assert isinstance(model.heard[0][0], SystemMessage)


async def test_a_tools_error_reaches_the_model_as_an_error() -> None:
    model = ScriptedChat(lines=[calling(GET_PET, petId="pet-9"), AIMessage("sorry")])
    messages = await run(model, PetServer())
    assert messages[2].status == "error"
    assert json.loads(messages[2].text)["detail"] == "There is no pet pet-9."


async def test_a_call_the_gateway_refuses_reaches_the_model_as_an_error() -> None:
    async def gone(name: str, arguments: dict[str, Any]) -> Reply:
        return await PetServer(tools=()).call(name, arguments)

    model = ScriptedChat(lines=[calling(LIST_PETS), AIMessage("sorry")])
    graph = build_graph(Model("scripted", model), to_langchain(pet_tools(), gone))
    state = await graph.ainvoke({"messages": [("user", "pets?")]})
    refusal = state["messages"][2]
    assert (refusal.status, refusal.text) == ("error", f"Unknown tool: {LIST_PETS}")


async def test_a_tool_the_model_made_up_is_an_error_and_no_call() -> None:
    model = ScriptedChat(lines=[calling("NoSuchTool"), AIMessage("sorry")])
    server = PetServer()
    messages = await run(model, server)
    assert messages[2].status == "error"
    assert server.calls == []


async def test_a_gateway_that_is_gone_ends_the_run() -> None:
    async def fail(name: str, arguments: dict[str, Any]) -> Reply:
        raise GatewayUnreachable("gone")

    model = ScriptedChat(lines=[calling(LIST_PETS)])
    graph = build_graph(Model("scripted", model), to_langchain(pet_tools(), fail))
    with pytest.raises(GatewayUnreachable):
        await graph.ainvoke({"messages": [("user", "pets?")]})


async def test_a_model_that_never_answers_is_stopped() -> None:
    server = PetServer()
    endless = Model("scripted", ScriptedChat(lines=[calling(LIST_PETS)]))
    with pytest.raises(TooManySteps, match="scripted"):
        await answer("pets?", server=server, model=endless)
    assert len(server.calls) == MAX_STEPS // 2


async def test_the_limit_leaves_room_for_all_the_pages_the_offline_model_reads() -> None:
    herd = [
        {"petId": f"pet-{n}", "name": f"Fish{n}", "type": "fish", "priceCents": n}
        for n in range(500)
    ]
    server = PetServer(pets=herd)
    said = await answer("How much is Nemo?", server=server, model=Model("offline", OfflineChat()))
    assert len(server.calls) == MAX_PAGES
    assert said.startswith('I found nothing called "Nemo"')


async def test_the_model_gets_the_raw_schemas() -> None:
    tools = to_langchain(pet_tools(), PetServer().call)
    for wrapped, tool in zip(tools, pet_tools(), strict=True):
        function = convert_to_openai_tool(wrapped)["function"]
        assert function["name"] == tool.name
        assert function["parameters"]["properties"] == tool.input_schema["properties"]


@pytest.mark.parametrize("name", ["config", "self", "run_manager", "args", "Idempotency-Key"])
async def test_an_argument_may_have_any_name(name: str) -> None:
    async def echo(tool: str, arguments: dict[str, Any]) -> Reply:
        return Reply(json.dumps(arguments), is_error=False)

    schema = {"type": "object", "properties": {name: {"type": "string"}}}
    [tool] = to_langchain([Tool("Any___Echo", "", schema)], echo)
    assert json.loads(await tool.ainvoke({name: "value"})) == {name: "value"}


async def test_a_schema_without_properties_will_do() -> None:
    async def pong(name: str, arguments: dict[str, Any]) -> Reply:
        return Reply(json.dumps([name, arguments]), is_error=False)

    [tool] = to_langchain([Tool("Any___Ping", "", {"type": "object"})], pong)
    assert await tool.ainvoke({}) == '["Any___Ping", {}]'


async def test_a_conversation_can_be_kept() -> None:
    model = ScriptedChat(lines=[AIMessage("one"), AIMessage("two")])
    graph = build_graph(Model("scripted", model), [], memory=InMemorySaver())
    thread: Any = {"configurable": {"thread_id": "t"}}
    await graph.ainvoke({"messages": [("user", "first")]}, thread)
    state = await graph.ainvoke({"messages": [("user", "second")]}, thread)
    assert [one.text for one in state["messages"]] == ["first", "one", "second", "two"]


async def test_steps_are_reported_with_arguments_outcome_and_time() -> None:
    ticks = iter(range(100))
    steps: list[Step] = []
    server = Reported(PetServer(), steps.append, lambda: next(ticks) / 1000)

    said = await answer("Tell me about pet-9", server=server, model=Model("offline", OfflineChat()))

    assert said == "I could not get pet by id: There is no pet pet-9."
    assert [(one.kind, dict(one.data)) for one in steps] == [
        ("tools", {"names": [LIST_PETS, GET_PET], "elapsedMs": 1.0}),
        (
            "call",
            {"name": GET_PET, "arguments": {"petId": "pet-9"}, "isError": True, "elapsedMs": 1.0},
        ),
    ]
