"""Calls of AWS over boto3, their errors turned into ours.

Imported on the first event, not with the handler, for boto3's sake.
"""

from collections.abc import Callable
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from provisioner.document import JsonObject
from provisioner.errors import (
    Busy,
    Denied,
    ProvisioningError,
    Refused,
    RoleNotReady,
    Throttled,
)

QUICK = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2})
"""Two quick tries fit in the function's timeout; the state machine tries again at leisure."""

BY_CODE: dict[str, type[ProvisioningError]] = {
    "AccessDenied": Denied,  # S3's
    "AccessDeniedException": Denied,
    "ConcurrentModificationException": Busy,
    "ConflictException": Busy,
    "InternalServerException": Throttled,
    "OperationAbortedException": Throttled,  # CloudWatch Logs: two at once
    "ServiceException": Throttled,
    "ServiceUnavailableException": Throttled,
    "SlowDown": Throttled,
    "ThrottledException": Throttled,
    "ThrottlingException": Throttled,
    "TooManyRequestsException": Throttled,  # Lambda's
}

ROLE_NOT_READY = (
    "role validation failed",
    "sts:assumerole",
    "assume role",
    "assume the role",
    "while assuming gateway role",
    "while calling getpolicyengine",
    "does not have the required permissions",
)
"""Found in the messages about a role that IAM has not spread yet. Seen on real accounts: `Role
validation failed for '<arn>'. Please verify that the role exists and its trust policy allows
assumption by this service`, and of a gateway whose role may not ask its policy engine yet `Access
denied while calling GetPolicyEngine on Policy Engine: ...` and `Policy Engine '...' does not have
the required permissions. ...`. The others are guesses at kindred wordings. (Not `assume` alone:
every AccessDeniedException names an `assumed-role`.)"""

NOT_FOUND = frozenset({"ResourceNotFoundException", "404", "NoSuchKey"})


class Calls:
    """Calls of one service's operations by name, as boto3 spells them."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - see there
        """Take a client.

        Parameters come from the template as they are, so no types can be had for them.
        """
        self._client = client

    def __call__(self, operation: str, **parameters: Any) -> JsonObject:  # noqa: ANN401 - as above
        """Call an operation and return its reply."""
        send: Callable[..., JsonObject] = getattr(self._client, operation)
        return translated(operation, lambda: send(**parameters))

    def found(self, operation: str, **parameters: Any) -> JsonObject | None:  # noqa: ANN401
        """Call an operation; return None where what it is about is not there."""
        try:
            return self(operation, **parameters)
        except Refused as error:
            if error.aws_code in NOT_FOUND:
                return None
            raise

    def all(self, operation: str, member: str, **parameters: str) -> list[JsonObject]:
        """Return the items of every page, which are in `member`."""
        paginator = self._client.get_paginator(operation)
        pages = translated(operation, lambda: list(paginator.paginate(**parameters)))
        return [item for page in pages for item in page.get(member, [])]

    def all_of(self, operation: str, member: str, **parameters: str) -> list[JsonObject]:
        """Return the items of every page; none where what they belong to is not there."""
        try:
            return self.all(operation, member, **parameters)
        except Refused as error:
            if error.aws_code in NOT_FOUND:
                return []
            raise


def translated[T](operation: str, call: Callable[[], T]) -> T:
    """Make a call, and raise our errors for boto3's.

    Raises:
        ProvisioningError: the service's answer, or that there was none.
    """
    name = operation.title().replace("_", "")
    try:
        return call()
    except ClientError as error:
        raise _ours(name, error) from error
    except (NoConnection, HTTPClientError) as error:
        raise Throttled(f"{name}: {type(error).__name__}") from error


def _ours(name: str, error: ClientError) -> ProvisioningError:
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    said = f"{name}: {code}: {message}"
    if code in {"ValidationException", "AccessDeniedException"} and any(
        sign in message.lower() for sign in ROLE_NOT_READY
    ):
        return RoleNotReady(said)
    return BY_CODE[code](said) if code in BY_CODE else Refused(said, code)
