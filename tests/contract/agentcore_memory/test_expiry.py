from datetime import timedelta

import pytest

from tests.support.memory_plane import OCCURRED, Chat, Client, MemoryLaptop

DAY = timedelta(days=1)


def sessions(chat: Chat, **members: object) -> list[str]:
    wanted = {"memoryId": chat.memory_id, "actorId": chat.actor_id}
    listed = chat.client.list_sessions(**wanted, **members)["sessionSummaries"]
    return [one["sessionId"] for one in listed]


@pytest.mark.fidelity("memory.expiry")
def test_events_are_deleted_when_they_have_lived_out_their_time(
    laptop: MemoryLaptop, chat: Chat
) -> None:
    chat.write("old")
    laptop.clock.pass_by(29 * DAY)
    chat.write("new", at=OCCURRED - DAY)
    assert chat.texts() == ["old", "new"]
    laptop.clock.pass_by(2 * DAY)
    assert chat.texts() == ["new"]
    assert laptop.count("events") == 1


@pytest.mark.fidelity("memory.expiry")
def test_a_changed_life_holds_for_the_events_that_are_there(
    laptop: MemoryLaptop, chat: Chat, control: Client
) -> None:
    chat.write("old")
    laptop.clock.pass_by(8 * DAY)
    control.update_memory(memoryId=chat.memory_id, eventExpiryDuration=7)
    laptop.settle()
    assert chat.page()["events"] == []


@pytest.mark.fidelity("memory.expiry")
def test_a_start_deletes_what_has_expired(laptop: MemoryLaptop, chat: Chat) -> None:
    chat.write("old")
    laptop.clock.pass_by(31 * DAY)
    laptop.restarted().resume()
    assert laptop.count("events") == 0


@pytest.mark.fidelity("memory.expiry")
def test_an_expired_event_is_not_found_and_its_client_token_is_free(
    laptop: MemoryLaptop, chat: Chat
) -> None:
    event = chat.write("old", clientToken="again")
    laptop.clock.pass_by(31 * DAY)
    with pytest.raises(chat.client.exceptions.ResourceNotFoundException):
        chat.client.get_event(**chat.names, eventId=event["eventId"])
    assert chat.write("other", clientToken="again")


@pytest.mark.fidelity("memory.empty-session")
def test_an_empty_session_is_kept_for_a_day(laptop: MemoryLaptop, chat: Chat) -> None:
    root = chat.write("Hello")
    branch = {"name": "alt", "rootEventId": root["eventId"]}
    chat.write("Or not", branch=branch)
    for event in chat.page()["events"]:
        chat.client.delete_event(**chat.names, eventId=event["eventId"])
    assert sessions(chat) == ["monday"]
    assert sessions(chat, filter={"eventFilter": "HAS_EVENTS"}) == []
    laptop.clock.pass_by(DAY + timedelta(seconds=1))
    assert sessions(chat) == []
    assert [laptop.count(table) for table in ("sessions", "branches")] == [0, 0]


@pytest.mark.fidelity("memory.empty-session")
def test_a_session_that_is_used_again_stays(laptop: MemoryLaptop, chat: Chat) -> None:
    chat.client.delete_event(**chat.names, eventId=chat.write("Hello")["eventId"])
    laptop.clock.pass_by(timedelta(hours=23))
    chat.write("Again")
    laptop.clock.pass_by(2 * DAY)
    assert sessions(chat, filter={"eventFilter": "HAS_EVENTS"}) == ["monday"]


@pytest.mark.fidelity("memory.sessions")
def test_sessions_and_actors_come_in_pages_by_id(data: Client, memory_id: str) -> None:
    for actor in ("bob", "ann"):
        for number in (2, 1, 3):
            Chat(data, memory_id, actor, f"s-{number}").write("Hi")
    first = data.list_sessions(memoryId=memory_id, actorId="ann", maxResults=2)
    rest = data.list_sessions(memoryId=memory_id, actorId="ann", nextToken=first["nextToken"])
    listed = [*first["sessionSummaries"], *rest["sessionSummaries"]]
    assert [one["sessionId"] for one in listed] == ["s-1", "s-2", "s-3"]
    assert {one["createdAt"] for one in listed} == {OCCURRED}
    assert "nextToken" not in rest
    page = data.list_actors(memoryId=memory_id, maxResults=1)
    assert page["actorSummaries"] == [{"actorId": "ann"}]
    last = data.list_actors(memoryId=memory_id, nextToken=page["nextToken"])
    assert last["actorSummaries"] == [{"actorId": "bob"}]
    with pytest.raises(data.exceptions.ValidationException):
        data.list_sessions(memoryId=memory_id, actorId="ann", nextToken=page["nextToken"])
