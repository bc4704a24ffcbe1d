"""Records as the API shows them (botocore `MemoryRecord`, `MemoryRecordSummary`)."""

from typing import Any, Final

from localcloud.agentcore.memory.model import instant
from localcloud.agentcore.memory.moments import given_ms
from localcloud.agentcore.memory.records.model import Record
from localcloud.agentcore.model import JsonObject

NO_STRATEGY: Final = "DEFAULT"
"""Shown for records written without a strategy: the model requires an id. Ours (claim
`memory.records.batch-create`)."""


def record_view(record: Record, score: float | None = None) -> JsonObject:
    """Return everything there is to say of a record; a score for one that was found."""
    return {
        "memoryRecordId": record.record_id,
        "content": {"text": record.text},
        "memoryStrategyId": record.strategy_id or NO_STRATEGY,
        "namespaces": [] if record.namespace is None else [record.namespace],
        "createdAt": record.created_at,
        "score": score,
        "metadata": {key: _value(value) for key, value in record.metadata.items()} or None,
    }


def _value(value: JsonObject) -> JsonObject:
    ((kind, given),) = value.items()
    shown: Any = instant(given_ms(given, kind)) if kind == "dateTimeValue" else given
    return {kind: shown}
