"""Long-term memory as tests use it: a memory with strategies, and what is known in it."""

import json
from dataclasses import dataclass
from typing import Any

from tests.support.memory_plane import OCCURRED, Chat, Client, MemoryLaptop, said

SEMANTIC: dict[str, Any] = {
    "semanticMemoryStrategy": {"name": "Facts", "namespaceTemplates": ["/facts/{actorId}/"]}
}
PREFERENCES: dict[str, Any] = {
    "userPreferenceMemoryStrategy": {"name": "Likes", "namespaceTemplates": ["/likes/{actorId}/"]}
}
SUMMARY: dict[str, Any] = {
    "summaryMemoryStrategy": {
        "name": "Sums",
        "namespaceTemplates": ["/sums/{actorId}/{sessionId}/"],
    }
}
EPISODIC: dict[str, Any] = {
    "episodicMemoryStrategy": {
        "name": "Eps",
        "namespaceTemplates": ["/eps/{actorId}/{sessionId}/"],
        "reflectionConfiguration": {"namespaceTemplates": ["/eps/{actorId}/"]},
    }
}


@dataclass
class LongTerm:
    """A memory with strategies, and everything around it."""

    laptop: MemoryLaptop
    control: Client
    data: Client
    memory_id: str

    @property
    def strategy_ids(self) -> list[str]:
        """Return the ids of the strategies, in order."""
        memory = self.control.get_memory(memoryId=self.memory_id)["memory"]
        return [one["strategyId"] for one in memory["strategies"]]

    def tell(self, *texts: str, session_id: str = "monday", **members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Let the user ann say something, wait until it is extracted, and return the event."""
        event = Chat(self.data, self.memory_id, "ann", session_id).write(*texts, **members)
        self.laptop.settle()
        return event

    def talk(self, *texts: str, session_id: str = "monday") -> None:
        """Let ann and the assistant take turns in one event, and wait."""
        payload = [said(text, ("USER", "ASSISTANT")[n % 2]) for n, text in enumerate(texts)]
        self.tell(session_id=session_id, payload=payload)

    def records(self, path: str = "/", **members: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON
        """Return all records in and below a path."""
        wanted = {"memoryId": self.memory_id, "namespacePath": path, **members}
        pages = self.data.get_paginator("list_memory_records").paginate(**wanted)
        return [one for page in pages for one in page["memoryRecordSummaries"]]

    def texts(self, path: str = "/") -> list[str]:
        """Return what the records in and below a path say."""
        return [record["content"]["text"] for record in self.records(path)]

    def preferences(self) -> list[dict[str, Any]]:
        """Return the preferences of all actors, read."""
        return [json.loads(text) for text in self.texts("/likes")]

    def found(self, query: str, path: str = "/", **criteria: Any) -> list[str]:  # noqa: ANN401 - JSON
        """Search, and return what the records found say, best first."""
        reply = self.data.retrieve_memory_records(
            memoryId=self.memory_id,
            namespacePath=path,
            searchCriteria={"searchQuery": query, **criteria},
        )
        return [one["content"]["text"] for one in reply["memoryRecordSummaries"]]

    def write(self, *texts: str, namespace: str = "/own/", **members: Any) -> list[str]:  # noqa: ANN401 - JSON
        """Write records as a client does, and return their ids."""
        records = [
            {
                "requestIdentifier": f"r-{number}",
                "namespaces": [namespace],
                "content": {"text": text},
                "timestamp": OCCURRED,
                **members,
            }
            for number, text in enumerate(texts)
        ]
        reply = self.data.batch_create_memory_records(memoryId=self.memory_id, records=records)
        assert reply["failedRecords"] == []
        return [one["memoryRecordId"] for one in reply["successfulRecords"]]


def long_term(
    laptop: MemoryLaptop,
    clients: tuple[Client, Client],
    *strategies: dict[str, Any],
    **members: Any,  # noqa: ANN401 - JSON
) -> LongTerm:
    """Make a memory with strategies, and wait until it is ACTIVE."""
    control, data = clients
    wanted = {"name": "Long", "eventExpiryDuration": 30, "memoryStrategies": [*strategies]}
    memory_id = control.create_memory(**wanted | members)["memory"]["id"]
    laptop.settle()
    return LongTerm(laptop, control, data, memory_id)
