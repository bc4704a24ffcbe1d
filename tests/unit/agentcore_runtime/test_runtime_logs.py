import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from localcloud.agentcore.runtime.logs import LogStream
from localcloud.cloud import Credentials, Response
from tests.support.fake_cloud import FakeCloud

WAIT_S = 5.0
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class SlowLogs(FakeCloud):
    """CloudWatch Logs that answers when it is let."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    fails: bool = False
    lines: list[str] = field(default_factory=list)

    async def send(self, *_: object, content: bytes = b"", **__: Any) -> Response:  # noqa: ANN401
        self.asked.set()
        await self.may_answer.wait()
        if self.fails:
            raise RuntimeError("a bug")
        events = json.loads(content).get("logEvents", [])
        self.lines += [event["message"] for event in events]
        return Response(200)


def stream(cloud: FakeCloud) -> LogStream:
    return LogStream(cloud, Credentials("AKID", "", ""), "group", "stream", lambda: NOW)


async def test_what_is_on_its_way_when_an_agent_ends_arrives() -> None:
    cloud = SlowLogs()
    log = stream(cloud)
    log.write(b"Traceback\nlast ")
    async with asyncio.timeout(WAIT_S):
        await cloud.asked.wait()
        closing = asyncio.create_task(log.close())
        await asyncio.sleep(0)
        cloud.may_answer.set()
        await closing
    assert cloud.lines == ["Traceback", "last "]


async def test_a_log_that_cannot_be_sent_does_not_keep_an_agent_from_its_end() -> None:
    cloud = SlowLogs(fails=True)
    cloud.may_answer.set()
    log = stream(cloud)
    log.write(b"a line\n")
    async with asyncio.timeout(WAIT_S):
        await log.close()
