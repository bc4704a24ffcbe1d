"""What is known already, as an extractor's tests say it, and findings that become known."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from localcloud.agentcore.memory.extraction.model import Finding
from localcloud.agentcore.memory.records.model import Record

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class KnownRecords:
    """Records by what they are about; whatever is asked for, all the others are near to it."""

    records: list[Record] = field(default_factory=list)

    def about(self, slot: str) -> Record | None:
        """Return the record about a slot, or None."""
        return next((one for one in self.records if one.slot == slot), None)

    async def near(self, _: Sequence[str]) -> Sequence[Record]:
        """Return the records about nothing in particular."""
        return [one for one in self.records if one.slot is None]

    def learn(self, finding: Finding) -> None:
        """Keep a finding, in place of one about the same if there is one."""
        if finding.slot is not None:
            self.records = [one for one in self.records if one.slot != finding.slot]
        number = len(self.records) + 1
        record = Record(f"mem-{number}", "Long-1", finding.text, NOW, NOW, slot=finding.slot)
        record.notes.update(finding.notes)
        self.records.append(record)
