"""A `localcloud.cloud.Cloud` in memory: everything is allowed until a test says otherwise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from localcloud.cloud import (
    AccessDenied,
    AuthenticationFailed,
    Caller,
    CloudError,
    Credentials,
    Request,
    Response,
    RoleNotAssumable,
)

ACCOUNT_ID = "123456789012"
CALLER = Caller(ACCOUNT_ID, f"arn:aws:iam::{ACCOUNT_ID}:user/deployer", "AKIDEXAMPLE")


@dataclass(frozen=True)
class Sent:
    """One request that went out through `Cloud.send`."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes
    credentials: Credentials | None
    service: str | None


@dataclass(frozen=True)
class Authorization:
    """One question put to `Cloud.authorize`."""

    caller: Caller
    action: str
    resource: str
    context: Mapping[str, str]


type Answer = Response | Exception | Callable[[Sent], Response]


@dataclass
class FakeCloud:
    """The cloud around AgentCore, scripted.

    `denied` holds pairs of shell patterns (action, resource); `callers` maps access key ids;
    `unassumable` holds patterns of role ARNs. What was asked is kept in `authorizations`,
    `assumed` (role ARN, source ARN) and `sent`.
    """

    region: str = "us-east-1"
    account_id: str = ACCOUNT_ID
    callers: dict[str, Caller] = field(default_factory=lambda: {CALLER.access_key_id: CALLER})
    denied: list[tuple[str, str]] = field(default_factory=list)
    unassumable: list[str] = field(default_factory=list)
    authorizations: list[Authorization] = field(default_factory=list)
    assumed: list[tuple[str, str]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    _answers: list[tuple[str, str, Answer]] = field(default_factory=list)

    def answer(self, method: str, url: str, answer: Answer) -> None:
        """Answer requests whose method and URL match these shell patterns; the last one wins."""
        self._answers.insert(0, (method, url, answer))

    async def authenticate(self, request: Request) -> Caller:
        """Take the access key id of the SigV4 header at its word."""
        header = request.header("authorization")
        if header is None:
            raise AuthenticationFailed(
                "MissingAuthenticationTokenException", "Missing Authentication Token"
            )
        key_id = header.partition("Credential=")[2].partition("/")[0]
        if key_id not in self.callers:
            message = "The security token included in the request is invalid."
            raise AuthenticationFailed("UnrecognizedClientException", message)
        return self.callers[key_id]

    async def authorize(
        self, caller: Caller, *, action: str, resource: str, context: Mapping[str, str]
    ) -> None:
        """Refuse what `denied` matches."""
        self.authorizations.append(Authorization(caller, action, resource, dict(context)))
        for actions, resources in self.denied:
            if fnmatchcase(action, actions) and fnmatchcase(resource, resources):
                raise AccessDenied(
                    f"User: {caller.arn} is not authorized to perform: {action} on resource: "
                    f"{resource} because no identity-based policy allows the {action} action"
                )

    async def assume_role(
        self, role_arn: str, *, service: str, source_arn: str, session_name: str
    ) -> Credentials:
        """Give credentials that name the role, unless `unassumable` matches it."""
        if any(fnmatchcase(role_arn, pattern) for pattern in self.unassumable):
            raise RoleNotAssumable(f"{service} is not authorized to assume {role_arn}")
        self.assumed.append((role_arn, source_arn))
        return Credentials(f"ASIA{role_arn}", "secret", f"token/{session_name}")

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
        """Give the scripted answer. Without one the host cannot be reached."""
        sent = Sent(method, url, dict(headers or {}), content, credentials, service)
        self.sent.append(sent)
        for methods, urls, answer in self._answers:
            if fnmatchcase(method, methods) and fnmatchcase(url, urls):
                return _give(answer, sent)
        raise CloudError(f"no answer for {method} {url}")


def _give(answer: Answer, sent: Sent) -> Response:
    if isinstance(answer, Exception):
        raise answer
    return answer(sent) if callable(answer) else answer
