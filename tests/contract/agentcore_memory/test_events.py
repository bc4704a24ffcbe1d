from datetime import timedelta
from typing import Any

import pytest

from tests.support.memory_plane import MEMORIES, OCCURRED, Chat, Client, MemoryLaptop, said

SECOND = timedelta(seconds=1)
OCCURRED_MS = 1_767_268_800_000


@pytest.mark.fidelity("memory.event")
def test_an_event_is_shown_as_it_was_written(chat: Chat) -> None:
    reply = chat.client.create_event(
        **chat.names,
        eventTimestamp=OCCURRED,
        payload=[said("Hi"), said("Hello", "ASSISTANT")],
        metadata={"channel": {"stringValue": "web"}},
    )
    event = reply["event"]
    assert reply["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert event == {
        **chat.names,
        "eventId": event["eventId"],
        "eventTimestamp": OCCURRED,
        "payload": [said("Hi"), said("Hello", "ASSISTANT")],
        "branch": {"name": "main"},
        "metadata": {"channel": {"stringValue": "web"}},
    }
    got = chat.client.get_event(**chat.names, eventId=event["eventId"])["event"]
    assert got == event
    assert chat.page()["events"] == [event]


@pytest.mark.fidelity("memory.event")
@pytest.mark.parametrize(
    "item",
    [
        {"blob": "text"},
        {"blob": {"deep": [1, 2.5, None, {"täglich": True}]}},
        {"json": {"content": {"order": 7}}},
        said("ran", "TOOL"),
        said("aside", "OTHER"),
    ],
)
def test_every_kind_of_payload_comes_back_as_it_was(chat: Chat, item: dict[str, Any]) -> None:
    event = chat.client.create_event(**chat.names, eventTimestamp=OCCURRED, payload=[item])["event"]
    assert event["payload"] == [item]
    assert chat.page()["events"][0]["payload"] == [item]


@pytest.mark.fidelity("memory.event-id")
def test_an_id_begins_with_when_the_event_occurred(chat: Chat) -> None:
    event = chat.write("Hello")
    millis, _, suffix = event["eventId"].partition("#")
    assert millis == f"{OCCURRED_MS:019}"
    assert len(suffix) == 8
    int(suffix, 16)


@pytest.mark.fidelity("memory.event-order")
def test_events_come_newest_first_by_when_they_occurred(chat: Chat) -> None:
    chat.write("second", at=OCCURRED + SECOND)
    chat.write("third", at=OCCURRED + 2 * SECOND)
    chat.write("first", at=OCCURRED)
    assert chat.texts() == ["third", "second", "first"]


@pytest.mark.fidelity("memory.event-ties")
def test_events_of_one_millisecond_come_in_the_order_of_writing(chat: Chat) -> None:
    written = [chat.write(str(number)) for number in range(20)]
    assert chat.texts() == [str(number) for number in reversed(range(20))]
    ids = [event["eventId"] for event in written]
    assert ids == sorted(set(ids))


@pytest.mark.fidelity("memory.event-pages")
def test_pages_neither_repeat_nor_skip_what_stays(chat: Chat) -> None:
    for number in range(7):
        chat.write(str(number), at=OCCURRED + number * SECOND)
    first = chat.page(maxResults=3)
    chat.client.delete_event(**chat.names, eventId=first["events"][-1]["eventId"])
    chat.write("newer", at=OCCURRED + 60 * SECOND)
    assert chat.texts(maxResults=3, nextToken=first["nextToken"]) == ["3", "2", "1"]
    pages = chat.client.get_paginator("list_events").paginate(**chat.names, maxResults=2)
    assert len([event for page in pages for event in page["events"]]) == 7


@pytest.mark.fidelity("memory.event-pages")
def test_a_page_has_twenty_events_unless_asked_otherwise(chat: Chat) -> None:
    for number in range(21):
        chat.write(str(number))
    assert len(chat.page()["events"]) == 20
    with pytest.raises(chat.client.exceptions.ValidationException):
        chat.page(maxResults=101)
    with pytest.raises(chat.client.exceptions.ValidationException):
        chat.page(nextToken="made up")


