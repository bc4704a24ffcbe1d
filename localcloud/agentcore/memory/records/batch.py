"""The operations that write records, up to a hundred at once, each of which may fail alone.

Sources: botocore operations of these names. What makes a single record fail, its codes (those of
HTTP) and how long a client token lasts are ours (claims `memory.records.batch-*`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from localcloud.agentcore.errors import AgentCoreError, ResourceNotFound, ValidationFailed
from localcloud.agentcore.memory.context import Context, active_memory
from localcloud.agentcore.memory.model import Memory, instant
from localcloud.agentcore.memory.moments import given_ms
from localcloud.agentcore.memory.records.model import Record
from localcloud.agentcore.memory.records.views import NO_STRATEGY
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller
from minilm.weights import Floats

RECORDS: Final = "records"


@dataclass
class _Outcome:
    """What became of the records of a batch."""

    successful: list[JsonObject]
    failed: list[JsonObject]

    def reply(self) -> JsonObject:
        return {"successfulRecords": self.successful, "failedRecords": self.failed}


async def batch_create(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Write records that clients have made; the same client token writes them once."""
    active_memory(context, members)
    vectors = await _vectors(context, members[RECORDS])
    memory = active_memory(context, members)
    earlier = context.batches.earlier(memory.memory_id, members)
    if earlier is not None:
        return earlier
    outcome, seen = _Outcome([], []), set[str]()
    for given, vector in zip(members[RECORDS], vectors, strict=True):
        record_id, request_id = context.new_record_id(), given["requestIdentifier"]
        try:
            if request_id in seen:
                raise ValidationFailed.of_field("requestIdentifier", "Identifiers must be unique")
            seen.add(request_id)
            context.records.put(_created(context, memory, record_id, given), vector)
        except AgentCoreError as refusal:
            outcome.failed.append(_failed(record_id, refusal, request_id))
        else:
            outcome.successful.append(_succeeded(record_id, request_id))
    context.batches.remember(memory.memory_id, members, outcome.reply(), context.clock())
    return outcome.reply()


async def batch_update(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Change what is given of records; the rest stays as it is."""
    active_memory(context, members)
    changed = [given for given in members[RECORDS] if "content" in given]
    vectors = iter(await _vectors(context, changed))
    memory = active_memory(context, members)
    outcome = _Outcome([], [])
    for given in members[RECORDS]:
        record_id = given["memoryRecordId"]
        vector = next(vectors) if "content" in given else None
        try:
            record = _record(context, memory, record_id, given.get("sourceNamespaces"))
            context.records.put(_updated(memory, record, given), vector)
        except AgentCoreError as refusal:
            outcome.failed.append(_failed(record_id, refusal))
        else:
            outcome.successful.append(_succeeded(record_id))
    return outcome.reply()


def batch_delete(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Remove records."""
    memory = active_memory(context, members)
    outcome = _Outcome([], [])
    for given in members[RECORDS]:
        record_id = given["memoryRecordId"]
        named = [given["namespace"]] if "namespace" in given else None
        try:
            _record(context, memory, record_id, named)
            context.records.delete(memory.memory_id, record_id)
        except AgentCoreError as refusal:
            outcome.failed.append(_failed(record_id, refusal))
        else:
            outcome.successful.append(_succeeded(record_id))
    return outcome.reply()


async def _vectors(context: Context, records: Sequence[JsonObject]) -> Iterable[Floats]:
    return await context.embed([given["content"]["text"] for given in records]) if records else []


def _record(
    context: Context, memory: Memory, record_id: str, namespaces: list[str] | None
) -> Record:
    """Return the record of this id; namespaces, if given, must be those it is in."""
    record = context.records.record(memory.memory_id, record_id)
    if record is None or namespaces not in (None, [record.namespace]):
        raise ResourceNotFound(f"Memory record not found: {record_id}")
    return record


def _created(context: Context, memory: Memory, record_id: str, given: JsonObject) -> Record:
    made_at = instant(given_ms(given["timestamp"], "timestamp"))
    record = Record(record_id, memory.memory_id, given["content"]["text"], made_at, made_at)
    return _with_common(memory, record, given)


def _updated(memory: Memory, record: Record, given: JsonObject) -> Record:
    at = instant(given_ms(given["timestamp"], "timestamp"))
    text = given.get("content", {}).get("text", record.text)
    return _with_common(memory, replace(record, text=text, updated_at=at), given)


def _with_common(memory: Memory, record: Record, given: JsonObject) -> Record:
    changes: dict[str, Any] = {}
    if "namespaces" in given:
        changes["namespace"] = next(iter(given["namespaces"]), None)
    if "metadata" in given:
        _check_moments(given["metadata"])
        changes["metadata"] = given["metadata"]
    if "memoryStrategyId" in given:
        changes["strategy_id"] = _strategy_id(memory, given["memoryStrategyId"])
    return replace(record, **changes)


def _strategy_id(memory: Memory, named: str) -> str | None:
    if named == NO_STRATEGY:
        return None
    if named not in {strategy.strategy_id for strategy in memory.strategies}:
        message = f"Memory strategy {named} not found"
        raise ValidationFailed.of_field("memoryStrategyId", message)
    return named


def _check_moments(metadata: JsonObject) -> None:
    for value in metadata.values():
        if "dateTimeValue" in value:
            given_ms(value["dateTimeValue"], "metadata")


def _succeeded(record_id: str, request_id: str | None = None) -> JsonObject:
    return {
        "memoryRecordId": record_id,
        "status": "SUCCEEDED",
        "requestIdentifier": request_id,
    }


def _failed(record_id: str, refusal: AgentCoreError, request_id: str | None = None) -> JsonObject:
    return {
        "memoryRecordId": record_id,
        "status": "FAILED",
        "requestIdentifier": request_id,
        "errorCode": refusal.status,
        "errorMessage": str(refusal),
    }
