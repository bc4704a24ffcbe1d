"""What can go wrong between a request and its answer. Each class is one reason, `code` is stable.

FaqError
├── BadRequest         the payload is not one; `field` names what of it
├── AnswerTimeout      no answer within the time there is
└── MemoryUnavailable  the conversation so far cannot be read

Beside these, `assistant.errors` has ModelUnavailable and TooManySteps.
"""

from __future__ import annotations

from faq.errors import FaqError


class BadRequest(FaqError):
    """The caller's fault. The message begins with the field's name; its value is not repeated."""

    code = "invalid-request"

    def __init__(self, field: str, reason: str) -> None:
        """Name the field and what is wrong with it."""
        super().__init__(f"{field}: {reason}")
        self.field = field


class AnswerTimeout(FaqError):
    """The model, or what it waits for, takes too long."""

    code = "answer-timeout"


class MemoryUnavailable(FaqError):
    """AgentCore Memory refuses or does not answer."""

    code = "memory-unavailable"
