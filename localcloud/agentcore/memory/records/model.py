"""What long-term memory keeps. Values only."""

from dataclasses import dataclass, field
from datetime import datetime

from localcloud.agentcore.model import JsonObject


@dataclass(frozen=True)
class Record:
    """A memory record. `metadata` holds values of botocore's `MemoryRecordMetadataValue` as sent.

    `strategy_id` and `namespace` are None for a record that was written without. `slot` says what
    a record is about, if there can be only one about it in its strategy and namespace; `notes` are
    what the extractor that made it wants to know when it hears more. Neither is ever shown.
    """

    record_id: str
    memory_id: str
    text: str
    created_at: datetime
    updated_at: datetime
    strategy_id: str | None = None
    namespace: str | None = None
    metadata: JsonObject = field(default_factory=dict)
    slot: str | None = None
    notes: JsonObject = field(default_factory=dict)
