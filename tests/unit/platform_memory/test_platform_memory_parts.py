from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from platform_memory import errors
from platform_memory.errors import MemoryRefused, MemoryUnavailable, PlatformMemoryError
from platform_memory.hand_overs import filter_of, is_pending, metadata_of, payload_of, read
from platform_memory.manager import PlatformMemory

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class NotFound(ClientError):
    """What a boto3 client calls a ResourceNotFoundException."""


class Paged:
    """A client of ListEvents: gives its pages, then raises its error."""

    def __init__(self, *pages: list[Any], error: Exception | None = None) -> None:
        self._pages, self._error = pages, error
        self.exceptions = SimpleNamespace(ResourceNotFoundException=NotFound)
        self.given = 0

    def get_paginator(self, _operation: str) -> "Paged":
        return self

    def paginate(self, **_: object) -> Iterator[dict[str, list[Any]]]:
        for events in self._pages:
            self.given += 1
            yield {"events": events}
        if self._error is not None:
            raise self._error


def event(**changed: Any) -> Any:  # noqa: ANN401 - botocore's TypedDict
    return {
        "memoryId": "Hand-0123456789",
        "actorId": "c-1",
        "sessionId": "s-1",
        "eventId": "1#1",
        "eventTimestamp": NOW,
        "payload": payload_of("Wants more", {"seats": 40}),
        "metadata": metadata_of("offered", "support", "sales"),
        **changed,
    }


def memory(client: Any) -> PlatformMemory:  # noqa: ANN401 - boto3's
    return PlatformMemory(client, {"handoffs": "Hand-0123456789"})


def refusal(code: str, kind: type[ClientError] = ClientError) -> ClientError:
    return kind({"Error": {"Code": code, "Message": "secret detail"}}, "ListEvents")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refusal("ValidationException"), MemoryRefused),
        (refusal("AccessDeniedException"), MemoryRefused),
        (refusal("ThrottledException"), MemoryUnavailable),
        (refusal("ServiceException"), MemoryUnavailable),
        (EndpointConnectionError(endpoint_url="https://secret"), MemoryUnavailable),
    ],
)
def test_what_fails_has_a_name_and_tells_no_details(
    error: Exception, expected: type[PlatformMemoryError]
) -> None:
    with pytest.raises(expected) as raised:
        memory(Paged(error=error)).pending_hand_over("c-1", "s-1")
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is error


def test_every_error_has_a_code_of_its_own() -> None:
    kinds = [one for one in vars(errors).values() if isinstance(one, type)]
    named = [one for one in kinds if issubclass(one, PlatformMemoryError)]
    assert len({one.code for one in named}) == len(named) == 4


def test_a_hand_over_is_read_as_it_was_told() -> None:
    told = read(event())
    assert (told.summary, told.context) == ("Wants more", {"seats": 40})
    assert is_pending(event())
    assert not is_pending(event(metadata=metadata_of("taken", "support", "sales")))


@pytest.mark.parametrize(
    "payload",
    [
        [],
        [{"blob": "no JSON"}],
        [{"blob": "[1]"}],
        [{"blob": {"summary": 1}}],
        [{"blob": '{"context": "x"}'}],
    ],
)
def test_what_somebody_else_wrote_in_another_form_is_read_as_nothing(payload: list[Any]) -> None:
    told = read(event(payload=payload))
    assert (told.summary, told.context, told.to_agent) == ("", {}, "sales")


def test_an_event_without_marks_is_no_hand_over() -> None:
    unmarked = event()
    del unmarked["metadata"]
    assert not is_pending(unmarked)


def test_the_filter_names_the_mark_and_the_agent_if_one_is_asked_for() -> None:
    assert len(filter_of(None)) == 1
    mark, agent = filter_of("sales")
    assert mark == {"left": {"metadataKey": "handOver"}, "operator": "EXISTS"}
    assert agent["right"] == {"metadataValue": {"stringValue": "sales"}}


def test_a_session_that_is_not_there_has_nothing() -> None:
    missing = memory(Paged(error=refusal("ResourceNotFoundException", NotFound)))
    assert missing.pending_hand_over("c-1", "s-1") is None
    assert missing.session_history("handoffs", "c-1", "s-1") == []


def test_pages_that_a_filter_has_emptied_are_passed_over_and_no_more_are_read() -> None:
    client = Paged([], [], [event()], [event(metadata={})])
    pending = memory(client).pending_hand_over("c-1", "s-1")
    assert pending is not None
    assert client.given == 3
