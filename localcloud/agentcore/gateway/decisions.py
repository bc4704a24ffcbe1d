"""The log of policy decisions: one line of JSON each, in CloudWatch Logs, written behind the calls.

A line holds who asked for which tool and what came of it; of the arguments and of the caller's tags
only those that the policies refer to, null for one that the call does not have.

Source: the group is the one vended logs of gateways have by convention. On AWS they must be
delivered there by the account's own configuration; that they are written without, and what is in a
line, is ours (claim `agentcore-policy.decision-log`).
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pydantic_core import to_json

from localcloud.agentcore.runtime.logs import LogStream
from localcloud.cloud import Cloud
from policy.model import Decision, Principal, References
from policy.records import recorded_input, recorded_tags

MAX_LINE_BYTES: Final = 100 * 1024
"""Leaves room in a batch, and within what one event of CloudWatch Logs may have (256 KB)."""


class DecisionLog:
    """Writes decisions, a stream a gateway and process."""

    def __init__(
        self, cloud: Cloud, clock: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        """Take the cloud whose logs they are, the time, and ids for streams."""
        self._cloud = cloud
        self._clock = clock
        self._new_id = new_id
        self._streams: dict[str, LogStream] = {}

    def write(self, gateway_id: str, line: Mapping[str, Any]) -> None:
        """Keep a line to be sent in a moment."""
        stream = self._streams.get(gateway_id)
        if stream is None or stream.refused:
            stream = self._streams[gateway_id] = self._opened(gateway_id)
        encoded = to_json(line)
        if len(encoded) > MAX_LINE_BYTES:  # half a line is of no use to who reads it
            encoded = to_json({**line, "input": None})
        stream.write(encoded + b"\n")

    async def close(self) -> None:
        """Send what is left."""
        await asyncio.gather(*(stream.close() for stream in self._streams.values()))

    def _opened(self, gateway_id: str) -> LogStream:
        name = f"{self._clock():%Y/%m/%d}/[policy-decisions]{self._new_id()}"
        return LogStream(
            self._cloud, None, log_group(gateway_id), name, self._clock, MAX_LINE_BYTES
        )


def log_group(gateway_id: str) -> str:
    """Return the log group of a gateway."""
    return f"/aws/vendedlogs/bedrock-agentcore/gateway/APPLICATION_LOGS/{gateway_id}"


def decision_line(
    *,
    time: datetime,
    gateway: str,
    mode: str,
    principal: Principal,
    tool: str,
    arguments: Mapping[str, Any],
    decision: Decision,
    references: References,
) -> dict[str, Any]:
    """Return what the log says of a decision. `gateway` is an ARN."""
    return {
        "time": time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "gateway": gateway,
        "principal": {
            "kind": principal.kind,
            "id": principal.id,
            "tags": recorded_tags(principal, references),
        },
        "tool": tool,
        "input": recorded_input(tool, arguments, references),
        "decision": "ALLOW" if decision.allowed else "DENY",
        "mode": mode,
        "determiningPolicies": list(decision.determining),
        "reason": decision.reason,
    }
