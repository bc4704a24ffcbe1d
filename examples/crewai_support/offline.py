"""A model of CrewAI without a network: the platform's deterministic one, in CrewAI's terms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from crewai import BaseLLM
from crewai.utilities.string_utils import sanitize_tool_name
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from pydantic import PrivateAttr

from assistant.brain import OfflineChat

TASK = "Current Task:"
"""What CrewAI puts before a question (its translation `native_task`)."""

FAILED = "Error executing tool:"
"""What it puts before the message of an exception that a tool raises."""

CONTEXT_TOKENS = 1_000_000
"""So that a conversation is never summarised, which takes a language model."""

type Json = dict[str, Any]


class OfflineLLM(BaseLLM):
    """Routes to tools and quotes what they answer; see `assistant.brain`."""

    llm_type: str = "offline"
    _chat: OfflineChat = PrivateAttr(default_factory=OfflineChat)

    def supports_function_calling(self) -> bool:
        """Say that tools are called by name, not in prose."""
        return True

    def get_context_window_size(self) -> int:
        """Return what no conversation fills."""
        return CONTEXT_TOKENS

    def get_input_tokens_count(self, messages: Any, *_: Any, **__: Any) -> int:  # noqa: ANN401 - the base class's
        """Count nothing: there are no tokens."""
        return 0

    def call(
        self,
        messages: str | list[Any],
        tools: list[Json] | None = None,
        callbacks: list[Any] | None = None,
        available_functions: Json | None = None,
        from_task: Any = None,  # noqa: ANN401 - the base class's signature
        from_agent: Any = None,  # noqa: ANN401 - the base class's signature
        response_model: Any = None,  # noqa: ANN401 - the base class's signature
    ) -> str | list[Json]:
        """Say the next message: text, or the calls to make in OpenAI's form."""
        names = {sanitize_tool_name(one.name): one.name for one in getattr(from_agent, "tools", [])}
        turns = [{"role": "user", "content": messages}] if isinstance(messages, str) else messages
        heard = [_heard(turn, names) for turn in turns]
        said = self._chat.reply(heard, [_tool(one["function"], names) for one in tools or ()])
        if not said.tool_calls:
            return said.text
        return [_call(one["id"], one["name"], one["args"]) for one in said.tool_calls]


def _heard(turn: Json, names: Mapping[str, str]) -> BaseMessage:
    """Return a message in LangChain's terms, with its tools under the gateway's names."""
    text = turn.get("content") or ""
    if turn["role"] == "tool":
        status = "error" if text.startswith(FAILED) else "success"
        said = text.removeprefix(FAILED).strip()
        return ToolMessage(said, tool_call_id=turn["tool_call_id"], status=status)
    if turn["role"] == "assistant":
        return AIMessage(text, tool_calls=[_made(one, names) for one in turn.get("tool_calls", ())])
    if turn["role"] == "system":
        return SystemMessage(text)
    return HumanMessage(text.strip().removeprefix(TASK).strip())


def _made(call: Json, names: Mapping[str, str]) -> Any:  # noqa: ANN401 - a ToolCall of LangChain's
    name = call["function"]["name"]
    arguments = json.loads(call["function"]["arguments"])
    return {"name": names.get(name, name), "args": arguments, "id": call["id"]}


def _tool(function: Json, names: Mapping[str, str]) -> Json:
    """Undo what CrewAI does to a tool: it puts the name in other letters, and requires all."""
    schema = function["parameters"]
    properties = schema.get("properties", {})
    needed = [key for key in schema.get("required", ()) if not _is_optional(properties[key])]
    own = {"name": names.get(function["name"], function["name"])}
    return {"function": {**function, **own, "parameters": {**schema, "required": needed}}}


def _is_optional(schema: Json) -> bool:
    return "default" in schema or any(one.get("type") == "null" for one in schema.get("anyOf", ()))


def _call(call_id: str | None, name: str, arguments: Json) -> Json:
    function = {"name": sanitize_tool_name(name), "arguments": json.dumps(arguments)}
    return {"id": call_id, "type": "function", "function": function}
