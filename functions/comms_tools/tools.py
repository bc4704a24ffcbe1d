"""The tools of communication, wired to the system that the function's environment names."""

import os
from collections.abc import Callable
from functools import cache

from bridges.backends import STORE, chosen
from bridges.records import plain
from bridges.table import Table
from bridges.toolbox import Tool, Toolbox
from comms_tools import service
from comms_tools.messages import Backend
from comms_tools.models import SearchMessages, SendMessage
from comms_tools.store import MessageTable

BACKENDS: dict[str, Callable[[], Backend]] = {
    STORE: lambda: MessageTable(Table.named(os.environ["MESSAGES_TABLE"])),
}
"""By the value of `BACKEND`. The vendor's API is one more entry, with a `Backend` of its own."""


@cache
def opened() -> Toolbox:
    """Return the tools, opened on the first call and kept."""
    return toolbox(chosen(BACKENDS))


def toolbox(comms: Backend) -> Toolbox:
    """Return the tools on a system for messages."""
    return Toolbox(
        {
            "send_message": Tool(
                SendMessage, lambda asked, at: plain(service.send_message(asked, at, comms=comms))
            ),
            "search_messages": Tool(
                SearchMessages,
                lambda asked, _: {
                    "messages": [plain(one) for one in service.search_messages(asked, comms=comms)]
                },
            ),
        }
    )
