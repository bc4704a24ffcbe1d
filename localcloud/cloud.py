"""What AgentCore asks of the rest of the cloud: who is calling, may they, act as a role, send.

`localcloud/engine/` provides a `Cloud` on top of MiniStack; tests pass one of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class CloudError(Exception):
    """A refusal by the cloud around AgentCore."""

    code = "CloudError"
    status = 500


class AuthenticationFailed(CloudError):
    """The signature, key or token of a request does not check out. `code` is AWS's own."""

    status = 403

    def __init__(self, code: str, message: str) -> None:
        """Take AWS's code, such as `InvalidSignatureException`, and its message."""
        super().__init__(message)
        self.code = code


class AccessDenied(CloudError):
    """The caller is known and may not do this."""

    code = "AccessDeniedException"
    status = 403


class RoleNotAssumable(CloudError):
    """The role does not exist or its trust policy does not let the service take it."""

    code = "RoleNotAssumable"
    status = 403


@dataclass(frozen=True)
class Request:
    """One HTTP request as it came in, before anything is decoded.

    `path` is percent-encoded as on the wire; `query` is the raw query string without `?`;
    header names are lower case.
    """

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        """Return the first header of this (lower-case) name, or None."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True)
class Response:
    """One HTTP response, body whole. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Caller:
    """Who signed a request."""

    account_id: str
    arn: str
    access_key_id: str


@dataclass(frozen=True)
class Credentials:
    """Temporary credentials of an assumed role."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)


class Cloud(Protocol):
    """The cloud around AgentCore."""

    @property
    def region(self) -> str:
        """Return the region, such as `us-east-1`."""
        ...

    @property
    def account_id(self) -> str:
        """Return the twelve digits of the account."""
        ...

    async def authenticate(self, request: Request) -> Caller:
        """Verify the SigV4 signature of a request.

        Raises:
            AuthenticationFailed: no, an unknown or a wrong signature.
        """
        ...

    async def authorize(
        self, caller: Caller, *, action: str, resource: str, context: Mapping[str, str]
    ) -> None:
        """Evaluate the caller's policies for `action` (`bedrock-agentcore:...`) on `resource`.

        `context` holds condition keys beside the global ones.

        Raises:
            AccessDenied: no statement allows it, or one denies it.
        """
        ...

    async def assume_role(
        self, role_arn: str, *, service: str, source_arn: str, session_name: str
    ) -> Credentials:
        """Take a role as the AWS service principal `service`, as its trust policy allows.

        Raises:
            RoleNotAssumable: no such role, or its trust policy or its conditions
                (`aws:SourceArn`, `aws:SourceAccount`) refuse.
        """
        ...

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        credentials: Credentials | None = None,
        service: str | None = None,
        timeout_s: float = 60.0,
    ) -> Response:
        """Send one request: AWS hosts are answered in process, others over the network.

        With `credentials` the request is signed (SigV4) for `service`, such as `execute-api`.

        Raises:
            CloudError: the host could not be reached or did not answer in time.
        """
        ...
