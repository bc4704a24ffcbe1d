"""What the chat page says when there is no answer. Its clock is ours: nobody waits."""

import re
import threading

import pytest
from playwright.sync_api import Page, expect

from tests.support.ask_api import (
    FAULT,
    KEY,
    TOO_MANY,
    Answer,
    AskApi,
    Silence,
    Stream,
    reply,
)
from tests.support.chat import Chat

LONGEST_PAUSE = "00:45"
SILENCE = "01:20"


def stop_the_clock(page: Page) -> None:
    """Let the page's time pass only when a test says so."""
    page.clock.install(time=0)
    page.clock.pause_at(1)


def opened(page: Page, base: str) -> Chat:
    chat = Chat(page, f"{base}/chat")
    chat.give_key(KEY)
    return chat


def test_a_wrong_key_is_asked_for_again_and_the_question_kept(page: Page) -> None:
    with AskApi().serve() as base:
        chat = Chat(page, f"{base}/chat")
        chat.give_key("wrong")
        answer = chat.ask("One?")

        expect(answer).to_contain_text("This key is not accepted.")
        expect(page.locator("#key")).to_be_focused()
        expect(page.locator("#key-problem")).to_contain_text("This key is not accepted.")

        chat.give_key(KEY)
        page.get_by_role("button", name="Ask again").click()
        chat.expect_answer(chat.answers.last, "You asked: One?")
        expect(chat.answers).to_have_count(1)


def test_too_many_questions_are_asked_again_after_a_while(page: Page) -> None:
    stop_the_clock(page)
    api = AskApi(TOO_MANY, Answer(429, TOO_MANY.body, {"Retry-After": "7"}))
    with api.serve() as base:
        answer = opened(page, base).ask("One?")
        expect(answer).to_contain_text(re.compile(r"Asking again in \d s\."))
        page.clock.fast_forward(LONGEST_PAUSE)
        expect(answer).to_contain_text(re.compile(r"Asking again in [789] s\."))
        page.clock.fast_forward("00:06")
        assert len(api.asked) == 2  # not before the server said
        page.clock.fast_forward(LONGEST_PAUSE)
        expect(answer).to_contain_text("You asked: One?")
        expect(answer).not_to_contain_text("Asking again")
    assert len(api.asked) == 3


def test_after_five_tries_it_says_so_and_leaves_it_to_the_reader(page: Page) -> None:
    stop_the_clock(page)
    api = AskApi(*[TOO_MANY] * 5)
    with api.serve() as base:
        chat = opened(page, base)
        with page.expect_response("**/invoke/stream"):
            answer = chat.ask("One?")
        for _ in range(4):
            expect(answer).to_contain_text("Asking again in")
            with page.expect_response("**/invoke/stream"):
                page.clock.fast_forward(LONGEST_PAUSE)
        expect(answer).to_contain_text("Too many questions at the moment.")
    assert len(api.asked) == 5


def test_a_used_up_day_is_not_asked_again(page: Page) -> None:
    api = AskApi(Answer(429, {"message": "Limit Exceeded"}))
    with api.serve() as base:
        answer = opened(page, base).ask("One?")
        expect(answer).to_contain_text("used up. Please come back tomorrow.")
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (FAULT, "Something went wrong on our side."),
        (Answer(502, {"error": "x", "request_id": "r-1"}), "in a moment. (Request r-1)"),
        (Answer(503, {}), "The answer takes too long"),
        (Answer(504, {"error": "x"}), "The answer takes too long"),
        (Answer(400, {"error": "prompt: too long"}), "was not taken: prompt: too long"),
        (Stream(({"type": "error", "code": "x", "message": "No model."},)), "broke off: No model."),
        (Stream(({"type": "delta", "text": "Dial"},)), "The connection broke off."),
    ],
)
def test_a_failure_is_told_in_words_and_the_question_can_be_asked_again(
    page: Page, answer: Answer | Stream, words: str
) -> None:
    with AskApi(answer).serve() as base:
        chat = opened(page, base)
        expect(chat.ask("One?")).to_contain_text(words)
        expect(page.get_by_role("status")).to_contain_text(words)

        page.get_by_role("button", name="Ask again").click()
        chat.expect_answer(chat.answers.last, "You asked: One?")


def test_a_server_that_is_gone_is_told_in_words(page: Page) -> None:
    with AskApi().serve() as base:
        chat = opened(page, base)
    expect(chat.ask("One?")).to_contain_text("The connection broke off.")


def test_silence_is_not_waited_for_beyond_a_minute(page: Page) -> None:
    stop_the_clock(page)
    with AskApi(Silence()).serve() as base:
        with page.expect_request("**/invoke/stream"):
            answer = opened(page, base).ask("One?")
        page.clock.fast_forward(SILENCE)
        expect(answer).to_contain_text("The connection broke off.")


def test_an_answer_can_be_stopped_and_the_next_question_asked(page: Page) -> None:
    gate = threading.Semaphore(0)
    events = ({"type": "delta", "text": "Dial"}, {"type": "result", **reply("Dial *123#.")})
    with AskApi(Stream(events, gate)).serve() as base:
        chat = opened(page, base)
        answer = chat.ask("One?")
        expect(answer).to_contain_text("Dial")
        page.get_by_role("button", name="Stop").click()
        expect(answer).to_contain_text("Stopped.")

        chat.expect_answer(chat.ask("Two?"), "You asked: Two?")
        gate.release()  # lets the server end the first one
