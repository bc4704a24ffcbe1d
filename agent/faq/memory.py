"""Conversations in AgentCore Memory: a LangGraph checkpointer that writes one event a turn.

A turn is read with one ListEvents and written with one CreateEvent, however long the conversation
is: an event holds its turn alone, and a conversation is its newest KEPT_TURNS events. So turns that
happen at the same time in one thread are all kept, in order of their time; each was answered
without knowing of the other. A turn that fails leaves nothing.

Question and answer are `conversational`, as other clients of the memory read them; what the answer
rests on is a `blob` behind them. Run the graph with `durability="exit"`: only then is a turn
written once, at its end.

Source: botocore bedrock-agentcore, CreateEvent and ListEvents. Events are listed newest first
(claim `memory.event-order`), those of one millisecond in any order (`memory.event-ties`).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import BotoCoreError, ClientError
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    empty_checkpoint,
)

from faq.failures import MemoryUnavailable
from faq.history import Turn, last_turn, to_messages

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agentcore import BedrockAgentCoreClient
    from mypy_boto3_bedrock_agentcore.type_defs import EventTypeDef

KEPT_TURNS = 10
"""Turns that a model gets to see again: one page of ListEvents."""

MAX_TEXT_CHARACTERS = 100_000
"""Of a `conversational` text. Source: botocore bedrock-agentcore, ContentText."""

_logger = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class TurnSaver(BaseCheckpointSaver[int]):
    """Gives a thread's last turns as its checkpoint, and writes the turn a run ends with.

    `configurable` has `thread_id`, the session, and `actor_id`, both as `faq.request` checks them.
    """

    def __init__(
        self,
        client: BedrockAgentCoreClient,
        memory_id: str,
        *,
        now: Callable[[], datetime] = _now,
    ) -> None:
        """Take a client, and the memory that has the conversations."""
        super().__init__()
        self._client = client
        self._memory_id = memory_id
        self._now = now

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return the last turns of a thread.

        Raises:
            MemoryUnavailable: they cannot be read.
        """
        turns = await asyncio.to_thread(self._read, config)
        if not turns:
            return None
        checkpoint = empty_checkpoint()
        checkpoint["channel_values"] = {"messages": to_messages(turns)}
        checkpoint["channel_versions"] = {"messages": 1}
        return CheckpointTuple(_pointing_at(config, checkpoint), checkpoint, {"step": -1})

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Write the turn that the checkpoint ends with; nothing if it has no answer.

        The caller has an answer by now and gets it even if this fails, which is logged.
        """
        turn = last_turn(checkpoint["channel_values"].get("messages", ()), self._now())
        if turn is not None:
            try:
                await asyncio.to_thread(self._write, config, turn, checkpoint["id"])
            except (ClientError, BotoCoreError) as error:
                _logger.error("turn not kept", extra={"code": _code(error)})  # noqa: TRY400
        return _pointing_at(config, checkpoint)

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Keep nothing of a turn that has not ended: it is asked again from the start."""

    def _read(self, config: RunnableConfig) -> list[Turn]:
        try:
            found = self._client.list_events(
                memoryId=self._memory_id,
                actorId=config["configurable"]["actor_id"],
                sessionId=config["configurable"]["thread_id"],
                includePayloads=True,
                maxResults=KEPT_TURNS,
            )
        except self._client.exceptions.ResourceNotFoundException:
            return []  # of a thread that has no turn yet, or of a memory: then writing says so
        except (ClientError, BotoCoreError) as error:
            raise MemoryUnavailable(f"the conversation cannot be read: {_code(error)}") from error
        in_order = sorted(found["events"], key=lambda one: (one["eventTimestamp"], one["eventId"]))
        return [turn for one in in_order if (turn := _to_turn(one))]

    def _write(self, config: RunnableConfig, turn: Turn, token: str) -> None:
        self._client.create_event(
            memoryId=self._memory_id,
            actorId=config["configurable"]["actor_id"],
            sessionId=config["configurable"]["thread_id"],
            eventTimestamp=turn.at,
            clientToken=token,  # the client's own retries write it once
            payload=_payload(turn),
        )


def _payload(turn: Turn) -> list[Any]:
    said = [("USER", turn.question), ("ASSISTANT", turn.answer)]
    rest = {"blob": json.dumps({"quoted": turn.quoted})}
    return [*(_conversational(role, text) for role, text in said), rest]


def _conversational(role: str, text: str) -> dict[str, Any]:
    return {"conversational": {"role": role, "content": {"text": text[:MAX_TEXT_CHARACTERS]}}}


def _to_turn(event: EventTypeDef) -> Turn | None:
    """Read an event; None for one that somebody else wrote."""
    texts: dict[str, str] = {}
    quoted: list[str] = []
    for item in event["payload"]:
        if "conversational" in item:
            said = item["conversational"]
            texts[said["role"]] = said["content"].get("text", "")
        elif "blob" in item:
            quoted = _quoted(item["blob"])
    if not {"USER", "ASSISTANT"} <= texts.keys():
        return None
    return Turn(texts["USER"], texts["ASSISTANT"], tuple(quoted), event["eventTimestamp"])


def _quoted(blob: object) -> list[str]:
    try:
        value = json.loads(cast(str, blob))["quoted"]
    except (ValueError, TypeError, KeyError):
        return []
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _pointing_at(config: RunnableConfig, checkpoint: Checkpoint) -> RunnableConfig:
    return {"configurable": {**config["configurable"], "checkpoint_id": checkpoint["id"]}}


def _code(error: ClientError | BotoCoreError) -> str:
    if isinstance(error, ClientError):
        return error.response["Error"].get("Code", "Unknown")
    return type(error).__name__
