"""The operations on extraction: jobs that failed, and content that is no event.

Sources: botocore operations of these names; Developer Guide, redrive failed ingestions.
"""

from localcloud.agentcore.control import tokens
from localcloud.agentcore.control.paging import page
from localcloud.agentcore.errors import ResourceNotFound
from localcloud.agentcore.memory.context import Context, active_memory
from localcloud.agentcore.memory.extraction.model import Job, Status
from localcloud.agentcore.memory.extraction.namespaces import variables_of
from localcloud.agentcore.memory.extraction.worker import turns_of
from localcloud.agentcore.memory.model import Memory
from localcloud.agentcore.memory.moments import given_ms
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller

DEFAULT_PAGE_SIZE = 20
"""Jobs a page when `maxResults` is not given (botocore)."""

FILTERS = {"strategyId": "strategy_id", "sessionId": "session_id", "actorId": "actor_id"}


def list_jobs(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a page of the jobs that failed, which are those that can be started."""
    memory = active_memory(context, members)
    wanted = members.get("filter", {})
    failed = [
        job
        for job in context.jobs.failed(memory.memory_id)
        if all(
            wanted.get(name, getattr(job, at)) == getattr(job, at) for name, at in FILTERS.items()
        )
    ]
    asked = {**members, "maxResults": members.get("maxResults", DEFAULT_PAGE_SIZE)}
    scope = f"extraction jobs {memory.memory_id}"
    jobs, token = page(failed, asked, scope=scope, key=lambda job: job.job_id)
    return {"jobs": [job_view(job) for job in jobs], "nextToken": token}


def start_job(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Start a job again that failed.

    Raises:
        ResourceNotFound: there is no such job, or it did not fail.
    """
    memory = active_memory(context, members)
    scope = f"StartMemoryExtractionJob {memory.memory_id}"
    job_id = members["extractionJob"]["jobId"]
    if tokens.earlier_resource(context.store.tokens, scope, members):
        return {"jobId": job_id}
    job = context.jobs.job(memory.memory_id, job_id)
    if job is None or job.status is not Status.FAILED:
        raise ResourceNotFound(f"Extraction job not found: {job_id}")
    tokens.remember(context.store.tokens, scope, members, memory.memory_id)
    context.extraction.restart(job)
    return {"jobId": job_id}


def ingest_data(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Extract from content without keeping it as an event. Of JSON nothing is made."""
    memory = active_memory(context, members)
    given_ms(members["contentTimestamp"], "contentTimestamp")
    if earlier := context.batches.earlier(memory.memory_id, members):
        return earlier
    reply: JsonObject = {"sessionId": members.get("sessionId") or context.new_id()}
    payload = members["source"]["inline"]["payload"]
    said = {"session_id": reply["sessionId"], "event_id": None}
    extract(context, memory, members, payload=payload, **said)
    context.batches.remember(memory.memory_id, members, reply, context.clock())
    return reply


def extract(
    context: Context,
    memory: Memory,
    members: JsonObject,
    *,
    session_id: str,
    event_id: str | None,
    payload: list[JsonObject],
) -> None:
    """Let the strategies of a memory extract from what a request says, behind its reply.

    Raises:
        ValidationFailed: its namespace variables are not what the memory's keys allow.
    """
    metadata = members.get("metadata", {})
    heard = Job(
        job_id="",
        memory_id=memory.memory_id,
        strategy_id="",
        actor_id=members["actorId"],
        session_id=session_id,
        event_id=event_id,
        turns=turns_of(payload),
        variables=variables_of(memory, members),
        metadata={key: value["stringValue"] for key, value in metadata.items()},
        arrived_at=context.clock(),
    )
    context.extraction.take(memory, heard)


def job_view(job: Job) -> JsonObject:
    """Return everything there is to say of a job (botocore `ExtractionJobMetadata`)."""
    return {
        "jobID": job.job_id,
        "messages": {
            "messagesList": [
                {"eventId": job.event_id or "", "messageIndex": turn.index} for turn in job.turns
            ]
        },
        "status": job.status.value,
        "failureReason": job.failure_reason,
        "strategyId": job.strategy_id,
        "sessionId": job.session_id,
        "actorId": job.actor_id,
    }
