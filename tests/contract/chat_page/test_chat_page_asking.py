"""Asking on the chat page, in Chromium: keys, streams, sources, threads."""

import threading

from playwright.sync_api import Browser, Page, expect

from tests.support.ask_api import KEY, NO_ROUTE, SOURCE, Answer, AskApi, Stream, reply
from tests.support.chat import Chat

DELTAS = ({"type": "delta", "text": "Dial "}, {"type": "delta", "text": "*123#"})


def test_a_question_is_answered_with_its_sources(page: Page) -> None:
    api = AskApi()
    with api.serve() as base:
        chat = Chat(page, f"{base}/chat")
        chat.give_key(KEY)
        answer = chat.ask("What does roaming cost?")

        chat.expect_answer(answer, "You asked: What does roaming cost?")
        expect(answer.get_by_role("listitem")).to_have_text([f"{SOURCE['question']}91% match"])
    assert api.asked[0].body == {"prompt": "What does roaming cost?"}
    assert api.asked[0].headers["accept"] == "text/event-stream"


def test_an_answer_appears_piece_by_piece(page: Page) -> None:
    gate = threading.Semaphore(0)
    final = {"type": "result", **reply("Dial *123#.")}
    with AskApi(Stream((*DELTAS, final), gate)).serve() as base:
        chat = Chat(page, f"{base}/chat")
        chat.give_key(KEY)
        answer = chat.ask("How do I activate roaming?")

        expect(answer.locator(".text")).to_have_text("Dial")
        expect(answer).to_have_attribute("aria-busy", "true")
        gate.release()
        expect(answer.locator(".text")).to_have_text("Dial *123#")
        gate.release()
        chat.expect_answer(answer, "Dial *123#.")
        expect(page.get_by_role("status")).to_have_text("Answer: Dial *123#.")


def test_a_conversation_goes_on_in_its_thread_until_a_new_one_is_begun(page: Page) -> None:
    api = AskApi()
    with api.serve() as base:
        chat = Chat(page, f"{base}/chat")
        chat.give_key(KEY)
        for question in ("One?", "And two?"):
            chat.expect_answer(chat.ask(question), question)
        page.get_by_role("button", name="New conversation").click()
        expect(chat.answers).to_have_count(0)
        chat.expect_answer(chat.ask("Three?"), "Three?")

    same = {"actor_id": "actor-1", "thread_id": "thread-1"}
    assert [one.body for one in api.asked] == [
        {"prompt": "One?"},
        {"prompt": "And two?", **same},
        {"prompt": "Three?"},
    ]


def test_without_a_route_for_streams_the_answer_comes_whole(page: Page) -> None:
    for missing in (NO_ROUTE, Answer(404, {}), Answer(405, {}), Answer(501, {})):
        api = AskApi(missing)
        with api.serve() as base:
            chat = Chat(page, f"{base}/chat")
            chat.give_key(KEY)
            for question in ("One?", "Two?"):
                chat.expect_answer(chat.ask(question), question)

        paths = [one.path for one in api.asked]
        assert paths == ["/prod/invoke/stream", "/prod/invoke", "/prod/invoke"]


def test_an_example_is_asked_by_pressing_it_and_wants_the_key_first(page: Page) -> None:
    api = AskApi()
    with api.serve() as base:
        chat = Chat(page, f"{base}/chat")
        example = page.get_by_role("button", name="How do I activate roaming?")
        example.click()
        expect(page.get_by_role("alert")).to_have_text("Please enter your API key first.")
        expect(page.locator("#key")).to_be_focused()

        chat.give_key(KEY)
        example.click()
        chat.expect_answer(chat.answers.last, "How do I activate roaming?")
    assert len(api.asked) == 1


def test_the_key_is_in_no_storage_no_address_and_no_field(page: Page) -> None:
    with AskApi().serve() as base:
        chat = Chat(page, f"{base}/chat")
        chat.give_key(KEY)
        chat.expect_answer(chat.ask("One?"), "One?")

        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        assert page.evaluate("document.cookie") == ""
        assert page.context.cookies() == []
        assert page.evaluate("indexedDB.databases()") == []
        assert page.url == f"{base}/chat"
        assert KEY not in page.content()
        assert page.locator("#key").input_value() == ""

        page.reload()
        chat.ask("Two?")
        expect(page.get_by_role("alert")).to_have_text("Please enter your API key first.")


def test_the_page_asks_nobody_but_its_own_server(page: Page) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    with AskApi().serve() as base:
        chat = Chat(page, f"{base}/chat")
        chat.give_key(KEY)
        chat.expect_answer(chat.ask("One?"), "One?")

    others = [url for url in requested if not url.startswith(f"{base}/")]
    assert [url for url in others if not url.startswith("data:")] == []


def test_an_answer_with_markup_in_it_is_text(page: Page) -> None:
    hostile = (
        "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    )
    source = {"question": f"<b>{hostile}</b>", "score": 0.5}
    result = {"type": "result", **reply(hostile, sources=(source,))}
    api = AskApi(Stream(({"type": "delta", "text": hostile}, result)))
    with api.serve() as base:
        chat = Chat(page, f"{base}/chat")
        chat.give_key(KEY)
        answer = chat.ask(hostile)

        chat.expect_answer(answer, hostile)
        expect(answer.get_by_role("listitem")).to_contain_text(f"<b>{hostile}</b>")
        assert page.locator("#log img, #log script, #log b").count() == 0
        assert page.title() == "Ask Lauki"


def test_markup_cannot_be_made_of_text_by_anybody(browser: Browser) -> None:
    refused = "try { document.body.innerHTML = '<p>x</p>'; 'made' } catch (error) { error.name }"
    with AskApi().serve() as base, browser.new_page() as page:
        Chat(page, f"{base}/chat")
        page.evaluate("addEventListener('securitypolicyviolation', (e) => window.seen = e)")
        assert page.evaluate(refused) == "TypeError"
        assert page.evaluate("window.seen.effectiveDirective") == "require-trusted-types-for"
