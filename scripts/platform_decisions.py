"""The decisions of the platform's policies, as its gateway logs them."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3

LOG_WAIT_S = 10.0
LOG_INTERVAL_S = 0.1

DEFAULT = "default"
"""What decides where no policy does."""


class PlatformFailed(Exception):
    """The platform did not answer as it should."""

    code = "PlatformFailed"


@dataclass
class Decisions:
    """The gateway's decision log, read on from where it was read last."""

    logs: Any
    group: str
    names: Mapping[str, str]
    """Of policies, by id."""
    since_ms: int
    seen: int = 0

    def next(self) -> Mapping[str, Any]:
        """Return the next decision, which is written behind the call.

        Raises:
            PlatformFailed: there is none.
        """
        end_s = time.monotonic() + LOG_WAIT_S
        while time.monotonic() < end_s:
            found = self._all()
            if len(found) > self.seen:
                self.seen += 1
                return found[self.seen - 1]
            time.sleep(LOG_INTERVAL_S)
        raise PlatformFailed("the decision log has no line for the call")

    def _all(self) -> list[Mapping[str, Any]]:
        pages = self.logs.get_paginator("filter_log_events").paginate(
            logGroupName=self.group, startTime=self.since_ms
        )
        return [json.loads(event["message"]) for page in pages for event in page["events"]]


def expect(decisions: Decisions, what: str, decision: str, policy: str) -> None:
    """Print the next decision and which policy made it.

    Raises:
        PlatformFailed: it is another one than it should be.
    """
    found = decisions.next()
    deciding = [decisions.names.get(one, one) for one in found["determiningPolicies"]] or [DEFAULT]
    print(f"  {found['decision']} by {', '.join(deciding)}")
    if found["decision"] != decision or policy not in deciding:
        raise PlatformFailed(f"{what}: {found['decision']} by {deciding}")


def decisions_of(outputs: Mapping[str, str]) -> Decisions:
    """Return the decisions of the platform's gateway from now on; `outputs` are the stack's."""
    engine_id = outputs["PlatformPolicyEngineId"]
    control: Any = boto3.client("bedrock-agentcore-control")
    pages = control.get_paginator("list_policies").paginate(policyEngineId=engine_id)
    end = f"_{engine_id.rpartition('-')[2]}"  # what the stack puts behind a policy's name
    listed = [one for page in pages for one in page["policies"]]
    names = {one["policyId"]: one["name"].removesuffix(end) for one in listed}
    group = (
        "/aws/vendedlogs/bedrock-agentcore/gateway/APPLICATION_LOGS/" + outputs["PlatformGatewayId"]
    )
    return Decisions(boto3.client("logs"), group, names, int(time.time() * 1000))
