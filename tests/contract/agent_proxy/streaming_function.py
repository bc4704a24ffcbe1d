"""A function that streams, for tests of what runs it: it does what its event says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agent_proxy.streamed import Streamed
from agent_proxy.streaming_runtime import Context


def handler(event: dict[str, Any], context: Context) -> Streamed:
    """Answer with a chunk a word; after each wait for a line from the pipe `wait_at`, if any."""
    if event.get("fails"):
        raise ValueError("no answer")
    return Streamed(207, {"Content-Type": "text/plain"}, _chunks(event, context))


def _chunks(event: dict[str, Any], context: Context) -> Iterator[bytes]:
    for word in event["words"]:
        print(f"said {word}", flush=True)
        yield word.encode()
        if event.get("wait_at"):
            Path(event["wait_at"]).read_text(encoding="utf-8")
    if event.get("tells"):
        left = context.get_remaining_time_in_millis() > 0
        yield f"{context.aws_request_id} {context.function_name} {left}".encode()
    if event.get("breaks_off"):
        raise ValueError("no end")