@pytest.mark.fidelity("memory.include-payloads")
def test_payloads_are_left_out_when_they_are_not_wanted(chat: Chat) -> None:
    chat.write("Hello")
    assert "payload" not in chat.page(includePayloads=False)["events"][0]
    assert "payload" in chat.page(includePayloads=True)["events"][0]
    assert "payload" in chat.page()["events"][0]


@pytest.mark.fidelity("memory.event-token")
def test_an_event_sent_twice_is_written_once(chat: Chat) -> None:
    first = chat.write("Hello", clientToken="again")
    assert chat.write("Hello", clientToken="again") == first
    assert chat.texts() == ["Hello"]
    with pytest.raises(chat.client.exceptions.ValidationException) as error:
        chat.write("Goodbye", clientToken="again")
    assert error.value.response["reason"] == "IdempotentParameterMismatchException"
    chat.client.delete_event(**chat.names, eventId=first["eventId"])
    assert chat.write("Goodbye", clientToken="again")["eventId"]


@pytest.mark.fidelity("memory.session-id")
def test_an_event_without_a_session_gets_one_of_its_own(chat: Chat) -> None:
    event = chat.client.create_event(
        memoryId=chat.memory_id, actorId="ann", eventTimestamp=OCCURRED, payload=[said("Hi")]
    )["event"]
    listed = Chat(chat.client, chat.memory_id, "ann", event["sessionId"])
    assert listed.texts() == ["Hi"]


@pytest.mark.fidelity("memory.delete-event")
def test_a_deleted_event_is_gone(chat: Chat) -> None:
    event = chat.write("Hello")
    name = {**chat.names, "eventId": event["eventId"]}
    assert chat.client.delete_event(**name)["eventId"] == event["eventId"]
    for call in (chat.client.get_event, chat.client.delete_event):
        with pytest.raises(chat.client.exceptions.ResourceNotFoundException):
            call(**name)
    assert chat.page()["events"] == []


@pytest.mark.fidelity("memory.empty-session")
def test_a_session_that_is_not_there_has_no_events(chat: Chat) -> None:
    assert chat.page()["events"] == []
    assert (
        chat.client.list_sessions(memoryId=chat.memory_id, actorId="ann")["sessionSummaries"] == []
    )


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("actorId", ""),
        ("actorId", "-ann"),
        ("actorId", "a" * 256),
        ("sessionId", "a/b"),
        ("sessionId", "s" * 101),
        ("payload", [said("")]),
        ("payload", [said("x" * 100_001)]),
        ("payload", [said("x")] * 101),
        ("payload", [{"conversational": {"role": "SYSTEM", "content": {"text": "x"}}}]),
        ("payload", [said("x") | {"blob": "two"}]),
        ("payload", [{"json": {"content": "x" * 102_400}}]),
        ("metadata", {"k": {"stringValue": "v" * 257}}),
        ("metadata", {str(number): {"stringValue": "v"} for number in range(16)}),
        ("metadata", {"k!": {"stringValue": "v"}}),
        ("branch", {"name": "not/a/name"}),
        ("eventTimestamp", -1),
        ("eventTimestamp", "9999-12-31T23:59:59.9999Z"),
    ],
)
@pytest.mark.fidelity("memory.event-limits")
def test_what_breaks_a_limit_is_refused_and_writes_nothing(
    laptop: MemoryLaptop, chat: Chat, member: str, value: object
) -> None:
    wanted: dict[str, Any] = {"eventTimestamp": OCCURRED, "payload": [said("Hi")]}
    with pytest.raises(chat.client.exceptions.ValidationException) as error:
        chat.client.create_event(**chat.names | wanted | {member: value})
    assert error.value.response["fieldList"][0]["name"].startswith(member)
    assert laptop.count("sessions") == 0


