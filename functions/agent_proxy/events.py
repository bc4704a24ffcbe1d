"""Server-sent events: the agent's, made into ours.

    data: {"type": "delta", "text": ...}
    data: {"type": "result", "result": ..., "actor_id": ..., "thread_id": ..., "sources": [...]}
    data: {"type": "error", "code": ..., "message": ..., "request_id": ...}

Any number of deltas, then one result or one error, and nothing after that.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from agent_proxy.conversation import Conversation
from agent_proxy.errors import AgentFailed, AgentProxyError, AgentTimedOut
from agent_proxy.models import read_json
from agent_proxy.service import own_reply

MAX_EVENT_BYTES: Final = 1024 * 1024


def split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the data of each event as soon as it is whole.

    Lines end in LF or CR LF; what is no `data:` line is left out.

    Raises:
        AgentFailed: an event that has no end.
    """
    rest = b""
    for chunk in chunks:
        rest += chunk.replace(b"\r", b"")  # a bare CR is in no JSON
        *blocks, rest = rest.split(b"\n\n")
        if len(rest) > MAX_EVENT_BYTES:
            raise AgentFailed("an event is too long")
        for block in blocks:
            lines = (line for line in block.split(b"\n") if line.startswith(b"data:"))
            if data := b"\n".join(line.removeprefix(b"data:") for line in lines):
                yield data


def own_events(data: Iterable[bytes], where: Conversation) -> Iterator[bytes]:
    """Yield our events for the agent's.

    Raises:
        AgentFailed: one is not of the contract, or they end without a result.
        AgentTimedOut: the agent says so.
    """
    for text in data:
        event = read_json(text)
        if event.get("type") == "result":
            yield result_event(event, where)
            return
        if event.get("type") != "delta" or not isinstance(event.get("text"), str):
            raise _of_agent(event)
        yield encoded({"type": "delta", "text": event["text"]})
    raise AgentFailed("the stream ended without a result")


def result_event(content: object, where: Conversation) -> bytes:
    """Return the last event of a good answer.

    Raises:
        AgentFailed: it is no answer in this conversation.
    """
    return encoded({"type": "result", **own_reply(content, where).model_dump()})


def error_event(error: AgentProxyError, request_id: str) -> bytes:
    """Return the last event of an answer that failed on its way."""
    content = {"type": "error", "code": error.code, "message": error.sentence}
    return encoded({**content, "request_id": request_id})


def encoded(content: Mapping[str, Any]) -> bytes:
    """Return an event on the wire. JSON in ASCII holds no line end, whatever is in its texts."""
    return b"data: " + json.dumps(content).encode() + b"\n\n"


def _of_agent(event: Mapping[str, Any]) -> AgentProxyError:
    """Return the failure that an agent tells of, without its words."""
    if event.get("type") != "error":
        return AgentFailed("the agent sent what is no event")
    if "time" in str(event.get("code")):  # timed out, timeout: whatever it calls it
        return AgentTimedOut("the agent says so")
    return AgentFailed("the agent sent an error")
