"""An MCP server on AgentCore Runtime, asked directly and as the target of a gateway."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import starlette

from localcloud.cloud import Caller, Request, Response
from tests.support.agent_runtimes import Client, Laptop, ready_runtime
from tests.support.asgi import LoopThread, ask
from tests.support.fake_cloud import ACCOUNT_ID
from tests.support.targets import (
    MCP_HEADERS,
    ConnectedCloud,
    Gateways,
    Json,
    add_target,
    open_gateway,
    role_for,
)

HOST = "bedrock-agentcore.us-east-1.amazonaws.com"
SITE = Path(starlette.__file__).parents[1]
SERVER = f"""
import os, sys
sys.path.append({str(SITE)!r})
from mcp.server import MCPServer
from mcp.server.mcpserver import Context

server = MCPServer("pets")


@server.tool()
async def where(ctx: Context) -> dict[str, str]:
    "Say which process answers, and which session it is told."
    headers = ctx.request_context.request.headers
    names = ("mcp-session-id", "mcp-protocol-version", "accept")
    return {{"pid": str(os.getpid()), **{{name: headers.get(name, "") for name in names}}}}


server.run("streamable-http", host="0.0.0.0", port=8000, stateless_http=STATELESS)
"""
TOKEN_KEY = f"ASIAarn:aws:iam::{ACCOUNT_ID}:role"
"""What the fake cloud's role signs with."""

SIGNED = ("authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/x")
INITIALIZE: Json = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    with LoopThread() as loop, Laptop(loop, tmp_path, cloud=ConnectedCloud()) as laptop:
        yield laptop
    laptop.database.close()


@pytest.fixture
def client(laptop: Laptop) -> Iterator[Client]:
    with laptop.client() as client:
        yield client


def mcp_runtime(laptop: Laptop, client: Client, *, stateless: bool = True) -> str:
    """Run the server as an agent; return its ARN."""
    laptop.upload({"main.py": SERVER.replace("STATELESS", str(stateless))})
    protocol = {"serverProtocol": "MCP"}
    runtime_id = ready_runtime(laptop, client, protocolConfiguration=protocol)
    return f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT_ID}:runtime/{runtime_id}"


def post(laptop: Laptop, arn: str, message: Json, **headers: str) -> Response:
    """Send one message to the server as any MCP client with a signature would."""
    path = f"/runtimes/{quote(arn, safe='')}/invocations"
    given = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    body = json.dumps({"jsonrpc": "2.0"} | message).encode()
    all_headers = (("host", HOST), SIGNED, *MCP_HEADERS, *given)
    request = Request("POST", path, "qualifier=DEFAULT", all_headers, body)
    return laptop.loop.run(ask(laptop.app, request))


def result_of(response: Response) -> Json:
    """Return the result in a stream of one event."""
    assert response.headers["content-type"].startswith("text/event-stream"), response.body
    found = re.search(rb"data: (\{.*\})", response.body)
    assert found is not None
    result: Json = json.loads(found[1])["result"]
    return result


def where(laptop: Laptop, arn: str, **headers: str) -> Json:
    """Call the tool and return what it says."""
    params = {"name": "where", "arguments": {}}
    message = {"id": 2, "method": "tools/call", "params": params}
    said: Json = result_of(post(laptop, arn, message, **headers))["structuredContent"]
    return said


@pytest.mark.fidelity("agentcore-runtime.mcp-session")
def test_a_server_without_sessions_gets_ours_and_so_does_the_client(
    laptop: Laptop, client: Client
) -> None:
    arn = mcp_runtime(laptop, client)
    begun = post(laptop, arn, {"id": 1, "method": "initialize", "params": INITIALIZE})
    assert result_of(begun)["protocolVersion"] == "2025-11-25"
    session = begun.headers["mcp-session-id"]
    assert begun.headers["x-amzn-bedrock-agentcore-runtime-session-id"] == session

    told = {"mcp_session_id": session, "mcp_protocol_version": "2025-11-25"}
    said, again = where(laptop, arn, **told), where(laptop, arn, **told)
    assert said == again
    assert said["mcp-session-id"] == session
    assert said["mcp-protocol-version"] == "2025-11-25"
    assert said["accept"] == "application/json, text/event-stream"
    other = where(laptop, arn)
    assert other["pid"] != said["pid"]
    assert other["mcp-session-id"] not in ("", session)


