"""A pet store's tools for the agent's tests, without a gateway, and a model that reads a script."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from assistant.brain import OfflineChat
from assistant.errors import CallRefused
from assistant.gateway import Reply, Tool

LIST_PETS = "PetStoreTarget___ListPets"
GET_PET = "PetStoreTarget___GetPetById"
WAIT_S = 10.0

PETS: tuple[dict[str, Any], ...] = (
    {
        "petId": "pet-3",
        "name": "Nemo",
        "type": "fish",
        "priceCents": 1299,
        "description": "A cheerful clownfish.",
        "version": 1,
    },
    {
        "petId": "pet-2",
        "name": "Whiskers",
        "type": "cat",
        "priceCents": 9950,
        "description": "A calm cat",
        "version": 1,
    },
    {
        "petId": "pet-1",
        "name": "Buddy",
        "type": "dog",
        "priceCents": 24999,
        "description": "A friendly golden retriever.",
        "version": 1,
    },
)


def _text(description: str, **rest: object) -> dict[str, Any]:
    return {"type": "string", "description": description, **rest}


def pet_tools() -> tuple[Tool, ...]:
    """The tools as a gateway lists them: query parameters are strings."""
    limits = {
        "minPriceCents": _text("Only pets that cost at least this much, in US cents."),
        "maxPriceCents": _text("Only pets that cost at most this much, in US cents."),
        "pageSize": _text("The most pets to answer with, 1 to 100."),
        "nextToken": _text("Where to go on, from the previous answer."),
    }
    kinds = _text("Only pets of this type.", enum=["bird", "cat", "dog", "fish", "rabbit"])
    pet_id = _text("The id of the pet, such as pet-1.", pattern="^pet-[0-9a-z]{1,12}$")
    return (
        Tool(
            LIST_PETS,
            "List the pets for sale, optionally of one type or within a price range.",
            {"type": "object", "properties": {"type": kinds, **limits}},
        ),
        Tool(
            GET_PET,
            "Get one pet by its id.",
            {"type": "object", "properties": {"petId": pet_id}, "required": ["petId"]},
        ),
    )


def bare(tool: Tool) -> Tool:
    """The tool as an export leaves it that keeps names and types and nothing else."""
    schema = tool.input_schema
    properties = {name: {"type": one["type"]} for name, one in schema["properties"].items()}
    return Tool(tool.name, "", {**schema, "properties": properties})


def writing_tools() -> tuple[Tool, ...]:
    """Tools that change things, none of which may be called by mistake."""
    pet_id = _text("The id of the pet.", pattern="^pet-[0-9a-z]{1,12}$")
    fields = {
        "name": _text("What it is called."),
        "type": _text("What it is.", enum=["cat", "dog", "fish"]),
        "priceCents": {"type": "integer"},
    }
    return (
        Tool(
            "PetStoreTarget___CreatePet",
            "Add a pet",
            {"type": "object", "properties": fields, "required": [*fields]},
        ),
        Tool(
            "PetStoreTarget___DeletePet",
            "Delete a pet",
            {"type": "object", "properties": {"petId": pet_id}, "required": ["petId"]},
        ),
    )


def answer_pets(
    name: str, arguments: Mapping[str, Any], pets: Sequence[Mapping[str, Any]] = PETS
) -> Reply:
    """Answer as the store does."""
    if name == GET_PET:
        found = [one for one in pets if one["petId"] == arguments["petId"]]
        missing = {"title": "Not Found", "detail": f"There is no pet {arguments['petId']}."}
        return Reply(json.dumps(found[0] if found else missing), is_error=not found)
    low, high = int(arguments.get("minPriceCents", 0)), int(arguments.get("maxPriceCents", 1e9))
    kind = arguments.get("type")
    kept = [p for p in pets if kind in {None, p["type"]} and low <= p["priceCents"] <= high]
    start, size = int(arguments.get("nextToken", 0)), int(arguments.get("pageSize", 20))
    page: dict[str, Any] = {"pets": kept[start : start + size]}
    if len(kept) > start + size:
        page["nextToken"] = str(start + size)
    return Reply(json.dumps(page), is_error=False)


class PetServer:
    """A tool server in memory that remembers its calls."""

    def __init__(
        self, tools: Sequence[Tool] | None = None, pets: Sequence[Mapping[str, Any]] = PETS
    ) -> None:
        self.tools = pet_tools() if tools is None else tuple(tools)
        self.pets = pets
        self.calls: list[tuple[str, dict[str, Any]]] = []

    async def list_tools(self) -> tuple[Tool, ...]:
        return self.tools

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Reply:
        self.calls.append((name, dict(arguments)))
        if name not in {one.name for one in self.tools}:
            raise CallRefused(f"Unknown tool: {name}", rpc_code=-32602)
        return answer_pets(name, arguments, self.pets)


def as_openai(tool: Tool) -> dict[str, Any]:
    """The tool in the form that models are bound to."""
    function = {"name": tool.name, "description": tool.description}
    return {"type": "function", "function": {**function, "parameters": dict(tool.input_schema)}}


type Calls = list[tuple[str, dict[str, Any]]]


def converse(
    question: str,
    tools: Sequence[Tool],
    *,
    pets: Sequence[Mapping[str, Any]] = PETS,
    rounds: int = 6,
) -> tuple[Calls, str, list[str]]:
    """Play a question through the offline model: its calls, its answer, and the results it saw."""
    model = OfflineChat().bind_tools([as_openai(one) for one in tools])
    messages: list[BaseMessage] = [HumanMessage(question)]
    calls: Calls = []
    results: list[str] = []
    for _ in range(rounds):
        said = model.invoke(messages)
        messages.append(said)
        if not said.tool_calls:
            return calls, said.text, results
        for one in said.tool_calls:
            calls.append((one["name"], one["args"]))
            reply = answer_pets(one["name"], one["args"], pets)
            results.append(reply.text)
            status = "error" if reply.is_error else "success"
            messages.append(ToolMessage(reply.text, tool_call_id=one["id"], status=status))
    raise AssertionError(f"no answer after {rounds} rounds: {calls}")


class ScriptedChat(BaseChatModel):
    """A model that says its lines in order and remembers what it was told before each."""

    lines: list[AIMessage]
    _heard: list[list[BaseMessage]] = PrivateAttr(default_factory=list)
    _bound: list[Any] = PrivateAttr(default_factory=list)

    @property
    def heard(self) -> list[list[BaseMessage]]:
        return self._heard

    @property
    def bound(self) -> list[Any]:
        return self._bound

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **kwargs: object) -> "ScriptedChat":
        self._bound.extend(tools)
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: object,
    ) -> ChatResult:
        # A copy: LangChain gives each message an id, and LangGraph replaces by it.
        line = self.lines[len(self._heard) % len(self.lines)].model_copy()
        self._heard.append(messages)
        return ChatResult(generations=[ChatGeneration(message=line)])
