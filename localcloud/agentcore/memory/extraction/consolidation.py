"""Consolidation: a finding becomes a new record, or takes the place of one.

Sources: Developer Guide, built-in strategies (extraction, then consolidation). When two things mean
the same is ours (claim `memory.extraction.consolidation`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from localcloud.agentcore.memory.extraction.model import Finding
from localcloud.agentcore.memory.extraction.sentences import numbers
from localcloud.agentcore.memory.records.model import Record
from localcloud.agentcore.memory.records.scope import Scope
from localcloud.agentcore.memory.records.store import RecordStore
from localcloud.agentcore.model import JsonObject
from minilm.weights import Floats

SAME: Final = 0.9
"""Cosine from which on two sentences say the same, if their numbers are the same. Measured:
`I like tea` and `I love tea` have 0.94, order numbers 12345 and 98765 in one sentence 0.86."""


@dataclass(frozen=True)
class Shelf:
    """Where the records of one strategy go, and who keeps them."""

    records: RecordStore
    memory_id: str
    strategy_id: str
    namespace: str
    new_record_id: Callable[[], str]

    def known(self, finding: Finding) -> Record | None:
        """Return the record that is about the finding's slot, or None."""
        if finding.slot is None:
            return None
        return self.records.in_slot(self.memory_id, self.strategy_id, self.namespace, finding.slot)

    def put(self, finding: Finding, vector: Floats, metadata: JsonObject, now: datetime) -> Record:
        """Write a finding into the record it is about, or means the same as, or a new one."""
        present = self.known(finding) or self._alike(finding, vector)
        record = present or Record(
            self.new_record_id(), self.memory_id, "", now, now, self.strategy_id, self.namespace
        )
        written = replace(
            record,
            text=finding.text,
            updated_at=now,
            metadata={**record.metadata, **metadata},
            slot=finding.slot or record.slot,
            notes=finding.notes,
        )
        self.records.put(written, vector)
        return written

    def _alike(self, finding: Finding, vector: Floats) -> Record | None:
        if not finding.merges:
            return None
        scope = Scope(namespace=self.namespace, strategy_id=self.strategy_id)
        for record, cosine in self.records.nearest(self.memory_id, vector, scope):
            if cosine < SAME:
                return None
            if numbers(record.text) == numbers(finding.text):
                return record
        return None
