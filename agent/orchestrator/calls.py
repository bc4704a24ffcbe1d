"""Ask an agent on AgentCore Runtime with a user's own token, and name what goes wrong.

boto3 signs InvokeAgentRuntime and cannot send a bearer token, so the call is plain HTTPS. Proxy and
certificate authority come from the environment (HTTPS_PROXY, SSL_CERT_FILE), as httpx2 reads it.

Source: botocore bedrock-agentcore, InvokeAgentRuntime (path, headers, errors with their statuses);
AgentCore Developer Guide, "Authenticate and authorize with Inbound Auth" (bearer tokens).
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache, partial
from typing import Annotated, Any, Final
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from orchestrator.errors import (
    AgentBusy,
    AgentFailed,
    AgentTimedOut,
    AgentUnavailable,
    Misconfigured,
    NotPermitted,
    OrchestratorError,
    TokenRefused,
)
from orchestrator.registry import Agent

SESSION_HEADER: Final = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"

CONNECT_TIMEOUT_S: Final = 3.0
MAX_REPLY_BYTES: Final = 1024 * 1024
"""An answer of some sentences has a few kilobytes."""

BACKOFF_S: Final = 0.5
"""Before the second try. A session that has just begun is in progress for about as long."""

WORTH_A_SECOND_TRY: Final = frozenset((409, 429, 503))
"""RetryableConflictException, ThrottlingException, ServiceUnavailableException: the agent has not
been asked yet. What an agent itself answers, whatever it is, comes as 424 and is not repeated."""

FAILURES: Final[Mapping[int, type[OrchestratorError]]] = {
    401: TokenRefused,
    402: AgentUnavailable,  # ServiceQuotaExceededException
    409: AgentBusy,
    424: AgentFailed,  # RuntimeClientError; unless its message says what is inside
    429: AgentBusy,
}
"""By status of the service. Of others, 5xx are AgentUnavailable, and the rest is Misconfigured."""

INSIDE: Final[Mapping[int, type[OrchestratorError]]] = {
    401: TokenRefused,
    403: NotPermitted,
    429: AgentBusy,
    503: AgentUnavailable,
    504: AgentTimedOut,
}
"""By status of the agent's own answer. The statuses are those of `team_agents.outcomes`."""

_STATUS_INSIDE = re.compile(r"Received error \((\d{3})\) from runtime")

type OpensClient = Callable[[], AbstractAsyncContextManager[httpx2.AsyncClient]]


class Reply(BaseModel):
    """What an agent answers; members that are not named here are passed on."""

    model_config = ConfigDict(extra="allow", strict=True)

    response: Annotated[str, StringConstraints(min_length=1)]
    agent: str
    actions: list[dict[str, Any]]


@dataclass(frozen=True)
class Question:
    """What goes to an agent, in which session, with whose token."""

    agent: Agent
    payload: Mapping[str, Any]
    session_id: str
    token: str


def open_client() -> httpx2.AsyncClient:
    """Return a client; the time there is, the caller of `Agents.ask` has set."""
    return httpx2.AsyncClient(
        verify=_trusted(), timeout=httpx2.Timeout(None, connect=CONNECT_TIMEOUT_S)
    )


@cache
def _trusted() -> Any:  # noqa: ANN401 - ssl.SSLContext; reading certificates takes some 20 ms
    return httpx2.create_ssl_context()


@dataclass(frozen=True)
class Agents:
    """Asks agents.

    Attributes:
        endpoint_url: of the data plane, without a trailing slash; None for that of AWS.
        sleep: waits for a number of seconds.
        more_headers: what else each call carries.
    """

    endpoint_url: str | None = None
    open_client: OpensClient = open_client
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    more_headers: Callable[[], Mapping[str, str]] = dict

    async def ask(self, question: Question, *, within_s: float) -> Reply:
        """Ask, and once more after BACKOFF_S if the agent has not been asked the first time.

        Raises:
            OrchestratorError: one of those in `FAILURES` and `INSIDE`, or AgentTimedOut after
                `within_s` seconds.
        """
        try:
            async with asyncio.timeout(within_s), self.open_client() as client:
                answer = await self._post(client, question)
                if answer.status in WORTH_A_SECOND_TRY:
                    await self.sleep(BACKOFF_S)
                    answer = await self._post(client, question)
        except TimeoutError as error:
            raise AgentTimedOut(f"no answer within {within_s:g} seconds") from error
        except httpx2.HTTPError as error:
            raise AgentUnavailable(type(error).__name__) from error
        return _read(answer)

    async def _post(self, client: httpx2.AsyncClient, question: Question) -> _Answer:
        headers = {
            "Authorization": f"Bearer {question.token}",
            SESSION_HEADER: question.session_id,
            "Accept": "application/json",
            **self.more_headers(),
        }
        url = url_of(question.agent.arn, self.endpoint_url)
        asked = partial(client.stream, "POST", url, json=dict(question.payload), headers=headers)
        async with asked() as response:
            return _Answer(response.status_code, await _body(response))


@dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes


def url_of(arn: str, endpoint_url: str | None = None) -> str:
    """Return where the endpoint DEFAULT of a runtime is invoked, in the region of its ARN.

    Raises:
        Misconfigured: it is not the ARN of a runtime.
    """
    parts = arn.split(":")
    if len(parts) != 6 or parts[2] != "bedrock-agentcore" or not parts[3]:
        raise Misconfigured("not the ARN of a runtime")
    base = endpoint_url or f"https://bedrock-agentcore.{parts[3]}.amazonaws.com"
    return f"{base}/runtimes/{quote(arn, safe='')}/invocations?qualifier=DEFAULT"


async def _body(response: httpx2.Response) -> bytes:
    """Read an answer.

    Raises:
        AgentFailed: there is no end of it.
    """
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_REPLY_BYTES:
            raise AgentFailed("the answer is too long")
    return bytes(body)


def _read(answer: _Answer) -> Reply:
    if answer.status != httpx2.codes.OK:
        raise _failure(answer)
    try:
        return Reply.model_validate_json(answer.body)
    except ValidationError:
        # Without the cause, which quotes the answer.
        raise AgentFailed("the answer is not that of an agent") from None


def _failure(answer: _Answer) -> OrchestratorError:
    status = answer.status
    if status == httpx2.codes.FAILED_DEPENDENCY and (inside := _status_inside(answer.body)):
        return INSIDE.get(inside, AgentFailed)(f"the agent answered {inside}")
    unknown = AgentUnavailable if status >= 500 else Misconfigured
    return FAILURES.get(status, unknown)(f"the service answered {status}")


def _status_inside(body: bytes) -> int | None:
    try:
        said = json.loads(body)
    except ValueError:
        return None
    message = said.get("message") if isinstance(said, dict) else None
    found = _STATUS_INSIDE.search(message) if isinstance(message, str) else None
    return int(found[1]) if found else None
