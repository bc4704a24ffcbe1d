"""What a streaming function returns to `streaming_runtime`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Streamed:
    """An HTTP answer whose body is sent chunk by chunk, each as soon as it is there."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterable[bytes]
