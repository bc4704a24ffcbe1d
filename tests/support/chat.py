"""What a person does on the chat page, in a browser."""

from playwright.sync_api import Locator, Page, expect


class Chat:
    """The page, opened. It works the same on a stand-in, a laptop cloud and AWS."""

    def __init__(self, page: Page, url: str) -> None:
        page.goto(url)
        self.page = page

    @property
    def answers(self) -> Locator:
        """The answers so far, first to last."""
        return self.page.get_by_role("article", name="Answer")

    def give_key(self, key: str) -> None:
        """Type the key in."""
        self.page.get_by_label("API key", exact=True).and_(self.page.locator("input")).fill(key)
        self.page.get_by_role("button", name="Use key").click()

    def give_key_again(self, key: str) -> None:
        """Open the form for the key once more, and type another one in."""
        self.page.get_by_role("button", name="API key").click()
        self.give_key(key)

    def ask(self, question: str) -> Locator:
        """Ask; return where the answer appears."""
        self.page.get_by_label("Your question").fill(question)
        self.page.get_by_role("button", name="Send").click()
        return self.answers.last

    def expect_answer(self, answer: Locator, text: str) -> None:
        """Wait until an answer is complete and holds a text."""
        expect(answer).to_have_attribute("aria-busy", "false")
        expect(answer).to_contain_text(text)
