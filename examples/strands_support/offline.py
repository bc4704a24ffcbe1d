"""A model of Strands without a network: the platform's deterministic one, in Strands' terms."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Any, TypeVar

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage
from pydantic import BaseModel
from strands.models import Model
from strands.types.content import ContentBlock, ContentBlockStartToolUse, Message, Messages
from strands.types.streaming import StreamEvent
from strands.types.tools import ToolResult, ToolSpec

from assistant.brain import OfflineChat

T = TypeVar("T", bound=BaseModel)


class OfflineModel(Model):
    """Routes to tools and quotes what they answer; see `assistant.brain`."""

    def __init__(self) -> None:
        """Make it; there is nothing to configure."""
        self._chat = OfflineChat()

    def update_config(self, **model_config: Any) -> None:  # noqa: ANN401 - the base class's signature
        """Change nothing."""

    def get_config(self) -> dict[str, Any]:
        """Return an empty configuration."""
        return {}

    def structured_output(
        self,
        output_model: type[T],
        prompt: Messages,
        system_prompt: str | None = None,
        **kwargs: Any,  # noqa: ANN401 - the base class's signature
    ) -> AsyncGenerator[dict[str, T | Any], None]:
        """Refuse: it can only quote.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("the offline model gives no structured output")

    async def stream(
        self,
        messages: Messages,
        tool_specs: list[ToolSpec] | None = None,
        system_prompt: str | None = None,
        **kwargs: Any,  # noqa: ANN401 - the base class's signature
    ) -> AsyncIterator[StreamEvent]:
        """Say the next message, in one piece."""
        heard = [one for message in messages for one in _heard(message)]
        said = self._chat.reply(heard, [_tool(one) for one in tool_specs or ()])
        yield {"messageStart": {"role": "assistant"}}
        for event in [*_text(said.text), *(e for call in said.tool_calls for e in _call(call))]:
            yield event
        yield {"messageStop": {"stopReason": "tool_use" if said.tool_calls else "end_turn"}}


def _heard(message: Message) -> Iterator[BaseMessage]:
    """Yield a message in LangChain's terms; one of Strands' may hold several tools' results."""
    blocks = message["content"]
    text = "\n".join(one["text"] for one in blocks if "text" in one)
    if message["role"] == "assistant":
        yield AIMessage(text, tool_calls=[_made(one) for one in blocks if "toolUse" in one])
        return
    results = [one["toolResult"] for one in blocks if "toolResult" in one]
    yield from map(_result, results)
    if not results:
        yield HumanMessage(text)


def _made(block: ContentBlock) -> ToolCall:
    use = block["toolUse"]
    return ToolCall(name=use["name"], args=use["input"], id=use["toolUseId"])


def _result(result: ToolResult) -> ToolMessage:
    # An MCP tool's structured content comes as JSON after the text that says the same.
    text = "\n".join(one["text"] for one in result["content"] if "text" in one)
    status = "error" if result["status"] == "error" else "success"
    return ToolMessage(text, tool_call_id=result["toolUseId"], status=status)


def _tool(spec: ToolSpec) -> dict[str, Any]:
    schema: Any = spec["inputSchema"]
    function = {"name": spec["name"], "description": spec["description"]}
    return {"type": "function", "function": {**function, "parameters": schema.get("json", schema)}}


def _text(text: str) -> Iterator[StreamEvent]:
    if text:
        yield {"contentBlockStart": {"start": {}}}
        yield {"contentBlockDelta": {"delta": {"text": text}}}
        yield {"contentBlockStop": {}}


def _call(call: ToolCall) -> Iterator[StreamEvent]:
    use: ContentBlockStartToolUse = {"name": call["name"], "toolUseId": str(call["id"])}
    yield {"contentBlockStart": {"start": {"toolUse": use}}}
    yield {"contentBlockDelta": {"delta": {"toolUse": {"input": json.dumps(call["args"])}}}}
    yield {"contentBlockStop": {}}
