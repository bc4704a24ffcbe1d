"""What agents print, sent to CloudWatch Logs in their role's name.

Source: Developer Guide, observability: log group by runtime and endpoint, a stream a session. The
stream's name after the date and `[runtime-logs]` is ours (claim `agentcore-runtime.logs`).
"""

import asyncio
import contextlib
import json
import logging
from collections import deque
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from localcloud.agentcore.control.areas import Clock
from localcloud.cloud import Cloud, CloudError, Credentials

logger = logging.getLogger(__name__)

INTERVAL_S: Final = 0.2
"""Lines that come within it are sent together."""
MAX_LINES: Final = 10_000
"""Lines of one request (quota of PutLogEvents), and the most that wait: older ones are lost."""
MAX_LINE_BYTES: Final = 16 * 1024
MAX_BATCH_BYTES: Final = 900 * 1024


class LogStream:
    """One session's stream. It is made when the first line is sent."""

    def __init__(
        self,
        cloud: Cloud,
        credentials: Credentials | None,
        group: str,
        stream: str,
        clock: Clock,
        max_line_bytes: int = MAX_LINE_BYTES,
    ) -> None:
        """Write to `stream` of `group` with a role's `credentials`, or as the cloud itself."""
        self._cloud = cloud
        self._credentials = credentials
        self._names = {"logGroupName": group, "logStreamName": stream}
        self._clock = clock
        self._max_line_bytes = max_line_bytes
        self._lines: deque[tuple[datetime, bytes]] = deque(maxlen=MAX_LINES)
        self._rest = b""
        self._waiting = asyncio.Event()
        self._closing = asyncio.Event()
        self._made = False
        self._refused = False
        self._sending = asyncio.create_task(self._run())

    @property
    def refused(self) -> bool:
        """Tell whether a line could not be sent: those that come are lost."""
        return self._refused

    def write(self, chunk: bytes) -> None:
        """Take what an agent has printed."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > self._max_line_bytes:
            lines.append(self._rest)
            self._rest = b""
        now = self._clock()
        self._lines.extend((now, line[: self._max_line_bytes]) for line in lines if line.strip())
        if self._lines:
            self._waiting.set()

    async def close(self) -> None:
        """Send what is left and send no more."""
        self.write(b"\n")
        self._closing.set()
        self._waiting.set()
        await self._sending

    async def _run(self) -> None:
        while not self._closing.is_set():
            await self._waiting.wait()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), INTERVAL_S)
            self._waiting.clear()
            await self._send_all()

    async def _send_all(self) -> None:
        while self._lines and not self._refused:
            events = self._batch()
            try:
                await self._put(events)
            except CloudError as error:
                self._refused = True
                logger.warning("no logs in %s: %s", self._names["logGroupName"], error)
            except Exception:  # the outermost layer: a log must not keep an agent from its end
                self._refused = True
                logger.exception("no logs in %s", self._names["logGroupName"])
        self._lines.clear()

    def _batch(self) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        size_bytes = 0
        while self._lines and size_bytes < MAX_BATCH_BYTES:
            moment, line = self._lines.popleft()
            size_bytes += len(line) + 26  # what an event counts for beside its text
            message = line.decode(errors="replace")
            events.append({"timestamp": int(moment.timestamp() * 1000), "message": message})
        return events

    async def _put(self, events: list[dict[str, Any]]) -> None:
        if not self._made:
            await self._call("CreateLogGroup", {"logGroupName": self._names["logGroupName"]})
            await self._call("CreateLogStream", self._names)
            self._made = True
        await self._call("PutLogEvents", {**self._names, "logEvents": events})

    async def _call(self, operation: str, members: dict[str, Any]) -> None:
        response = await self._cloud.send(
            "POST",
            f"https://logs.{self._cloud.region}.amazonaws.com/",
            headers={
                "content-type": "application/x-amz-json-1.1",
                "x-amz-target": f"Logs_20140328.{operation}",
            },
            content=json.dumps(members).encode(),
            credentials=self._credentials,
            service="logs",
        )
        there_already = b"ResourceAlreadyExists" in response.body
        if response.status != HTTPStatus.OK and not there_already:
            raise CloudError(f"{operation} was answered with status {response.status}")
