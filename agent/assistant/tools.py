"""Gateway tools as LangChain tools, each with the raw JSON schema the gateway gave."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from langchain_core.tools import BaseTool, ToolException
from pydantic import PrivateAttr

from assistant.errors import CallRefused
from assistant.gateway import Reply, Tool

type Caller = Callable[[str, dict[str, Any]], Awaitable[Reply]]


class GatewayTool(BaseTool):
    """One tool of a gateway.

    Not a `StructuredTool`: that keeps argument names such as `config` and `self` for itself, and a
    target's tools may have any.
    """

    handle_tool_error: bool | str | Callable[[ToolException], str] | None = True
    _call: Caller = PrivateAttr()

    def __init__(self, tool: Tool, call: Caller) -> None:
        """Take a tool as the gateway lists it, and the way to call it."""
        super().__init__(
            name=tool.name,
            description=tool.description or tool.name,
            args_schema={"properties": {}, **tool.input_schema},
        )
        self._call = call

    # BaseTool wants one; a connection to a gateway belongs to the event loop it was opened on.
    def _run(self, /, **arguments: Any) -> str:  # noqa: ANN401 - whatever the schema says
        raise NotImplementedError("a gateway's tools are called asynchronously")

    async def _arun(self, /, **arguments: Any) -> str:  # noqa: ANN401 - whatever the schema says
        try:
            reply = await self._call(self.name, arguments)
        except CallRefused as error:
            raise ToolException(str(error)) from error
        if reply.is_error:
            raise ToolException(reply.text or "the tool failed and did not say why")
        return reply.text


def to_langchain(tools: Iterable[Tool], call: Caller) -> list[BaseTool]:
    """Wrap tools so that the model sees what went wrong, as a message marked as an error.

    That goes for an error of the tool and for a call the gateway refuses. Everything else, such
    as a gateway that is gone, is not the model's to mend and passes through.
    """
    return [GatewayTool(one, call) for one in tools]
