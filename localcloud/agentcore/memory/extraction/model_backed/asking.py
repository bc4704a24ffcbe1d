"""Asking the model: once, and once more if its reply cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from localcloud.agentcore.memory.extraction.model import ExtractionFailed
from localcloud.agentcore.memory.extraction.model_backed.prompts import Prompt
from localcloud.agentcore.memory.extraction.model_backed.replies import Unreadable

if TYPE_CHECKING:
    from assistant.models import Model

AGAIN: Final = """\
Your reply could not be read: {problem}. Reply once more, in the form that was asked for and with \
nothing else."""
MAX_REPEATED_CHARACTERS: Final = 4_000
"""Of a reply that could not be read, as the model is shown it again."""


class ModelFailed(ExtractionFailed):
    """The model's service did not answer, or answered with an error."""

    code = "model-failed"


class ReplyUnusable(ExtractionFailed):
    """The model replied twice with what cannot be read."""

    code = "reply-unusable"


@dataclass(frozen=True)
class Asking:
    """A model, and how it is asked. Neither prompts nor replies are logged or in an error."""

    model: Model

    async def ask[T](self, prompt: Prompt, read: Callable[[str], T]) -> T:
        """Return what `read` makes of the model's reply.

        Raises:
            ModelFailed: there is no reply.
            ReplyUnusable: `read` raised Unreadable, of a second reply as well.
        """
        asked = [("system", prompt.system), ("user", prompt.user)]
        reply = await self._reply(asked)
        try:
            return read(reply)
        except Unreadable as first:
            shown = reply[:MAX_REPEATED_CHARACTERS].strip() or "(nothing)"
            again = ("user", AGAIN.format(problem=first))
        try:
            return read(await self._reply([*asked, ("assistant", shown), again]))
        except Unreadable as second:
            message = f"The reply of {self.model.name} could not be read, twice: {second}"
            raise ReplyUnusable(message) from second

    async def _reply(self, asked: list[tuple[str, str]]) -> str:
        try:
            reply = await self.model.chat.ainvoke(asked)
        except self.model.failures as error:
            raise ModelFailed(f"{self.model.name} did not answer: {_named(error)}") from error
        return str(reply.text)


def _named(error: Exception) -> str:
    """Name an error without its message, which may quote what was sent."""
    status = getattr(error, "status_code", None)  # of the clients of Groq, OpenAI and Anthropic
    response = getattr(error, "response", None)
    if isinstance(response, dict):  # of botocore's ClientError
        status = response.get("Error", {}).get("Code")
    return type(error).__name__ + (f" ({status})" if status else "")
