import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.cloud import Request
from localcloud.front import Front, Parts
from tests.support.asgi import ask


def named(name: str) -> ASGIApp:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": name.encode()})

    return app


PARTS = Parts(
    engine=named("engine"),
    agentcore=named("agentcore"),
    agents=named("agents"),
    gateways=named("gateways"),
    admin=named("admin"),
)
SIGNED = (
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{}/aws4_request, "
    "SignedHeaders=host, Signature=00"
)


@pytest.mark.parametrize(
    ("host", "path", "authorization", "expected"),
    [
        ("sts.us-east-1.amazonaws.com", "/", "", "engine"),
        ("bedrock-agentcore-control.us-east-1.amazonaws.com", "/gateways/", "", "agentcore"),
        ("bedrock-agentcore.us-east-1.amazonaws.com", "/runtimes/x", "", "agentcore"),
        ("x.gateway.bedrock-agentcore.us-east-1.amazonaws.com", "/mcp", "", "gateways"),
        ("pets.s3.us-east-1.amazonaws.com", "/_laptop/faults/x", "", "engine"),
        ("abc.execute-api.us-east-1.amazonaws.com", "/_gateways/x/mcp", "", "engine"),
        ("127.0.0.1:4566", "/_gateways/x/mcp", "", "gateways"),
        ("127.0.0.1:4566", "/_laptop/health", "", "admin"),
        ("127.0.0.1:4566", "/identities/oauth2/callback/x", "", "agentcore"),
        ("pets.s3.us-east-1.amazonaws.com", "/identities/oauth2/authorize", "", "engine"),
        ("127.0.0.1:4566", "/gateways/", SIGNED.format("bedrock-agentcore"), "agentcore"),
        ("127.0.0.1:4566", "/gateways/", SIGNED.format("s3"), "engine"),
    ],
)
async def test_a_request_reaches_the_part_it_is_for(
    host: str, path: str, authorization: str, expected: str
) -> None:
    request = Request("GET", path, "", (("host", host), ("authorization", authorization)))

    assert (await ask(Front(PARTS, lambda: None), request)).body == expected.encode()


@pytest.mark.parametrize(("method", "expected"), [("GET", 0), ("POST", 1), ("DELETE", 1)])
async def test_only_requests_that_may_change_something_ask_for_a_checkpoint(
    method: str, expected: int
) -> None:
    changes: list[None] = []
    front = Front(PARTS, lambda: changes.append(None))

    await ask(front, Request(method, "/", "", (("host", "s3.amazonaws.com"),)))

    assert len(changes) == expected


AGENTS = "bedrock-agentcore.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/runtimes/arn%3Aaws%3Aruntime%2Fx/invocations", "agents"),
        ("/runtimes/arn:aws:runtime/x/invocations/", "agents"),
        ("/runtimes/x/stopruntimesession", "agents"),
        ("/runtimes/x/commands", "agentcore"),
        ("/runtimes/", "agentcore"),
    ],
)
async def test_a_call_of_an_agent_reaches_it_and_asks_for_no_checkpoint(
    path: str, expected: str
) -> None:
    changes: list[None] = []
    front = Front(PARTS, lambda: changes.append(None))

    answer = await ask(front, Request("POST", path, "", (("host", AGENTS),)))

    assert answer.body == expected.encode()
    assert bool(changes) == (expected != "agents")
