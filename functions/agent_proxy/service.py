"""Asking the agent. Time, chance, ids and the agent come in as arguments."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from agent_proxy.conversation import Conversation
from agent_proxy.errors import AgentBusy
from agent_proxy.models import Question, Reply, read_json, read_reply
from agent_proxy.runtime import Call, Incoming

RETRY_WITHIN_S: Final = 1.0
"""No new try begins later than that: API Gateway waits 29 s, and the last try may need the rest."""

FIRST_PAUSE_S: Final = 0.1
READ_TIMEOUT_S: Final = 24.0
"""With the tries before it and a cold start this stays below API Gateway's 29 s."""

ANSWER_WITHIN_S: Final = 26.5


class Agent(Protocol):
    """Who is asked."""

    def invoke(self, call: Call) -> Incoming:
        """Ask; raises an AgentProxyError."""
        ...


@dataclass(frozen=True)
class Clock:
    """Time and chance: `now_s` is monotonic, `pause` waits, `chance` is at least 0 and below 1."""

    now_s: Callable[[], float]
    pause: Callable[[float], None]
    chance: Callable[[], float]


@dataclass(frozen=True)
class Trail:
    """By what one request is found again: in our logs, in AgentCore's, in X-Ray."""

    request_id: str
    trace_id: str | None = None


def answer(
    question: Question, where: Conversation, trail: Trail, *, agent: Agent, clock: Clock
) -> Reply:
    """Return the agent's whole answer, with the actor as the caller has named it.

    Raises:
        AgentProxyError: there is none.
    """
    deadline_s = clock.now_s() + ANSWER_WITHIN_S
    call = call_for(question, where, trail, accept="application/json")
    content = begin(call, agent=agent, clock=clock).whole(deadline_s=deadline_s, now_s=clock.now_s)
    return own_reply(read_json(content), where)


def call_for(question: Question, where: Conversation, trail: Trail, *, accept: str) -> Call:
    """Return what the agent gets."""
    payload = {
        "prompt": question.prompt,
        "actor_id": where.scoped_actor_id,
        "thread_id": where.thread_id,
    }
    return Call(
        payload=json.dumps(payload).encode(),
        session_id=where.session_id,
        request_id=trail.request_id,
        trace_id=trail.trace_id,
        accept=accept,
    )


def begin(call: Call, *, agent: Agent, clock: Clock) -> Incoming:
    """Ask until the agent takes the question, for a short while.

    Only a refusal to begin is tried again: of every other failure nobody knows whether the agent
    has begun, and a question asked twice would be in its memory twice.

    Raises:
        AgentProxyError: it did not take it, or failed.
    """
    until_s = clock.now_s() + RETRY_WITHIN_S
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            return agent.invoke(call)
        except AgentBusy:
            wait_s = pause_s * (1 + clock.chance()) / 2
            if clock.now_s() + wait_s > until_s:
                raise
            clock.pause(wait_s)
            pause_s *= 2


def own_reply(content: object, where: Conversation) -> Reply:
    """Return the agent's answer with the caller's own actor in it.

    Raises:
        AgentFailed: it is no answer in this conversation.
    """
    reply = read_reply(content, actor_id=where.scoped_actor_id, thread_id=where.thread_id)
    return reply.model_copy(update={"actor_id": where.actor_id})
