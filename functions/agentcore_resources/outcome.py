"""What the state machine ended with, in the words CloudFormation shows.

A failed execution hands over its document with up to two Step Functions errors in it, each
`{"Error", "Cause"}`: `failure`, and `removalFailure` where clearing up failed (too).
"""

import json
from contextlib import suppress
from typing import Any

MAX_REASON_CHARACTERS = 1000
"""Of a response body's 4,096 bytes (CloudFormation User Guide, custom resource responses)."""


def reason(document: dict[str, Any]) -> str:
    """Say why an execution failed, first things first."""
    failure, removal = document.get("failure"), document.get("removalFailure")
    if failure and removal:
        return f"{describe(failure)}; and what was made could not be removed: {describe(removal)}"
    return describe(failure or removal or {})


def describe(error: dict[str, str]) -> str:
    """Put one Step Functions error in words: the message, then the error's name.

    A Lambda function's `Cause` is JSON, `{"errorMessage", "errorType", ...}`; Step Functions' own
    is text.
    """
    name, cause = error.get("Error", "States.Unknown"), error.get("Cause", "")
    with suppress(ValueError, TypeError, KeyError):  # text already
        cause = json.loads(cause)["errorMessage"]
    return f"{cause} ({name})" if cause else name


def shortened(reason: str) -> str:
    """Keep the beginning of a reason: that is where it says what failed."""
    if len(reason) <= MAX_REASON_CHARACTERS:
        return reason
    return reason[: MAX_REASON_CHARACTERS - 1] + "…"
