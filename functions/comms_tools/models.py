"""What the tools of communication take, as `tools.yaml` has it, and which values."""

from typing import Annotated

from pydantic import Field

from bridges.arguments import Arguments, Line, Text

Channel = Annotated[str, Field(pattern=r"^[#@]?[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]


class SendMessage(Arguments):
    """A message to a channel, or to a person by id."""

    channel: Channel
    message: Text


class SearchMessages(Arguments):
    """What to look for, and in one channel only if it is stated."""

    query: Line
    channel: Channel | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