@pytest.mark.fidelity("memory.metadata-filter")
def test_events_are_found_by_their_metadata(chat: Chat) -> None:
    def tagged(**values: str) -> dict[str, Any]:
        return {key: {"stringValue": value} for key, value in values.items()}

    def found(*expressions: tuple[str, str, str | None]) -> list[str]:
        return chat.texts(filter={"eventMetadata": [expression(*one) for one in expressions]})

    def expression(key: str, operator: str, value: str | None) -> dict[str, Any]:
        right = {} if value is None else {"right": {"metadataValue": {"stringValue": value}}}
        return {"left": {"metadataKey": key}, "operator": operator, **right}

    chat.write("web", metadata=tagged(channel="web", mood=""))
    chat.write("app", metadata=tagged(channel="app"))
    chat.write("none")
    assert found(("channel", "EQUALS_TO", "web")) == ["web"]
    assert found(("channel", "EXISTS", None)) == ["app", "web"]
    assert found(("channel", "NOT_EXISTS", None)) == ["none"]
    assert found(("channel", "EXISTS", None), ("mood", "NOT_EXISTS", None)) == ["app"]
    assert found(("mood", "EQUALS_TO", "")) == ["web"]
    with pytest.raises(chat.client.exceptions.ValidationException):
        found(("channel", "EQUALS_TO", None))


@pytest.mark.fidelity("memory.arn-as-id")
def test_events_are_reached_by_the_memorys_arn_too(chat: Chat) -> None:
    named = Chat(chat.client, f"{MEMORIES}/{chat.memory_id}")
    assert named.write("Hello")["memoryId"] == chat.memory_id
    assert named.texts() == chat.texts() == ["Hello"]
    elsewhere = named.memory_id.replace("us-east-1", "eu-west-1")
    with pytest.raises(chat.client.exceptions.ResourceNotFoundException):
        Chat(chat.client, elsewhere).page()


@pytest.mark.fidelity("memory.isolation")
def test_actors_and_sessions_see_nothing_of_each_other(data: Client, memory_id: str) -> None:
    chats = [
        Chat(data, memory_id, actor, session)
        for actor in ("ann", "ann/x", "ann:x", "Ann")
        for session in ("s-1", "s-2")
    ]
    written = {}
    for chat in chats:
        written[chat.actor_id, chat.session_id] = chat.write(f"{chat.actor_id} {chat.session_id}")
    for chat in chats:
        assert chat.texts() == [f"{chat.actor_id} {chat.session_id}"]
        for names, event in written.items():
            if names != (chat.actor_id, chat.session_id):
                with pytest.raises(data.exceptions.ResourceNotFoundException):
                    data.get_event(**chat.names, eventId=event["eventId"])
    actors = data.list_actors(memoryId=memory_id)["actorSummaries"]
    assert [one["actorId"] for one in actors] == ["Ann", "ann", "ann/x", "ann:x"]
    sessions = data.list_sessions(memoryId=memory_id, actorId="ann/x")["sessionSummaries"]
    assert [(one["actorId"], one["sessionId"]) for one in sessions] == [
        ("ann/x", "s-1"),
        ("ann/x", "s-2"),
    ]


@pytest.mark.fidelity("memory.event-size")
def test_an_event_may_have_ten_megabytes(chat: Chat) -> None:
    most = [said("x" * 100_000)] * 100
    wanted = {**chat.names, "eventTimestamp": OCCURRED}
    assert chat.client.create_event(**wanted, payload=most)["event"]["payload"] == most
    with pytest.raises(chat.client.exceptions.ValidationException) as error:
        chat.client.create_event(**wanted, payload=[{"blob": "x" * 10 * 1024 * 1024}])
    assert error.value.response["fieldList"][0]["name"] == "payload"


@pytest.mark.fidelity("memory.throttles")
def test_nothing_is_throttled(chat: Chat) -> None:
    assert len({chat.write(str(number))["eventId"] for number in range(50)}) == 50
