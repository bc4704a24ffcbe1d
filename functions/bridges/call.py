"""Which tool is called, and by which request: what a Lambda target is told beside its arguments.

The gateway sends the arguments as the event and the rest in the client context; the caller's
identity is in neither (AgentCore Developer Guide, Lambda targets). Who calls without a gateway
cannot always set a client context (`sam local invoke` has no option for it), and sends
`{"tool": str, "arguments": {...}}` in place of the arguments.
"""

from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from bridges.arguments import bad_arguments

TOOL_NAME: Final = "bedrockAgentCoreToolName"
IN_A_GATEWAY: Final = (
    "bedrockAgentCoreGatewayId",
    "bedrockAgentCoreTargetId",
    "bedrockAgentCoreAwsRequestId",
    "bedrockAgentCoreMcpMessageId",
)
"""Keys of the client context that together name one call.

A client numbers its messages from 1 in every session, and requests of one batch share their AWS
request id; both together are one call's own. A client that asks again makes another request, and
gets what it asks for twice: only the delivery of one request is told from the next.
"""
SEPARATOR: Final = "___"

type Json = dict[str, Any]


@dataclass(frozen=True)
class ToolCall:
    """One call. `key` is the same for every delivery of it, and for no other call."""

    tool: str
    arguments: Json
    key: str


class Direct(BaseModel):
    """A call from elsewhere than a gateway."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    tool: str
    arguments: Json


def tool_call(event: Json, context: object) -> ToolCall:
    """Return the call that a function is invoked for.

    Args:
        event: what it is invoked with.
        context: Lambda's context, which may have a client context.

    Raises:
        BadArguments: there is no client context, and the event names no tool.
    """
    custom = getattr(getattr(context, "client_context", None), "custom", None) or {}
    if TOOL_NAME in custom:
        return ToolCall(_own(str(custom[TOOL_NAME])), event, _key(custom))
    try:
        direct = Direct.model_validate(event)
    except ValidationError as error:
        raise bad_arguments(error) from error
    return ToolCall(direct.tool, direct.arguments, str(getattr(context, "aws_request_id", "")))


def _own(name: str) -> str:
    """Return a tool's own name: what comes after the target's and the first separator."""
    _, separator, tool = name.partition(SEPARATOR)
    return tool if separator else name


def _key(custom: Json) -> str:
    return "/".join(str(custom.get(name, "")) for name in IN_A_GATEWAY)
