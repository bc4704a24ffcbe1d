"""One invocation of a bridge, from the event to the tool's result."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bridges.call import tool_call
from bridges.errors import BridgeError
from bridges.toolbox import Toolbox

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

type Json = dict[str, Any]


def serve(
    event: Json, context: object, *, toolbox: Callable[[], Toolbox], logger: "Logger"
) -> Json:
    """Run the tool that is called.

    Logs which, and what came of it; no argument and no result is in any log.

    Raises:
        BridgeError: the tool refuses. The gateway makes an error result of it.
    """
    try:
        call = tool_call(event, context)
        logger.append_keys(tool=call.tool)
        result = toolbox().answer(call, datetime.now(UTC))
    except BridgeError as error:
        logger.info("refused", extra={"code": error.code})
        raise
    logger.info("done")
    return result
