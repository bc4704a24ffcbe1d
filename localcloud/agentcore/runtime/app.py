"""The data plane of AgentCore Runtime as an ASGI app: answers go out as agents give them.

Sources: quotas page (times); `Received error (...) from runtime` as seen in public reports. What
becomes of an agent that ends, or does not answer, is ours (claim `agentcore-runtime.agent-gone`).
"""

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

import httpx2
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from localcloud.agentcore.control.app import new_request_id
from localcloud.agentcore.errors import (
    AgentCoreError,
    AgentFailed,
    InternalFailure,
    UnknownOperation,
)
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.ports import AgentTokens
from localcloud.agentcore.runtime import invocations, mcp
from localcloud.agentcore.runtime.inbound import Inbound, bearer_token
from localcloud.agentcore.runtime.invocations import SESSION_HEADER, Served
from localcloud.agentcore.runtime.sessions import Key, Process, Sessions
from localcloud.agentcore.runtime.store import RuntimeStore
from localcloud.agentcore.wire.asgi import read_request, write_response
from localcloud.agentcore.wire.operations import DATA, Match, find_operation
from localcloud.agentcore.wire.responses import REQUEST_ID_HEADER, write_error, write_output
from localcloud.cloud import Cloud, CloudError, Request, Response

logger = logging.getLogger(__name__)

_PATH: Final = re.compile(rb"/runtimes/.+/(invocations|stopruntimesession)/?")
EVENT_STREAM: Final = "text/event-stream"


@dataclass(frozen=True)
class Limits:
    """How long an agent may take, in seconds."""

    answer_s: float = 15 * 60
    stream_s: float = 60 * 60
    start_s: float = 60
    """Of a start. AWS waits 30 s, on machines that do nothing else."""


def is_for_agents(method: str, raw_path: bytes) -> bool:
    """Tell whether a request to AgentCore is for an agent rather than for the control plane."""
    return method == "POST" and _PATH.fullmatch(raw_path) is not None


