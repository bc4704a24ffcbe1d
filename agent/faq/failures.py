"""What can go wrong between a request and its answer. Each class is one reason, `code` is stable.

FaqError
├── AnswerTimeout      no answer within the time there is
└── MemoryUnavailable  the conversation so far cannot be read

Beside these, `serving.errors` has BadRequest, and `assistant.errors` ModelUnavailable and
TooManySteps.
"""

from __future__ import annotations

from faq.errors import FaqError


class AnswerTimeout(FaqError):
    """The model, or what it waits for, takes too long."""

    code = "answer-timeout"


class MemoryUnavailable(FaqError):
    """AgentCore Memory refuses or does not answer."""

    code = "memory-unavailable"
