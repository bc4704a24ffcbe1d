"""Gateway tools as LangChain tools, each with the raw JSON schema the gateway gave."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from langchain_core.tools import BaseTool, StructuredTool, ToolException

from agent.errors import CallRefused
from agent.gateway import Reply, Tool

type Caller = Callable[[str, dict[str, Any]], Awaitable[Reply]]


def to_langchain(tools: Iterable[Tool], call: Caller) -> list[BaseTool]:
    """Wrap tools so that the model sees what went wrong, as a message marked as an error.

    That goes for an error of the tool and for a call the gateway refuses. Everything else, such
    as a gateway that is gone, is not the model's to mend and passes through.
    """
    return [_wrap(one, call) for one in tools]


def _wrap(tool: Tool, call: Caller) -> BaseTool:
    async def run(**arguments: Any) -> str:  # noqa: ANN401 - whatever the schema says
        try:
            reply = await call(tool.name, arguments)
        except CallRefused as error:
            raise ToolException(str(error)) from error
        if reply.is_error:
            raise ToolException(reply.text or "the tool failed and did not say why")
        return reply.text

    return StructuredTool(
        name=tool.name,
        description=tool.description or tool.name,
        args_schema={"properties": {}, **tool.input_schema},
        coroutine=run,
        handle_tool_error=True,
    )
