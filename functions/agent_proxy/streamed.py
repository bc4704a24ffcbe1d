"""What a streaming function returns to `streaming_runtime`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Streamed:
    """An HTTP answer whose body is sent chunk by chunk, each as soon as it is there."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterable[bytes]

    def whole(self) -> dict[str, Any]:
        """Return it as API Gateway takes it from a proxy integration, once it is all there."""
        return {
            "statusCode": int(self.status),
            "headers": dict(self.headers),
            "body": b"".join(self.chunks).decode(),
            "isBase64Encoded": False,
        }
