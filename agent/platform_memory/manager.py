"""Shared memory of agents: interactions, what is known of a customer, and hand-overs.

Source: botocore bedrock-agentcore, CreateEvent, ListEvents, RetrieveMemoryRecords. Events are
listed newest first (claim `memory.event-order`), those of one millisecond in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from platform_memory import hand_overs
from platform_memory.errors import MemoryRefused, MemoryUnavailable, UnknownStore
from platform_memory.hand_overs import is_pending
from platform_memory.model import HandOver, Message, Passage

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agentcore import BedrockAgentCoreClient
    from mypy_boto3_bedrock_agentcore.type_defs import EventTypeDef

HAND_OVERS = "handoffs"
"""The store that hand-overs go to, by default."""

MAX_HISTORY = 100
"""Events a history is read from: one page of ListEvents."""

MAX_CONTEXT = 10
"""Passages of a context unless more are asked for."""

JUST_AFTER = timedelta(milliseconds=1)
"""From a hand-over to its being taken, in the order of events: whenever that is said."""

_REFUSALS = frozenset(("ValidationException", "ResourceNotFoundException", "AccessDeniedException"))


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class PlatformMemory:
    """The memories that the agents of a platform share.

    `stores` are memory ids by name; `hand_over_store` names the one for hand-overs. Every method
    raises `UnknownStore`, `MemoryRefused` and `MemoryUnavailable`.
    """

    client: BedrockAgentCoreClient
    stores: Mapping[str, str]
    hand_over_store: str = HAND_OVERS
    now: Callable[[], datetime] = _now

    def store_interaction(
        self,
        store: str,
        actor_id: str,
        session_id: str,
        messages: Sequence[Message],
        *,
        namespace_variables: Mapping[str, str] | None = None,
        token: str | None = None,
    ) -> str:
        """Keep what was said as one event, which strategies extract from; return its id.

        `namespace_variables` fill namespace keys of the memory's own. The same `token` keeps the
        same event once.
        """
        extras: dict[str, Any] = {} if token is None else {"clientToken": token}
        if namespace_variables:
            extras["extractionConfig"] = {"namespaceVariables": dict(namespace_variables)}
        payload = [_said(message) for message in messages]
        return self._write(store, actor_id, session_id, payload=payload, **extras)

    def session_history(self, store: str, actor_id: str, session_id: str) -> list[Message]:
        """Return what was said in a session, oldest first: in its newest `MAX_HISTORY` events."""
        events = islice(self._events(store, actor_id, session_id, MAX_HISTORY), MAX_HISTORY)
        in_order = sorted(events, key=_when)
        return [message for event in in_order for message in _messages(event)]

    def retrieve_context(
        self,
        store: str,
        query: str,
        *,
        namespace: str | None = None,
        namespace_path: str | None = None,
        min_score: float = 0.0,
        max_results: int = MAX_CONTEXT,
    ) -> list[Passage]:
        """Return what is known that fits a query, best first.

        Name either a namespace, exactly, or a path with all below it. `max_results` is 1 to 100.
        """
        places = {"namespace": namespace, "namespacePath": namespace_path}
        named: dict[str, Any] = {key: value for key, value in places.items() if value is not None}
        with _errors_named():
            reply = self.client.retrieve_memory_records(
                memoryId=self._memory_id(store),
                searchCriteria={"searchQuery": query, "topK": max_results},
                maxResults=max_results,
                **named,
            )
        found = (
            Passage(
                text=record["content"].get("text", ""),
                score=record.get("score", 0.0),
                namespace=next(iter(record["namespaces"]), None),
                record_id=record["memoryRecordId"],
            )
            for record in reply["memoryRecordSummaries"]
        )
        return [passage for passage in found if passage.score >= min_score]

    def hand_over(
        self,
        from_agent: str,
        to_agent: str,
        customer_id: str,
        session_id: str,
        summary: str,
        context: Mapping[str, Any] | None = None,
    ) -> str:
        """Leave a conversation to another agent; return the id of the event that says so.

        Agents' names are letters, digits and any of ` ._:/=+@-`. `context` must be JSON.
        """
        return self._write(
            self.hand_over_store,
            customer_id,
            session_id,
            payload=hand_overs.payload_of(summary, context or {}),
            metadata=hand_overs.metadata_of("offered", from_agent, to_agent),
        )

    def pending_hand_over(
        self, customer_id: str, session_id: str, to_agent: str | None = None
    ) -> HandOver | None:
        """Return the newest hand-over in a session, to one agent or to any, if none has taken it.

        One event is read, however long the session is.
        """
        newest = self._newest_mark(customer_id, session_id, to_agent)
        return None if newest is None or not is_pending(newest) else hand_overs.read(newest)

    def taken_over_by(self, customer_id: str, session_id: str) -> str | None:
        """Return the agent that took the newest hand-over in a session; None while it is pending.

        One event is read, however long the session is.
        """
        newest = self._newest_mark(customer_id, session_id, None)
        return None if newest is None or is_pending(newest) else hand_overs.read(newest).to_agent

    def take_over(self, taken: HandOver) -> None:
        """Say that the agent a hand-over is for goes on from here: it is pending no more.

        Said again it is the same; a later hand-over stays pending.
        """
        self._write(
            self.hand_over_store,
            taken.customer_id,
            taken.session_id,
            payload=[],
            metadata=hand_overs.metadata_of("taken", taken.from_agent, taken.to_agent),
            at=taken.at + JUST_AFTER,
            clientToken=f"taken {taken.event_id}",
        )

    def _write(
        self,
        store: str,
        actor_id: str,
        session_id: str,
        *,
        at: datetime | None = None,
        **members: Any,  # noqa: ANN401 - JSON
    ) -> str:
        with _errors_named():
            reply = self.client.create_event(
                memoryId=self._memory_id(store),
                actorId=actor_id,
                sessionId=session_id,
                eventTimestamp=at or self.now(),
                **members,
            )
        return reply["event"]["eventId"]

    def _events(
        self,
        store: str,
        actor_id: str,
        session_id: str,
        page_size: int,
        **members: Any,  # noqa: ANN401 - JSON
    ) -> Iterator[EventTypeDef]:
        """Yield the events of a session, newest first; none of a session that is not there.

        A filter may leave pages empty that have others behind them: the model does not say.
        """
        pages = self.client.get_paginator("list_events").paginate(
            memoryId=self._memory_id(store),
            actorId=actor_id,
            sessionId=session_id,
            includePayloads=True,
            PaginationConfig={"PageSize": page_size},
            **members,
        )
        with _errors_named():
            try:
                for page in pages:
                    yield from page["events"]
            except self.client.exceptions.ResourceNotFoundException:
                return  # of a session without events, or of a memory: then writing says so

    def _newest_mark(
        self, customer_id: str, session_id: str, to_agent: str | None
    ) -> EventTypeDef | None:
        """Return the newest event that offers a hand-over, or says that it is taken."""
        marked = {"eventMetadata": hand_overs.filter_of(to_agent)}
        events = self._events(self.hand_over_store, customer_id, session_id, 1, filter=marked)
        return next(events, None)

    def _memory_id(self, store: str) -> str:
        if store not in self.stores:
            raise UnknownStore(f"no store is called {store}")
        return self.stores[store]


@contextmanager
def _errors_named() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response["Error"].get("Code", "Unknown")
        named = MemoryRefused if code in _REFUSALS else MemoryUnavailable
        raise named(f"the memory answered {code}") from error
    except BotoCoreError as error:
        raise MemoryUnavailable(f"the memory cannot be reached: {type(error).__name__}") from error


def _said(message: Message) -> Any:  # noqa: ANN401 - JSON
    return {"conversational": {"role": message.role, "content": {"text": message.text}}}


def _when(event: EventTypeDef) -> tuple[datetime, str]:
    return event["eventTimestamp"], event["eventId"]


def _messages(event: EventTypeDef) -> Iterator[Message]:
    for item in event["payload"]:
        if "conversational" in item:
            said = item["conversational"]
            text = said["content"].get("text", "")
            yield Message(said["role"], text, event["eventTimestamp"])
