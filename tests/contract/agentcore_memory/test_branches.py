from datetime import timedelta

import pytest

from tests.support.memory_plane import OCCURRED, Chat

SECOND = timedelta(seconds=1)


@pytest.fixture
def forked(chat: Chat) -> dict[str, str]:
    """main: one two three; alt from two: four five; deep from four: six. Returns ids by text."""
    ids: dict[str, str] = {}

    def write(text: str, branch: str | None = None, root: str | None = None) -> None:
        at = OCCURRED + len(ids) * SECOND
        named = {"name": branch} | ({"rootEventId": ids[root]} if root else {})
        members = {"branch": named} if branch else {}
        ids[text] = chat.write(text, at=at, **members)["eventId"]

    write("one")
    write("two", "main")
    write("three")
    write("four", "alt", "two")
    write("five", "alt")
    write("six", "deep", "four")
    return ids


def texts(chat: Chat, name: str, *, parents: bool = False) -> list[str]:
    return chat.texts(filter={"branch": {"name": name, "includeParentBranches": parents}})


@pytest.mark.fidelity("memory.branch-filter")
def test_a_branch_is_listed_alone(chat: Chat, forked: dict[str, str]) -> None:
    assert texts(chat, "main") == ["three", "two", "one"]
    assert texts(chat, "alt") == ["five", "four"]
    assert texts(chat, "deep") == ["six"]
    assert texts(chat, "none") == []
    assert len(chat.texts()) == len(forked)


@pytest.mark.fidelity("memory.branch-filter")
@pytest.mark.usefixtures("forked")
def test_parents_are_listed_up_to_where_the_branch_began(chat: Chat) -> None:
    assert texts(chat, "alt", parents=True) == ["five", "four", "two", "one"]
    assert texts(chat, "deep", parents=True) == ["six", "four", "two", "one"]
    assert texts(chat, "main", parents=True) == ["three", "two", "one"]


@pytest.mark.fidelity("memory.branch")
def test_every_event_of_a_branch_says_where_it_began(chat: Chat, forked: dict[str, str]) -> None:
    shown = {event["eventId"]: event["branch"] for event in chat.page()["events"]}
    assert shown[forked["three"]] == {"name": "main"}
    assert shown[forked["five"]] == {"name": "alt", "rootEventId": forked["two"]}
    assert shown[forked["six"]] == {"name": "deep", "rootEventId": forked["four"]}


@pytest.mark.fidelity("memory.branch")
def test_a_branch_goes_on_with_or_without_its_root(chat: Chat, forked: dict[str, str]) -> None:
    branch = {"name": "alt", "rootEventId": forked["two"]}
    assert chat.write("seven", branch=branch)["branch"] == branch
    assert chat.write("eight", branch={"name": "alt"})["branch"] == branch


@pytest.mark.fidelity("memory.branch")
@pytest.mark.parametrize(
    ("name", "root", "reason"),
    [
        ("fresh", None, "FieldValidationFailed"),
        ("alt", "one", "FieldValidationFailed"),
        ("main", "one", "FieldValidationFailed"),
        ("fresh", "elsewhere", "EventInOtherSession"),
    ],
)
def test_a_branch_must_begin_at_an_event_of_the_session_once(
    chat: Chat, forked: dict[str, str], name: str, root: str | None, reason: str
) -> None:
    other = Chat(chat.client, chat.memory_id, session_id="tuesday")
    ids = forked | {"elsewhere": other.write("Hi", at=OCCURRED - SECOND)["eventId"]}
    branch = {"name": name} | ({"rootEventId": ids[root]} if root else {})
    with pytest.raises(chat.client.exceptions.ValidationException) as error:
        chat.write("seven", branch=branch)
    assert error.value.response["reason"] == reason
    assert len(chat.texts()) == len(forked)
