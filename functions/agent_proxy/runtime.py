"""The agent behind AgentCore Runtime, and what each of its failures means to a caller."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import boto3
import urllib3.exceptions
from botocore import exceptions as failing
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from agent_proxy.errors import (
    AgentBusy,
    AgentFailed,
    AgentProxyError,
    AgentTimedOut,
    AgentUnavailable,
    Misconfigured,
)

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agentcore import BedrockAgentCoreClient

CONNECT_TIMEOUT_S: Final = 2
MAX_POOL_CONNECTIONS: Final = 1
"""A function answers one request at a time."""

CHUNK_BYTES: Final = 64 * 1024
MAX_REPLY_BYTES: Final = 1024 * 1024
"""An answer of some sentences has a few kilobytes; API Gateway takes ten megabytes."""

FAILURES: Final[dict[str, type[AgentProxyError]]] = {
    "AccessDeniedException": Misconfigured,
    "ResourceNotFoundException": Misconfigured,
    "ValidationException": Misconfigured,
    "ServiceQuotaExceededException": AgentUnavailable,
    "InternalServerException": AgentUnavailable,
    "ThrottlingException": AgentBusy,
    "RetryableConflictException": AgentBusy,
    "RuntimeClientError": AgentFailed,  # unless its message says what ended it: see below
}
"""What a caller learns of each error that InvokeAgentRuntime has in its service model."""

SILENT: Final = (failing.ReadTimeoutError, urllib3.exceptions.ReadTimeoutError)
UNREACHABLE: Final = (
    failing.ConnectionError,
    failing.HTTPClientError,
    failing.ResponseStreamingError,
    urllib3.exceptions.HTTPError,
)
"""What is raised without an answer of the service, or in the middle of one."""

REQUEST_ID_HEADER: Final = "X-Amzn-Bedrock-AgentCore-Runtime-Custom-Request-Id"
"""What the agent logs. The operation has no member for it, and the runtime's list of headers must
name it (AgentCore Developer Guide, "Pass custom headers")."""

_STATUS_INSIDE = re.compile(r"Received error \((\d{3})\) from runtime")
ENDED_INSIDE: Final[dict[str, type[AgentProxyError]]] = {"504": AgentTimedOut}


@dataclass(frozen=True)
class Call:
    """One question as the agent gets it: its body, and what travels beside it."""

    payload: bytes
    session_id: str
    request_id: str
    trace_id: str | None
    accept: str


@dataclass(frozen=True)
class Incoming:
    """An answer that has begun; `chunks` come as the agent sends them, and can be read once."""

    content_type: str
    chunks: Iterator[bytes]

    def whole(self, *, deadline_s: float, now_s: Callable[[], float]) -> bytes:
        """Read to the end, which must come before `deadline_s` by the clock `now_s`.

        Raises:
            AgentProxyError: as for `Runtime.invoke`, or there is no end of it.
        """
        content = bytearray()
        for chunk in self.chunks:
            content += chunk
            if len(content) > MAX_REPLY_BYTES:
                raise AgentFailed("the answer is too long")
            if now_s() > deadline_s:
                raise AgentTimedOut("the answer does not end")
        return bytes(content)


class Runtime:
    """One agent, by the ARN of its runtime."""

    def __init__(self, client: "BedrockAgentCoreClient", arn: str) -> None:
        """Ask the endpoint DEFAULT of the runtime `arn` by way of `client`."""
        self._client = client
        self._arn = arn

    @classmethod
    def open(cls, arn: str, *, read_timeout_s: float) -> "Runtime":
        """Return the runtime, with a client that is silent for `read_timeout_s` at most.

        The client does not retry: a second try has to fit into what is left of the first one's
        time, which only the service knows.
        """
        config = Config(
            connect_timeout=CONNECT_TIMEOUT_S,
            read_timeout=read_timeout_s,
            retries={"total_max_attempts": 1, "mode": "standard"},
            max_pool_connections=MAX_POOL_CONNECTIONS,
        )
        return cls(boto3.client("bedrock-agentcore", config=config), arn)

    def invoke(self, call: Call) -> Incoming:
        """Ask, and return once the answer begins.

        Raises:
            AgentProxyError: one of the classes in `FAILURES`, or for what is no error of the
                service: AgentTimedOut, AgentUnavailable, Misconfigured.
        """
        with failures(), self._named(call.request_id):
            answer = self._client.invoke_agent_runtime(
                agentRuntimeArn=self._arn,
                qualifier="DEFAULT",
                runtimeSessionId=call.session_id,
                contentType="application/json",
                accept=call.accept,
                baggage=f"request_id={call.request_id}",
                payload=call.payload,
                **({"traceId": call.trace_id} if call.trace_id else {}),
            )
        if answer.get("statusCode", 200) != 200:
            answer["response"].close()
            raise AgentFailed(f"the agent answered {answer['statusCode']}")
        return Incoming(answer.get("contentType", ""), _chunks(answer["response"]))

    @contextmanager
    def _named(self, request_id: str) -> Iterator[None]:
        """Have the client's next call carry the request's id; before it is signed."""

        def add(params: dict[str, Any], **_: object) -> None:
            params["headers"][REQUEST_ID_HEADER] = request_id

        hooks, event = self._client.meta.events, "before-call.bedrock-agentcore.InvokeAgentRuntime"
        hooks.register(event, add)
        try:
            yield
        finally:
            hooks.unregister(event, add)


def _chunks(body: object) -> Iterator[bytes]:
    """Yield what has come so far, whenever something has; `body` is botocore's StreamingBody."""
    with failures(), body as raw:  # type: ignore[attr-defined]  # urllib3's response
        while chunk := raw.read1(CHUNK_BYTES):
            yield chunk


@contextmanager
def failures() -> Iterator[None]:
    """Raise what a caller may learn in place of what boto3 raises."""
    try:
        yield
    except ClientError as error:
        raise _of_service(error) from error
    except SILENT as error:
        raise AgentTimedOut("silence") from error
    except UNREACHABLE as error:
        raise AgentUnavailable(type(error).__name__) from error
    except BotoCoreError as error:
        raise Misconfigured(type(error).__name__) from error


def _of_service(error: ClientError) -> AgentProxyError:
    code = error.response["Error"].get("Code", "")
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if code == "RuntimeClientError":
        found = _STATUS_INSIDE.search(error.response["Error"].get("Message", ""))
        inside = found.group(1) if found else "no status"
        return ENDED_INSIDE.get(inside, AgentFailed)(f"{code} ({inside})")
    unknown = AgentUnavailable if status >= 500 else Misconfigured
    return FAILURES.get(code, unknown)(f"{code} ({status})")
