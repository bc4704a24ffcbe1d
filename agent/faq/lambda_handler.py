"""The agent as a Lambda function, for `sam local invoke`: the event is the payload.

Returns the reply, or ends with the failure's class and message as Lambda's error.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any
from uuid import uuid4

from faq.outcomes import reply
from faq.request import read
from faq.wiring import agent


@cache
def _runner() -> asyncio.Runner:
    """Return the one event loop: clients of models belong to the loop they were first used on."""
    return asyncio.Runner()


def lambda_handler(event: object, context: object) -> dict[str, Any]:
    """Answer one question.

    Raises:
        BadRequest: it names the field of the event that is wrong.
        Exception: see `faq.service.FaqAgent.answer`.
    """
    question = read(event, new_thread=lambda: uuid4().hex)
    return reply(question, _runner().run(agent().answer(question)))