@pytest.mark.fidelity("agentcore-runtime.mcp-session")
def test_a_server_with_sessions_gets_its_own_id_behind_ours(laptop: Laptop, client: Client) -> None:
    arn = mcp_runtime(laptop, client, stateless=False)
    begun = post(laptop, arn, {"id": 1, "method": "initialize", "params": INITIALIZE})
    session = begun.headers["mcp-session-id"]
    post(laptop, arn, {"method": "notifications/initialized"}, mcp_session_id=session)
    said = where(laptop, arn, mcp_session_id=session)
    assert said["mcp-session-id"] not in ("", session)
    assert said == where(laptop, arn, mcp_session_id=session)

    unknown = post(
        laptop, arn, {"id": 2, "method": "tools/list"}, mcp_session_id="of-another-process"
    )
    assert unknown.status == 404


@pytest.mark.fidelity("agentcore-runtime.mcp-accept")
def test_a_client_that_takes_no_event_streams_is_refused(laptop: Laptop, client: Client) -> None:
    arn = mcp_runtime(laptop, client)
    path = f"/runtimes/{quote(arn, safe='')}/invocations"
    json_only = (("host", HOST), SIGNED, MCP_HEADERS[0], ("accept", "application/json"))
    response = laptop.loop.run(ask(laptop.app, Request("POST", path, "", json_only, b"{}")))
    assert response.status == 406
    assert json.loads(response.body)["error"] == {
        "code": -32011,
        "message": "Accept Header Error - MCP protocol requires Accept header: "
        "application/json, text/event-stream",
    }


@pytest.mark.fidelity("gateway.mcp-runtime")
@pytest.mark.parametrize("stateless", [True, False])
def test_a_gateway_lists_and_calls_the_tools_of_a_server_on_runtime(
    laptop: Laptop, client: Client, stateless: bool
) -> None:
    arn = mcp_runtime(laptop, client, stateless=stateless)
    assert isinstance(laptop.cloud, ConnectedCloud)
    laptop.cloud.apps[HOST] = laptop.app
    role = Caller(ACCOUNT_ID, f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/gateway/x", TOKEN_KEY)
    laptop.cloud.callers[TOKEN_KEY] = role
    gateways = Gateways(laptop.loop, laptop.cloud)
    with gateways.client() as control:
        gateway_id = open_gateway(gateways, control)
        endpoint = f"https://{HOST}/runtimes/{quote(arn, safe='')}/invocations?qualifier=DEFAULT"
        target = add_target(
            gateways,
            control,
            gateway_id,
            {"mcpServer": {"endpoint": endpoint}},
            name="Pets",
            credentials=role_for("bedrock-agentcore"),
        )
        assert (target["status"], target.get("statusReasons")) == ("READY", None)
        assert gateways.names(gateway_id) == ["Pets___where"]
        first = gateways.call(gateway_id, "Pets___where")["structuredContent"]
        again = gateways.call(gateway_id, "Pets___where")["structuredContent"]
        assert first["pid"] == again["pid"]
        asked = [each for each in laptop.cloud.authorizations if each.caller == role]
        assert {each.action for each in asked} == {"bedrock-agentcore:InvokeAgentRuntime"}

        laptop.cloud.denied.append(("bedrock-agentcore:InvokeAgentRuntime", "*"))
        refused = gateways.call(gateway_id, "Pets___where")
        assert refused["content"][0]["text"] == "The MCP server answered HTTP 403"
    gateways.database.close()
