"""Condition keys of the operations on memories.

Sources: Service Authorization Reference, Amazon Bedrock AgentCore; botocore, members whose text
says that they are "used for IAM condition key authorization".
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from localcloud.agentcore.control import access
from localcloud.agentcore.memory.extraction.model import Job
from localcloud.agentcore.model import JsonObject

ACTOR: Final = {"actorId": ("actorId",)}
SESSION: Final = ACTOR | {"sessionId": ("sessionId",)}
NAMESPACE: Final = {"namespace": ("namespace",), "namespacePath": ("namespacePath",)}
CONDITIONS: Final[Mapping[str, access.Conditions]] = {
    "CreateMemory": {"KmsKeyArn": ("encryptionKeyArn",)},
    "CreateEvent": SESSION,
    "GetEvent": SESSION,
    "ListEvents": SESSION,
    "DeleteEvent": SESSION,
    "ListSessions": ACTOR,
    "ListMemoryRecords": NAMESPACE | {"strategyId": ("memoryStrategyId",)},
    "RetrieveMemoryRecords": NAMESPACE | {"strategyId": ("searchCriteria", "memoryStrategyId")},
    "GetMemoryRecord": {"namespace": ("namespace",)},
    "DeleteMemoryRecord": {"namespace": ("namespace",)},
    "IngestData": SESSION,
}

BATCHES: Final[Mapping[str, str]] = {
    "BatchCreateMemoryRecords": "namespaces",
    "BatchUpdateMemoryRecords": "sourceNamespaces",
    "BatchDeleteMemoryRecords": "namespace",
}
"""Member of a record that names the namespace it is in, or is made in."""

MOVES: Final[Mapping[str, str]] = {"BatchUpdateMemoryRecords": "namespaces"}
"""Member of a record that names the namespace it goes to, if it goes to another."""


def contexts(
    operation: str, members: JsonObject, find_job: Callable[[str], Job | None]
) -> Iterator[dict[str, str]]:
    """Yield the condition keys of a request, once for each namespace of a batch.

    A record of a batch that does not name the namespace it is in is asked about without one: a
    policy on namespaces then lets nobody move it from where it may not be read. Members may break
    the model.
    """
    if operation in BATCHES:
        for namespace in sorted(_namespaces(members, operation)):
            yield {f"{access.PREFIX}:namespace": namespace} if namespace else {}
    elif operation == "StartMemoryExtractionJob":
        yield _of_job(members, find_job)
    else:
        yield access.conditions(CONDITIONS.get(operation, {}), members, None)


def _namespaces(members: JsonObject, operation: str) -> set[str]:
    records = members.get("records")
    listed = (
        [one for one in records if isinstance(one, Mapping)] if isinstance(records, list) else []
    )
    is_in, goes_to = BATCHES[operation], MOVES.get(operation, "")
    named = [(_named(one, is_in) or {""}) | _named(one, goes_to) for one in listed]
    return {namespace for of_record in named for namespace in of_record} or {""}


def _named(record: Mapping[str, Any], member: str) -> set[str]:
    value = record.get(member)
    return {one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)}


def _of_job(members: JsonObject, find_job: Callable[[str], Job | None]) -> dict[str, str]:
    given = members.get("extractionJob")
    job = find_job(str(given.get("jobId"))) if isinstance(given, Mapping) else None
    if job is None:
        return {}
    keys = {"actorId": job.actor_id, "sessionId": job.session_id, "strategyId": job.strategy_id}
    return {f"{access.PREFIX}:{name}": value for name, value in keys.items()}
