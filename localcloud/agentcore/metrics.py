"""What AgentCore counts of its calls, in CloudWatch: added up, and sent behind the calls.

Source: AgentCore Developer Guide, observability: the namespace, and for each of gateways, memories,
runtimes and policies the names, units and dimensions. In which sets the dimensions come is not
documented; that there is one set a call, and that it is sent each second and not each minute, are
ours (claims `agentcore-metrics.*`).
"""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from localcloud.cloud import Cloud

logger = logging.getLogger(__name__)

NAMESPACE: Final = "AWS/Bedrock-AgentCore"
INTERVAL_S: Final = 1.0
"""What comes within it is sent together."""
MAX_DATA: Final = 1000
"""Of one request (quota of PutMetricData)."""
COUNT, MILLISECONDS = "Count", "Milliseconds"

type Dimensions = tuple[tuple[str, str], ...]


@dataclass
class _Statistic:
    """What CloudWatch is told of many values: it keeps no single one."""

    count: int = 0
    total: float = 0.0
    least: float = float("inf")
    most: float = float("-inf")

    def add(self, value: float) -> None:
        self.count += 1
        self.total += value
        self.least = min(self.least, value)
        self.most = max(self.most, value)

    def values(self) -> dict[str, float]:
        return {
            "SampleCount": self.count,
            "Sum": self.total,
            "Minimum": self.least,
            "Maximum": self.most,
        }


@dataclass
class Metrics:
    """Adds up and sends. It is used in one event loop; a metric that cannot be sent is lost."""

    cloud: Cloud
    clock: Callable[[], datetime]
    _kept: dict[tuple[str, str, Dimensions], _Statistic] = field(default_factory=dict)
    _sending: asyncio.Task[None] | None = None

    def add(self, name: str, dimensions: Dimensions, value: float = 1.0, unit: str = COUNT) -> None:
        """Take one value of a metric."""
        key = (name, unit, dimensions)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = _Statistic()
        kept.add(value)
        if self._sending is None:
            self._sending = asyncio.create_task(self._send_soon())

    async def close(self) -> None:
        """Send what is left."""
        if self._sending is not None:
            self._sending.cancel()
        await self._send()

    async def _send_soon(self) -> None:
        await asyncio.sleep(INTERVAL_S)
        self._sending = None
        await self._send()

    async def _send(self) -> None:
        kept, self._kept = list(self._kept.items()), {}
        time_s = self.clock().timestamp()
        data = [
            {
                "MetricName": name,
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions],
                "Timestamp": time_s,
                "Unit": unit,
                "StatisticValues": statistic.values(),
            }
            for (name, unit, dimensions), statistic in kept
        ]
        for start in range(0, len(data), MAX_DATA):
            await self._put(data[start : start + MAX_DATA])

    async def _put(self, data: list[dict[str, Any]]) -> None:
        try:
            response = await self.cloud.send(
                "POST",
                f"https://monitoring.{self.cloud.region}.amazonaws.com/",
                headers={
                    "content-type": "application/x-amz-json-1.0",
                    "x-amz-target": "GraniteServiceVersion20100801.PutMetricData",
                },
                content=json.dumps({"Namespace": NAMESPACE, "MetricData": data}).encode(),
                service="monitoring",
            )
        except Exception:  # the outermost layer: a metric must not keep a cloud from its end
            logger.exception("metrics could not be sent")
            return
        if response.status != HTTPStatus.OK:
            logger.warning("metrics were answered with status %s", response.status)
