"""Why an agent cannot be run."""


class BadCode(Exception):
    """An agent cannot be made from what it points at. The message is a failureReason."""

    code = "BadCode"
