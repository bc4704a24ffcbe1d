"""Take the pictures of the chat page that the README shows, into docs/pictures.

`python -m scripts.pictures`: the answers are those of a stand-in. It needs the system's Chromium.
"""

import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from tests.support.ask_api import KEY, AskApi, Stream, reply
from tests.support.chat import Chat
from tests.support.chromium import EXECUTABLE, chromium

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
QUESTIONS = (
    (
        "How do I activate roaming?",
        "Open the Lauki app, choose Roaming, pick a country and confirm. Without the app, dial "
        "*135# and follow the menu. Roaming is on within 15 minutes.",
        ({"question": "How do I activate roaming?", "score": 0.94},),
    ),
    (
        "And what does it cost in Europe?",
        "A Europe day pass is 4.90 a day, with calls, texts and 2 GB of data. It is charged only "
        "on days on which you use it.",
        (
            {"question": "What does roaming in Europe cost?", "score": 0.89},
            {"question": "When is a day pass charged?", "score": 0.71},
        ),
    ),
)
SIZES = {"desktop": (960, 640), "phone": (360, 720)}


def take(browser: Browser, size: str, scheme: Literal["light", "dark"]) -> None:
    """Take one picture of a conversation."""
    streams = [
        Stream(({"type": "result", **reply(answer, sources=sources)},))
        for _, answer, sources in QUESTIONS
    ]
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=2
    )
    with AskApi(*streams).serve() as base, context:
        chat = Chat(context.new_page(), f"{base}/chat")
        chat.give_key(KEY)
        for question, answer, _ in QUESTIONS:
            chat.expect_answer(chat.ask(question), answer)
        chat.page.screenshot(path=FOLDER / f"chat-{size}-{scheme}.png")


def main() -> int:
    """Take all pictures."""
    if EXECUTABLE is None:
        print("this machine has no Chromium", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for size in SIZES:
            take(browser, size, "light")
            take(browser, size, "dark")
    return 0


if __name__ == "__main__":
    sys.exit(main())
