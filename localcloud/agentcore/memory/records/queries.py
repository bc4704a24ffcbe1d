"""The operations that read records, and the removal of one.

Sources: botocore operations of these names. The order of a list, what a search without topK may
find and how a cosine becomes a score are ours (claims `memory.records.list`, `.retrieve`).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from localcloud.agentcore.control.paging import after_token, token_after
from localcloud.agentcore.errors import ResourceNotFound
from localcloud.agentcore.memory.context import Context, active_memory
from localcloud.agentcore.memory.model import Memory
from localcloud.agentcore.memory.records.filters import Filter, read_filters
from localcloud.agentcore.memory.records.model import Record
from localcloud.agentcore.memory.records.scope import scope_of
from localcloud.agentcore.memory.records.views import record_view
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller

DEFAULT_PAGE_SIZE: Final = 20
"""Records a page when `maxResults` is not given (botocore)."""

MAX_TOP_K: Final = 100
"""Records a search finds at most (botocore `SearchCriteria.topK`)."""


def list_records(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a page of records in order of their making."""
    memory = active_memory(context, members)
    scope = scope_of(members, members.get("memoryStrategyId"))
    filters = _filters(memory, members)
    listed, size = _listed(memory, members), _size(members)
    after = int(after_token(listed, members["nextToken"])) if "nextToken" in members else 0
    found = context.records.records(memory.memory_id, scope, after=after)
    shown = list(islice(((key, one) for key, one in found if _match(one, filters)), size + 1))
    token = token_after(listed, str(shown[size - 1][0])) if len(shown) > size else None
    return {
        "memoryRecordSummaries": [record_view(record) for _, record in shown[:size]],
        "nextToken": token,
    }


async def retrieve_records(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a page of the records whose meaning is nearest to the query's, best first."""
    criteria = members["searchCriteria"]
    memory = active_memory(context, members)
    scope = scope_of(members, criteria.get("memoryStrategyId"))
    filters = _filters(memory, criteria)
    searched, size = _listed(memory, members), _size(members)
    skipped = int(after_token(searched, members["nextToken"])) if "nextToken" in members else 0
    (query,) = await context.embed([criteria["searchQuery"]])
    best = _best(context.records.nearest(memory.memory_id, query, scope), filters)
    top = list(islice(best, criteria.get("topK", MAX_TOP_K)))
    end = skipped + size
    return {
        "memoryRecordSummaries": [record_view(record, score) for record, score in top[skipped:end]],
        "nextToken": token_after(searched, str(end)) if len(top) > end else None,
    }


def get_record(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a record."""
    return {"memoryRecord": record_view(find_record(context, members))}


def delete_record(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Remove a record."""
    record = find_record(context, members)
    context.records.delete(record.memory_id, record.record_id)
    return {"memoryRecordId": record.record_id}


def find_record(context: Context, members: JsonObject) -> Record:
    """Return the record that a request names.

    A namespace, which policies were asked about, must be the record's.

    Raises:
        ResourceNotFound: there is none, or not in this namespace.
    """
    memory = active_memory(context, members)
    record = context.records.record(memory.memory_id, members["memoryRecordId"])
    if record is None or members.get("namespace", record.namespace) != record.namespace:
        raise ResourceNotFound(f"Memory record not found: {members['memoryRecordId']}")
    return record


def _filters(memory: Memory, members: JsonObject) -> tuple[Filter, ...]:
    indexed = {key["key"] for key in memory.config.get("indexedKeys", [])}
    return read_filters(members.get("metadataFilters", []), indexed)


def _match(record: Record, filters: Iterable[Filter]) -> bool:
    return all(one.matches(record.metadata) for one in filters)


def _best(
    found: Iterable[tuple[Record, float]], filters: tuple[Filter, ...]
) -> Iterator[tuple[Record, float]]:
    return (
        (record, min(max(cosine, 0.0), 1.0)) for record, cosine in found if _match(record, filters)
    )


def _size(members: JsonObject) -> int:
    return int(members.get("maxResults", DEFAULT_PAGE_SIZE))


def _listed(memory: Memory, members: JsonObject) -> str:
    """Return what is listed, for tokens: all of the request but which page of it."""
    rest = {
        name: value for name, value in members.items() if name not in ("maxResults", "nextToken")
    }
    digest = hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
    return f"records {memory.memory_id} {digest}"
