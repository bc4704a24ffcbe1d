"""A third party with nothing but the URL of the agent's API and a key: programs and people."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from localcloud.stack_file import browser_url, direct_url
from tests.support.chat import Chat
from tests.support.chromium import EXECUTABLE, chromium
from tests.support.door import Door
from tests.support.laptop import Cloud, Laptop, Stack
from tests.support.third_party import CLIENTS, command

QUESTION, FOLLOW_UP = "How do I activate roaming?", "And how do I turn it off again?"
ANSWER_MS = 60_000
"""Longest that an agent may take to answer, in milliseconds: its first answer starts it."""


@pytest.fixture(scope="module")
def key(cloud: Cloud, stack: Stack) -> str:
    """The key that the stack makes."""
    with Door.of(cloud, stack) as door:
        assert door.key is not None
        return door.key


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    if EXECUTABLE is None:
        pytest.skip("this machine has no Chromium")
    with chromium() as running:
        yield running


def plain(url: str, cloud: Cloud) -> str:
    """Return what opens a URL of the stack without the laptop's proxy and certificates."""
    if not isinstance(cloud, Laptop):
        return url
    direct = direct_url(url, cloud.settings.url)
    assert direct is not None
    found = browser_url(direct, cloud.settings)
    assert found is not None
    return found


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_asks_and_goes_on_in_the_thread(
    cloud: Cloud, stack: Stack, key: str, tmp_path: Path, client: str
) -> None:
    asking = command(client, tmp_path)
    url = stack.outputs["AgentApiUrl"]
    # The fetch of Node 20 knows no proxy, and Mono has certificate authorities of its own.
    given = {"URL": plain(url, cloud) if client in {"node", "csharp"} else url, "KEY": key}

    def ask(*arguments: str) -> dict[str, Any]:
        done = cloud.run(*asking, *arguments, extra=given)
        assert done.status == 0, done.output
        found: dict[str, Any] = json.loads(done.output.splitlines()[-1])
        return found

    first = ask(QUESTION)
    assert "*123#" in first["result"]
    assert first["sources"]
    second = ask(FOLLOW_UP, first["thread_id"])
    assert second["thread_id"] == first["thread_id"]
    assert "choose 2" in second["result"]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_with_a_wrong_key_is_told_so(
    cloud: Cloud, stack: Stack, tmp_path: Path, client: str
) -> None:
    given = {"URL": plain(stack.outputs["AgentApiUrl"], cloud), "KEY": "wrong"}
    done = cloud.run(*command(client, tmp_path), QUESTION, extra=given)

    assert done.status == 1
    assert 'no answer: 403: {"message":"Forbidden"}' in done.output


def test_a_person_asks_on_the_chat_page(
    cloud: Cloud, stack: Stack, key: str, browser: Browser
) -> None:
    with browser.new_page() as page:
        chat = Chat(page, plain(stack.outputs["ChatUrl"], cloud))
        chat.give_key(key)
        for question, words in ((QUESTION, "*123#"), (FOLLOW_UP, "choose 2")):
            with page.expect_response("**/invoke/stream", timeout=ANSWER_MS) as streamed:
                answer = chat.ask(question)
            assert streamed.value.headers["content-type"] == "text/event-stream"
            expect(answer.locator(".sources")).to_be_visible(timeout=ANSWER_MS)
            expect(answer).to_contain_text(words)


def test_every_example_on_the_chat_page_has_an_answer(
    cloud: Cloud, stack: Stack, key: str, browser: Browser
) -> None:
    with browser.new_page() as page:
        chat = Chat(page, plain(stack.outputs["ChatUrl"], cloud))
        chat.give_key(key)
        for number in range(page.locator(".example").count()):
            page.locator(".example").nth(number).click()
            expect(chat.answers.last.locator(".sources")).to_be_visible(timeout=ANSWER_MS)
            page.get_by_role("button", name="New conversation").click()


def test_the_chat_page_sends_a_wrong_key_back_to_its_form(
    cloud: Cloud, stack: Stack, browser: Browser
) -> None:
    with browser.new_page() as page:
        chat = Chat(page, plain(stack.outputs["ChatUrl"], cloud))
        chat.give_key("wrong")
        expect(chat.ask(QUESTION)).to_contain_text("This key is not accepted.")
