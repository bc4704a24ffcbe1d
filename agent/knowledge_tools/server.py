"""An MCP server with one tool, which searches the FAQ that ships with the agent.

Schemas are written out: a gateway takes no `$ref` in them, which Pydantic would make of a list of
models (AgentCore Developer Guide, MCP server targets).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Protocol

from anyio import to_thread
from mcp.server.lowlevel import Server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from faq.entry import Hit
from faq.errors import FaqError
from faq.policy import CLOSEST_SCORE
from minilm.errors import WeightsUnreadable

MAX_QUESTION_LENGTH: Final = 2000
MAX_RESULTS: Final = 10
DEFAULT_RESULTS: Final = 3

SEARCH_FAQ: Final = Tool(
    name="search_faq",
    description=(
        "Search the FAQ of the telephone company for what it tells customers about plans, roaming, "
        "bills, SIM cards, the app and more. Answers with the entries that are nearest to a "
        "question, each with its own question, its answer and a score: 1 is the nearest. Quote "
        "the entry's question as the source. An empty list means that the FAQ has nothing on it."
    ),
    input_schema={
        "type": "object",
        "properties": {
            "question": {
                "type": "string",
                "description": "What a customer wants to know, in plain words",
            },
            "limit": {
                "type": "integer",
                "description": f"The most entries to answer with, 1 to {MAX_RESULTS}; "
                f"{DEFAULT_RESULTS} unless said otherwise",
            },
        },
        "required": ["question"],
    },
    output_schema={
        "type": "object",
        "properties": {
            "entries": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "question": {"type": "string"},
                        "answer": {"type": "string"},
                        "score": {"type": "number"},
                    },
                    "required": ["question", "answer", "score"],
                },
            }
        },
        "required": ["entries"],
    },
    annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False),
)

logger = logging.getLogger(__name__)


class Searches(Protocol):
    """What knows the FAQ, as `faq.knowledge.Knowledge` does."""

    def search(self, query: str, k: int = 3) -> Sequence[Hit]:
        """Return up to `k` entries, the best first."""
        ...


class Question(BaseModel):
    """The arguments of `search_faq`."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    question: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_LENGTH)]
    limit: Annotated[int, Field(ge=1, le=MAX_RESULTS)] = DEFAULT_RESULTS


def make_server(knowledge: Callable[[], Searches]) -> Server[Any]:
    """Return the server; `knowledge` is called with each search, for reading it takes its time."""

    async def list_tools(_context: object, _params: object) -> ListToolsResult:
        return ListToolsResult(tools=[SEARCH_FAQ])

    async def call_tool(_context: object, params: CallToolRequestParams) -> CallToolResult:
        if params.name != SEARCH_FAQ.name:
            return _refused(f"There is no tool {params.name}.", "unknown_tool")
        try:
            asked = Question.model_validate(params.arguments or {})
        except ValidationError as error:
            return _refused(_said(error), "invalid_arguments")
        try:
            return await to_thread.run_sync(_answer, asked, knowledge)
        except (FaqError, WeightsUnreadable) as error:
            logger.exception("no knowledge: %s", type(error).__name__)
            return _refused("The FAQ cannot be read at the moment.", "unavailable")

    return Server("knowledge", on_list_tools=list_tools, on_call_tool=call_tool)


def _answer(asked: Question, knowledge: Callable[[], Searches]) -> CallToolResult:
    hits = knowledge().search(asked.question, asked.limit)
    entries = [
        {
            "question": hit.entry.question,
            "answer": hit.entry.answer,
            "score": round(float(hit.score), 4),
        }
        for hit in hits
        if hit.score >= CLOSEST_SCORE
    ]
    logger.info("searched: %d found", len(entries))
    found = {"entries": entries}
    return CallToolResult(content=[_text(json.dumps(found))], structured_content=found)


def _refused(said: str, code: str) -> CallToolResult:
    logger.info("refused: %s", code)
    return CallToolResult(content=[_text(said)], is_error=True)


def _text(text: str) -> TextContent:
    return TextContent(type="text", text=text)


def _said(error: ValidationError) -> str:
    """Name what is wrong with the arguments, without what was in them."""
    problems = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    return f"Invalid arguments: {'; '.join(problems)}."
