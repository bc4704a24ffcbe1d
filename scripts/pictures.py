"""Take the pictures of the chat page that the README shows, into docs/pictures.

`python -m scripts.pictures --stack .local/stack.json` asks the deployed agent; without `--stack`
the answers are those of a stand-in. It needs the system's Chromium.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, expect

from tests.support.ask_api import KEY, AskApi, Stream, reply
from tests.support.chat import Chat
from tests.support.chromium import EXECUTABLE, chromium

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
CONVERSATION = (  # what is asked; and the answer, the entry and its score of the stand-in
    (
        "How do I activate roaming?",
        "Dial *123# and choose 1, or switch on Roaming under Settings in the MyLauki app. It is "
        "active within 30 minutes and free to switch on; you pay only for what you use abroad.",
        "How do I activate roaming?",
        0.86,
    ),
    (
        "And how do I turn it off again?",
        "Dial *123# and choose 2, or switch off Roaming in the MyLauki app. It takes effect within "
        "10 minutes, and you can then no longer make calls or go online in other countries. Calls "
        "over Wi-Fi still work.",
        "How do I turn roaming off?",
        0.78,
    ),
)
SIZES = {"desktop": (960, 760), "phone": (360, 920)}
ANSWER_MS = 30_000
"""Longest that an agent may take to answer, in milliseconds."""


def take(
    browser: Browser, place: tuple[str, str], size: str, scheme: Literal["light", "dark"]
) -> None:
    """Take one picture of a conversation. `place` is the page's URL and a key."""
    url, key = place
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=2
    )
    with context:
        chat = Chat(context.new_page(), url)
        chat.give_key(key)
        for question, *_ in CONVERSATION:
            answer = chat.ask(question)
            expect(answer.locator(".sources")).to_be_visible(timeout=ANSWER_MS)
        chat.page.screenshot(path=FOLDER / f"chat-{size}-{scheme}.png")


@contextmanager
def opened(stack: Path | None) -> Iterator[tuple[str, str]]:
    """Give the URL of a chat page and a key for it: of a deployed stack, or of a stand-in."""
    if stack is not None:
        content = json.loads(stack.read_text(encoding="utf-8"))
        yield content["browser"]["ChatUrl"], content["apiKey"]
        return
    streams = [
        Stream(({"type": "result", **reply(text, sources=({"question": entry, "score": score},))},))
        for _, text, entry, score in CONVERSATION
    ]
    with AskApi(*streams * 2 * len(SIZES)).serve() as base:
        yield f"{base}/chat", KEY


def main(arguments: list[str]) -> int:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stack", type=Path, help="what `make up` wrote of the stack")
    options = parser.parse_args(arguments)
    if EXECUTABLE is None:
        print("this machine has no Chromium", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium() as browser, opened(options.stack) as place:
        for size in SIZES:
            take(browser, place, size, "light")
            take(browser, place, size, "dark")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