class AgentsApp:
    """Answers InvokeAgentRuntime and StopRuntimeSession."""

    def __init__(
        self,
        store: RuntimeStore,
        cloud: Cloud,
        sessions: Sessions,
        client: httpx2.AsyncClient,
        inbound: Inbound,
        limits: Limits,
        request_ids: Callable[[], str] = new_request_id,
        tokens: AgentTokens | None = None,
    ) -> None:
        """Take the collaborators. `client` speaks to agents, `tokens` gives them theirs."""
        self._tokens = tokens
        self._store = store
        self._cloud = cloud
        self._sessions = sessions
        self._client = client
        self._inbound = inbound
        self._limits = limits
        self._request_ids = request_ids

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request_id = self._request_ids()
        answer = _Answer(send)
        try:
            request = await read_request(scope, receive, invocations.MAX_PAYLOAD_BYTES)
            await _until_gone(receive, self._serve(request, request_id, answer))
        except ClientDisconnect:
            logger.debug("a client left: %s", request_id)
        except (AgentCoreError, CloudError) as refusal:
            logger.info("refused: %s %s", refusal.code, request_id)
            await answer.refuse(write_error(refusal, request_id))
        except Exception:  # the outermost layer: a bug of ours
            logger.exception("failed: %s", request_id)
            failure = InternalFailure("Internal server error")
            await answer.refuse(write_error(failure, request_id))

    async def _serve(self, request: Request, request_id: str, answer: "_Answer") -> None:
        match = find_operation(request.method, request.path)
        if match is None:
            raise UnknownOperation("No operation of AgentCore is at this path")
        given = invocations.read(match, request)
        try:
            at = invocations.place(self._cloud, given.members)
        except AgentCoreError:  # there is nothing to ask policies about
            given.raise_problems()
            raise
        served = invocations.find(self._store, at)
        await self._admit(match, request, given.members, at, served)
        given.raise_problems()
        invocations.check_payload(request)
        if served is None:
            raise invocations.not_found(given.members["agentRuntimeArn"], at.endpoint_name)
        speaks_mcp = served.version.protocol == mcp.PROTOCOL
        session = invocations.session_id(given.members, speaks_mcp=speaks_mcp)
        if match.operation == "StopRuntimeSession":
            await self._sessions.stop(Key(at.runtime_id, at.endpoint_name, session))
            stopped = {"runtimeSessionId": session}
            await answer.refuse(write_output(DATA, match.operation, stopped, request_id))
            return
        headers = invocations.agent_headers(request, served.version, session, request_id)
        token = self._workload_token(request, given.members, served)
        if token is not None:
            headers.append((invocations.TOKEN_HEADER, token.encode()))
        ours = {SESSION_HEADER: session, REQUEST_ID_HEADER: request_id}
        if speaks_mcp:
            if refusal := mcp.not_acceptable(request):
                await answer.refuse(refusal)
                return
            ours[mcp.SESSION_HEADER] = session
        async with self._sessions.lease(served.endpoint, served.version, session) as process:
            if speaks_mcp:
                headers = mcp.server_headers(headers, request, session, process.mcp_session)
            asked = self._client.build_request(
                "POST", process.url, headers=headers, content=request.body
            )
            await self._relay(process, asked, ours, answer)

    async def _admit(
        self,
        match: Match,
        request: Request,
        members: JsonObject,
        at: invocations.Place,
        served: Served | None,
    ) -> None:
        configured = served.version.config.get("authorizerConfiguration", {}) if served else {}
        authorizer = configured.get("customJWTAuthorizer")
        if authorizer is not None:
            names = (at.runtime_id, at.endpoint_name)
            await self._inbound.admit_by_token(request, authorizer, *names)
            return
        actions = [match.operation]
        if "runtimeUserId" in members:
            actions.append("InvokeAgentRuntimeForUser")
        await self._inbound.admit_by_policy(request, actions, at.runtime_id, at.endpoint_name)

    def _workload_token(self, request: Request, members: JsonObject, served: Served) -> str | None:
        """Return what the agent acts with for the user: of an admitted token, or a named one."""
        if self._tokens is None:
            return None
        runtime_id = served.version.runtime_id
        if "customJWTAuthorizer" in served.version.config.get("authorizerConfiguration", {}):
            return self._tokens.token(runtime_id, user_token=bearer_token(request), user_id=None)
        return self._tokens.token(runtime_id, user_token=None, user_id=members.get("runtimeUserId"))

    async def _relay(
        self, process: Process, asked: httpx2.Request, ours: dict[str, str], answer: "_Answer"
    ) -> None:
        try:
            async with asyncio.timeout(self._limits.answer_s) as deadline:
                response = await self._client.send(asked, stream=True)
                try:
                    _hear(process, response, speaks_mcp=mcp.SESSION_HEADER in ours)
                    if response.headers.get("content-type", "").startswith(EVENT_STREAM):
                        began_s = asyncio.get_running_loop().time()
                        deadline.reschedule(began_s + self._limits.stream_s)
                    await answer.start(response, ours)
                    async for chunk in response.aiter_raw():
                        await answer.go_on(chunk)
                    await answer.end()
                finally:
                    await response.aclose()
        except TimeoutError as error:
            raise _received(504) from error
        except httpx2.HTTPError as error:
            logger.warning("an agent broke off: %s", "ended" if process.exited.is_set() else "open")
            # Its connections end before its end is known: the next question must not meet it.
            await process.stop_if_deaf()
            raise _received(500) from error


class _Answer:
    """The one answer to a request: whole, or begun and gone on with."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._begun = False

    async def start(self, response: httpx2.Response, ours: dict[str, str]) -> None:
        # As they came: httpx guesses at the encoding of what is not ASCII.
        theirs = ((name.lower(), value) for name, value in response.headers.raw)
        returned = invocations.RETURNED - {name.encode() for name in ours}
        headers = [header for header in theirs if header[0] in returned]
        headers += [(name.encode(), value.encode("latin-1")) for name, value in ours.items()]
        self._begun = True
        status = response.status_code
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def go_on(self, chunk: bytes) -> None:
        await self._send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def end(self) -> None:
        await self._send({"type": "http.response.body", "body": b""})

    async def refuse(self, response: Response) -> None:
        """Answer as a whole, unless an answer has begun: then it ends where it is."""
        if not self._begun:
            await write_response(response, self._send)


def _hear(process: Process, response: httpx2.Response, *, speaks_mcp: bool) -> None:
    """Take note of what a server calls its session, and refuse an answer that is a failure."""
    if speaks_mcp:
        process.mcp_session = response.headers.get(mcp.SESSION_HEADER) or process.mcp_session
    if response.is_success or (speaks_mcp and mcp.passes(response.status_code)):
        return
    raise _received(response.status_code)


def _received(status: int) -> AgentFailed:
    return AgentFailed(
        f"Received error ({status}) from runtime. "
        "Please check your CloudWatch logs for more information."
    )


async def _until_gone(receive: Receive, serving: Coroutine[Any, Any, None]) -> None:
    """Serve a client until it is served or has left."""
    tasks = asyncio.ensure_future(serving), asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[0].done():
            tasks[0].result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
