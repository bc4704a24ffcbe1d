"""The tools of a bridge by name: find the one that is called, check its arguments, run it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from bridges.arguments import Arguments, bad_arguments
from bridges.call import ToolCall
from bridges.errors import UnknownTool

type Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """When something was asked, and the key of the call that asked for it."""

    now: datetime
    key: str


@dataclass(frozen=True)
class Tool[A: Arguments]:
    """One tool: what it takes, and what it does with that."""

    takes: type[A]
    run: Callable[[A, Asked], Json]


class Toolbox:
    """All tools of one bridge."""

    def __init__(self, tools: Mapping[str, Tool[Any]]) -> None:
        """Take the tools by the names that the gateway's target gives them."""
        self.tools = tools

    def answer(self, call: ToolCall, now: datetime) -> Json:
        """Run the tool of a call, and return its result.

        Raises:
            UnknownTool: there is none of this name.
            BadArguments: it does not take these.
            BridgeError: it refuses.
        """
        if call.tool not in self.tools:
            raise UnknownTool(f"There is no {call.tool}; there are {', '.join(self.tools)}.")
        tool = self.tools[call.tool]
        try:
            arguments = tool.takes.model_validate(call.arguments)
        except ValidationError as error:
            raise bad_arguments(error) from error
        return tool.run(arguments, Asked(now, call.key))
