"""Reading the chat page: on a phone, by keyboard, in the dark, with a screen reader."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.ask_api import KEY, AskApi
from tests.support.chat import Chat

LONG_WORD = "https://example.org/" + "x" * 300
COLOURS = """([text, ground]) => {
  const style = (one, name) => getComputedStyle(document.querySelector(one))[name];
  return [style(text, "color"), style(ground, "backgroundColor")];
}"""
PAIRS = [  # text, and what is behind it
    ("#key-help", ".card"),
    ("#welcome .note", "html"),
    ("h1", "header"),
    ("#send", "#send"),
    (".example", ".example"),
    (".question", ".question"),
    (".text", "html"),
    (".score", "html"),
    ("div.problem p", "div.problem"),
]


@pytest.fixture
def base() -> Iterator[str]:
    with AskApi().serve() as url:
        yield url


@pytest.mark.parametrize("width", [320, 360])
def test_nothing_is_wider_than_a_phone(page: Page, base: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    chat = Chat(page, f"{base}/chat")
    chat.give_key(KEY)
    chat.expect_answer(chat.ask(f"What is {LONG_WORD}?"), LONG_WORD)

    sizes = "[document.documentElement.scrollWidth, document.querySelector('main').scrollWidth]"
    assert max(page.evaluate(sizes)) <= width
    for name in ("Send", "API key", "New conversation"):
        box = page.get_by_role("button", name=re.compile(name[:3])).first.bounding_box()
        assert box is not None
        assert box["height"] >= 44, name  # CSS pixels: room for a finger
        assert box["x"] + box["width"] <= width


def test_everything_can_be_done_by_keyboard(page: Page, base: str) -> None:
    Chat(page, f"{base}/chat")
    press = page.keyboard.press

    press("Tab")
    expect(page.get_by_role("link", name="Skip to your question")).to_be_focused()
    press("Enter")
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type("One")
    press("Shift+Enter")
    page.keyboard.type("line more?")
    press("Enter")  # no key yet: it leads there
    expect(page.locator("#key")).to_be_focused()
    page.keyboard.type(KEY)
    press("Enter")
    expect(page.get_by_label("Your question")).to_be_focused()
    press("Enter")
    expect(page.get_by_role("article", name="Answer")).to_contain_text("You asked: One\nline more?")

    press("Shift+Tab")  # the conversation, which scrolls
    press("Shift+Tab")
    expect(page.get_by_role("button", name="New conversation")).to_be_focused()
    press("Enter")
    expect(page.get_by_role("article", name="Answer")).to_have_count(0)
    expect(page.get_by_label("Your question")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(browser: Browser, base: str, scheme: str) -> None:
    with browser.new_context(color_scheme="dark" if scheme == "dark" else "light") as context:
        chat = Chat(context.new_page(), f"{base}/chat")
        chat.give_key(KEY)
        chat.expect_answer(chat.ask("One?"), "One?")
        chat.give_key_again("wrong")
        expect(chat.ask("Two?")).to_contain_text("not accepted")
        chat.page.evaluate("document.getElementById('welcome').hidden = false")
        for text, ground in PAIRS:
            colours = chat.page.evaluate(COLOURS, [text, ground])
            assert contrast(*colours) >= 4.5, (text, colours)  # WCAG 2.2, 1.4.3, level AA


def test_every_control_has_a_name_and_changes_are_announced(page: Page, base: str) -> None:
    Chat(page, f"{base}/chat")
    expect(page.locator("body")).to_match_aria_snapshot("""
      - link "Skip to your question"
      - banner:
        - heading "Ask Lauki" [level=1]
        - button "API key" [expanded]
        - button "New conversation"
      - main:
        - text: API key
        - textbox "API key"
        - button "Use key"
        - region "What would you like to know?":
          - heading "What would you like to know?" [level=2]
          - list:
            - listitem:
              - button "How do I activate roaming?"
            - listitem:
              - button
            - listitem:
              - button
        - list "Conversation"
      - contentinfo:
        - textbox "Your question"
        - button "Send"
      - status
    """)


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (_linear(int(part) / 255) for part in re.findall(r"\d+", colour)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
