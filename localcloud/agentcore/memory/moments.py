"""Instants as requests give them (botocore `Timestamp`): a number of seconds, or ISO 8601."""

from datetime import datetime
from typing import Final

from localcloud.agentcore.errors import ValidationFailed

END_OF_TIME_MS: Final = 253_402_300_800_000
"""The year 10000: no later instant can be written."""


def given_ms(value: float | str, name: str) -> int:
    """Return a timestamp of a request in milliseconds since the Unix epoch.

    Raises:
        ValidationFailed: it is none, or not in the years 1970 to 9999; `name` is its member's.
    """
    try:
        seconds = datetime.fromisoformat(value).timestamp() if isinstance(value, str) else value
        milliseconds = round(seconds * 1000)
    except (ValueError, OverflowError) as error:
        raise _not_a_timestamp(name) from error
    if not 0 <= milliseconds < END_OF_TIME_MS:
        raise _not_a_timestamp(name)
    return milliseconds


def _not_a_timestamp(name: str) -> ValidationFailed:
    return ValidationFailed.of_field(name, "Member must be a timestamp")
