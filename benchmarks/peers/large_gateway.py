"""A gateway of many targets as the laptop cloud serves it, for tests of size.

Tools are those of the question sets again and again, ten to a target, as Lambda functions that
answer at once. GET /memory tells how much memory the process has.
"""

import itertools
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from benchmarks.peers.serving import serve
from benchmarks.tool_search import sets
from localcloud.agentcore.gateway import gateway_app
from localcloud.agentcore.model import Gateway, LambdaBinding, Status, Target, Tool
from localcloud.agentcore.store import GatewayStore
from localcloud.cloud import Response
from tests.support.fake_cloud import ACCOUNT_ID, FakeCloud

GATEWAY_ID = "large-gw-0123456789"
TOOLS_A_TARGET = 10
FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT_ID}:function:large"


def build(targets: int) -> ASGIApp:
    """Return a gateway with so many targets, all READY."""
    cloud = FakeCloud()
    cloud.answer("POST", "https://lambda.us-east-1.amazonaws.com/*", Response(200, {}, b"{}"))
    store = GatewayStore(sqlite3.connect(":memory:"))
    store.put_gateway(_gateway())
    tools = itertools.batched(_tools(), TOOLS_A_TARGET)
    for number, some in enumerate(itertools.islice(tools, targets)):
        store.put_target(_target(number, some))
    app = gateway_app(store, cloud, lambda: datetime.now(UTC))
    return Starlette(routes=[Route("/memory", _memory), Mount("/", app=app)])


def _gateway() -> Gateway:
    config = {
        "name": "large-gw",
        "roleArn": f"arn:aws:iam::{ACCOUNT_ID}:role/none",
        "protocolType": "MCP",
        "authorizerType": "NONE",
        "protocolConfiguration": {"mcp": {"searchType": "SEMANTIC"}},
    }
    now = datetime.now(UTC)
    return Gateway(GATEWAY_ID, "large-gw", config, Status.READY, now, now)


def _tools() -> Iterator[Tool]:
    listed = [tool for name in (sets.FROZEN, sets.TUNING) for tool in sets.read(name).tools]
    for tool in itertools.cycle(listed):
        name = tool.name.rpartition("___")[2]
        yield Tool(name, tool.description, tool.schema, LambdaBinding(FUNCTION_ARN))


def _target(number: int, tools: tuple[Tool, ...]) -> Target:
    name, now = f"Team{number:03}", datetime.now(UTC)
    config = {
        "name": name,
        "targetConfiguration": {},
        "credentialProviderConfigurations": [{"credentialProviderType": "GATEWAY_IAM_ROLE"}],
    }
    return Target(f"{number:010}", GATEWAY_ID, name, config, Status.READY, now, now, tools=tools)


def _memory(_: Request) -> JSONResponse:
    fields = dict(
        line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines()
    )
    return JSONResponse({"resident_kb": int(fields["VmRSS"].split()[0])})


if __name__ == "__main__":
    serve(build(int(sys.argv[1])))
