"""Consolidation: a finding becomes a new record, or takes the place of one.

Sources: Developer Guide, built-in strategies (extraction, then consolidation). When two things mean
the same is ours (claim `memory.extraction.consolidation`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice, zip_longest
from typing import Final

from localcloud.agentcore.memory.embedding import Embed
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

NEAR: Final = 4
"""Records that `Shelf.near` gives for each text."""

MOST_NEAR: Final = 20
"""Records that it gives altogether."""


@dataclass(frozen=True)
class Shelf:
    """Where the records of one strategy go, and who keeps them. See `Known`."""

    records: RecordStore
    embed: Embed
    memory_id: str
    strategy_id: str
    namespace: str
    new_record_id: Callable[[], str]

    def about(self, slot: str) -> Record | None:
        """Return the record that is about a slot, or None."""
        return self.records.in_slot(self.memory_id, self.strategy_id, self.namespace, slot)

    async def near(self, texts: Sequence[str]) -> Sequence[Record]:
        """Return the records closest in meaning to any of some texts, `NEAR` of each."""
        vectors = await self.embed(texts) if texts else ()
        of_each = [[one for one, _ in islice(self._nearest(each), NEAR)] for each in vectors]
        # The nearest of every text first, so that a long message leaves none without.
        by_rank = chain.from_iterable(zip_longest(*of_each))
        found = {record.record_id: record for record in by_rank if record is not None}
        return list(found.values())[:MOST_NEAR]

    def is_outdated(self, finding: Finding) -> bool:
        """Tell whether the record that a finding replaces has gone since it was shown."""
        return finding.replaces is not None and self._replaced(finding) is None

    def put(self, finding: Finding, vector: Floats, metadata: JsonObject, now: datetime) -> Record:
        """Write a finding into the record it is about, or means the same as, or a new one."""
        present = self._present(finding) or self._alike(finding, vector)
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

    def _present(self, finding: Finding) -> Record | None:
        if finding.slot is not None:
            return self.about(finding.slot)
        return self._replaced(finding)

    def _replaced(self, finding: Finding) -> Record | None:
        found = self.records.record(self.memory_id, finding.replaces or "")
        here = self.strategy_id, self.namespace
        return found if found and (found.strategy_id, found.namespace) == here else None

    def _nearest(self, vector: Floats) -> Iterator[tuple[Record, float]]:
        scope = Scope(namespace=self.namespace, strategy_id=self.strategy_id)
        return self.records.nearest(self.memory_id, vector, scope)

    def _alike(self, finding: Finding, vector: Floats) -> Record | None:
        if not finding.merges:
            return None
        for record, cosine in self._nearest(vector):
            if cosine < SAME:
                return None
            if numbers(record.text) == numbers(finding.text):
                return record
        return None
