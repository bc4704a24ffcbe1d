"""Messages in one DynamoDB table: `pk` is `MESSAGE#<messageId>`.

Indexes `ByTime` (kind, sent_at) and `ByChannel` (channel, sent_at) are a moment behind. A search
reads them from the newest message on and lets DynamoDB compare (searchText, lower case): it costs
what it reads, which is all there is where nothing is found. A store for millions of messages would
be a search engine; this one stands in for a vendor's.
"""

from collections.abc import Iterator

from bridges.records import plain, record
from bridges.table import Table
from comms_tools.messages import Message

KIND = "MESSAGE"


class MessageTable:
    """A `comms_tools.messages.Backend` in DynamoDB."""

    def __init__(self, table: Table) -> None:
        """Take the table."""
        self._table = table

    def add(self, message: Message) -> Message:
        """Keep a message, or return the one there is of its id."""
        pk = f"{KIND}#{message.message_id}"
        found = {"kind": KIND, "searchText": message.message.casefold()}
        if self._table.add({"pk": pk} | found | plain(message)):
            return message
        return record(Message, self._table.get(pk=pk) or plain(message))

    def containing(self, text: str, *, channel: str | None) -> Iterator[Message]:
        """Yield the messages that have a text in them, newest first."""
        index, name, value = (
            ("ByTime", "kind", KIND) if channel is None else ("ByChannel", "channel", channel)
        )
        found = self._table.query(
            "#hash = :hash",
            {":hash": value, ":text": text.casefold()},
            IndexName=index,
            ExpressionAttributeNames={"#hash": name},
            FilterExpression="contains(searchText, :text)",
            ScanIndexForward=False,
        )
        return (record(Message, item) for item in found)
