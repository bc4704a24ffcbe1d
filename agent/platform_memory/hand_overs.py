"""Hand-overs as events of AgentCore Memory: one that is marked is found without reading others.

An event of a hand-over has the metadata `handOver`, `offered` or `taken`, and both agents' names.
The newest event with that key says how things stand. Its summary is said in the role OTHER, and all
of it is a blob: neither is extracted into long-term memory.

Source: botocore bedrock-agentcore, CreateEvent, `EventMetadataFilterExpression`; that roles but
USER and ASSISTANT are not extracted: Developer Guide, memory strategies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from platform_memory.model import HandOver

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agentcore.type_defs import EventTypeDef

MARK = "handOver"
FROM, TO = "fromAgent", "toAgent"

type Stage = Literal["offered", "taken"]


def metadata_of(stage: Stage, from_agent: str, to_agent: str) -> dict[str, Any]:
    """Return the metadata of an event that offers a hand-over, or says that it is taken."""
    marks = {MARK: stage, FROM: from_agent, TO: to_agent}
    return {key: {"stringValue": value} for key, value in marks.items()}


def filter_of(to_agent: str | None) -> list[Any]:
    """Return the metadata filter that finds hand-overs, to one agent or to any."""
    marked = [{"left": {"metadataKey": MARK}, "operator": "EXISTS"}]
    if to_agent is None:
        return marked
    right = {"metadataValue": {"stringValue": to_agent}}
    return [*marked, {"left": {"metadataKey": TO}, "operator": "EQUALS_TO", "right": right}]


def payload_of(summary: str, context: Mapping[str, Any]) -> list[Any]:
    """Return the payload of an event that offers a hand-over."""
    said = {"role": "OTHER", "content": {"text": summary}}
    told = json.dumps({"summary": summary, "context": dict(context)}, ensure_ascii=False)
    return [{"conversational": said}, {"blob": told}]


def is_pending(event: EventTypeDef) -> bool:
    """Tell whether an event offers a hand-over."""
    return _marks(event).get(MARK) == "offered"


def read(event: EventTypeDef) -> HandOver:
    """Return the hand-over that an event offers.

    A context that somebody else has written in another form is left out.
    """
    marks = _marks(event)
    told = _told(event)
    return HandOver(
        from_agent=marks.get(FROM, ""),
        to_agent=marks.get(TO, ""),
        customer_id=event["actorId"],
        session_id=event["sessionId"],
        summary=str(told.get("summary", "")),
        at=event["eventTimestamp"],
        event_id=event["eventId"],
        context=context if isinstance(context := told.get("context"), dict) else {},
    )


def _marks(event: EventTypeDef) -> dict[str, str]:
    return {key: value.get("stringValue", "") for key, value in event.get("metadata", {}).items()}


def _told(event: EventTypeDef) -> dict[str, Any]:
    for item in event["payload"]:
        blob = item.get("blob")
        if isinstance(blob, str):
            try:
                told = json.loads(blob)
            except ValueError:
                continue
            if isinstance(told, dict):
                return told
    return {}
