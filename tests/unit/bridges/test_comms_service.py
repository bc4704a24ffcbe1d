"""What the tools of communication do, on a messenger in memory."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from bridges.errors import Conflict
from bridges.toolbox import Asked
from comms_tools import service
from comms_tools.models import SearchMessages, SendMessage
from tests.support.bridges import ASKED, NOW, CommsInMemory

HELLO = SendMessage(channel="#ops", message="Hello, Ops")


@pytest.fixture
def comms() -> CommsInMemory:
    comms = CommsInMemory()
    for minute, (channel, text) in enumerate(
        [
            ("#ops", "Disk is full"),
            ("#sales", "DISK sold"),
            ("@ana", "See you"),
            ("#ops", "disk ok"),
        ]
    ):
        at = Asked(NOW + timedelta(minutes=minute), f"call-{minute}")
        service.send_message(SendMessage(channel=channel, message=text), at, comms=comms)
    return comms


def test_a_message_is_sent_now_and_once_however_often_the_call_is_delivered() -> None:
    comms = CommsInMemory()
    sent = service.send_message(HELLO, ASKED, comms=comms)
    again = service.send_message(HELLO, Asked(NOW.replace(hour=9), ASKED.key), comms=comms)
    assert sent.sent_at == NOW
    assert again == sent
    assert len(comms.messages) == 1


def test_a_key_that_sent_another_message_is_no_excuse_to_send_nothing() -> None:
    comms = CommsInMemory()
    service.send_message(HELLO, ASKED, comms=comms)
    with pytest.raises(Conflict):
        service.send_message(HELLO.model_copy(update={"channel": "#it"}), ASKED, comms=comms)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (SearchMessages(query="Disk"), ["disk ok", "DISK sold", "Disk is full"]),
        (SearchMessages(query="disk", limit=1), ["disk ok"]),
        (SearchMessages(query="disk", channel="#ops"), ["disk ok", "Disk is full"]),
        (SearchMessages(query="printer"), []),
    ],
)
def test_a_search_finds_the_newest_first(
    asked: SearchMessages, found: list[str], comms: CommsInMemory
) -> None:
    assert [one.message for one in service.search_messages(asked, comms=comms)] == found


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_a_search_asks_for_as_many_as_one_can_read(limit: int) -> None:
    with pytest.raises(ValidationError):
        SearchMessages(query="disk", limit=limit)


@pytest.mark.parametrize("channel", ["", "# ops", "#ops\n#all", "https://evil.example"])
def test_channels_are_names(channel: str) -> None:
    with pytest.raises(ValidationError):
        SendMessage.model_validate({"channel": channel, "message": "x"})
