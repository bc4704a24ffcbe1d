"""InvokeAgentRuntime and StopRuntimeSession: from a request to what the agent is asked.

Sources: botocore operations of these names; Developer Guide, runtime service contract, custom
headers, sessions; `No endpoint or agent found with qualifier 'DEFAULT' for agent ...` and `Received
error (...) from runtime` as seen in public reports.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from localcloud.agentcore.errors import FieldProblem, ResourceNotFound, ValidationFailed
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.runtime.model import DEFAULT_ENDPOINT, Endpoint, Version
from localcloud.agentcore.runtime.names import runtime_arn
from localcloud.agentcore.runtime.store import RuntimeStore
from localcloud.agentcore.wire.operations import Match
from localcloud.agentcore.wire.requests import Input, read_input
from localcloud.cloud import Cloud, Request

MAX_PAYLOAD_BYTES: Final = 100_000_000
MAX_HEADER_BYTES: Final = 4096
"""Of one header on the allow-list (Developer Guide, custom headers)."""

SESSION_HEADER: Final = "x-amzn-bedrock-agentcore-runtime-session-id"
REQUEST_HEADER: Final = "x-amzn-bedrock-agentcore-runtime-request-id"
PASSED: Final = tuple(
    name.lower()
    for name in (
        "Content-Type",
        "Accept",
        "Mcp-Session-Id",
        "Mcp-Protocol-Version",
        "Mcp-Method",
        "Mcp-Name",
        "X-Amzn-Trace-Id",
        "traceparent",
        "tracestate",
        "baggage",
    )
)
"""Headers of the operation itself that the agent gets."""

RETURNED: Final = frozenset(
    {
        b"content-type",
        b"content-encoding",
        b"content-length",
        b"mcp-session-id",
        b"mcp-protocol-version",
        b"x-amzn-trace-id",
        b"traceparent",
        b"tracestate",
        b"baggage",
    }
)
"""Headers of an agent's answer that the caller gets."""


@dataclass(frozen=True)
class Place:
    """What a request is for: one endpoint of one runtime, which need not exist."""

    runtime_id: str
    endpoint_name: str


@dataclass(frozen=True)
class Served:
    """An endpoint that answers, and the version it answers with."""

    endpoint: Endpoint
    version: Version


def read(match: Match, request: Request) -> Input:
    """Read all of a request but its payload."""
    if match.operation != "InvokeAgentRuntime":
        return read_input(match, request)
    given = read_input(match, replace(request, body=b""))
    return Input(given.members, tuple(one for one in given.problems if one.name != "payload"))


TOKEN_HEADER: Final = b"workloadaccesstoken"
"""In which an agent is sent its workload access token (bedrock_agentcore, runtime models)."""


def place(cloud: Cloud, members: JsonObject) -> Place:
    """Return what the members name.

    Raises:
        ValidationFailed: a runtime's id without `accountId`.
        ResourceNotFound: a runtime of another account or region.
    """
    given = str(members["agentRuntimeArn"])
    endpoint = str(members.get("qualifier") or DEFAULT_ENDPOINT)
    runtime_id = given.rpartition("/")[2]
    if given == runtime_arn(cloud, runtime_id):
        return Place(runtime_id, endpoint)
    if given.startswith("arn:"):
        raise not_found(given, endpoint)
    if "accountId" not in members:
        message = "accountId is required when agentRuntimeArn is an id"
        raise ValidationFailed.of_field("accountId", message)
    if members["accountId"] != cloud.account_id:
        raise not_found(given, endpoint)
    return Place(given, endpoint)


def find(store: RuntimeStore, at: Place) -> Served | None:
    """Return the endpoint that answers at a place, or None."""
    endpoint = store.endpoint(at.runtime_id, at.endpoint_name)
    if endpoint is None or endpoint.live_version is None:
        return None
    version = store.version(at.runtime_id, endpoint.live_version)
    return None if version is None else Served(endpoint, version)


def not_found(arn: str, endpoint_name: str) -> ResourceNotFound:
    """Return the refusal for a runtime or an endpoint that is not there."""
    return ResourceNotFound(
        f"No endpoint or agent found with qualifier '{endpoint_name}' for agent '{arn}'"
    )


def check_payload(request: Request) -> None:
    """Refuse a payload that is too large.

    Raises:
        ValidationFailed: in the words of AWS's validators.
    """
    if len(request.body) > MAX_PAYLOAD_BYTES:
        message = f"Member must have length less than or equal to {MAX_PAYLOAD_BYTES}"
        raise ValidationFailed.of_fields((FieldProblem("payload", message),))


def session_id(members: JsonObject, *, speaks_mcp: bool = False) -> str:
    """Return the session a request is for, by either name for MCP: a new one if it names none."""
    named = members.get("runtimeSessionId") or (speaks_mcp and members.get("mcpSessionId"))
    return str(named or uuid.uuid4())


def agent_headers(
    request: Request, version: Version, session: str, request_id: str
) -> list[tuple[bytes, bytes]]:
    """Return what an agent is sent beside the payload, as it came.

    Raises:
        ValidationFailed: a header on the allow-list is too long.
    """
    allowed = _allowed(version)
    headers = (
        ("accept-encoding", "identity"),
        (SESSION_HEADER, session),
        (REQUEST_HEADER, request_id),
        *_passed(request, frozenset(PASSED) | allowed),
    )
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def _allowed(version: Version) -> frozenset[str]:
    configuration = version.config.get("requestHeaderConfiguration", {})
    return frozenset(name.lower() for name in configuration.get("requestHeaderAllowlist", []))


def _passed(request: Request, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    for name, value in request.headers:
        if name not in names:
            continue
        if name not in PASSED and len(value) > MAX_HEADER_BYTES:
            message = f"Header {name} must have at most {MAX_HEADER_BYTES} bytes"
            raise ValidationFailed.of_field(name, message)
        yield name, value
