"""What the modules that call AWS share."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

type AwsError = ClientError | BotoCoreError
AWS_ERRORS = (ClientError, BotoCoreError)


def reason(error: AwsError) -> str:
    """Put an AWS error in one line: its code and message, without the operation's noise."""
    if isinstance(error, ClientError):
        detail = error.response["Error"]
        return f"{detail.get('Code', 'Unknown')}: {detail.get('Message', 'no message')}"
    return str(error)


def is_code(error: AwsError, code: str) -> bool:
    """Whether the service answered with this error code."""
    return isinstance(error, ClientError) and error.response["Error"].get("Code") == code
