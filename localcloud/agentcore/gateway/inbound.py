"""Who may call a gateway: its authorizer, applied to one request.

Sources: AgentCore Developer Guide, inbound authorization and OAuth discovery; replies recorded from
gateways. Choices are named in docs/fidelity.toml, ids `gateway.auth-...`.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from localcloud.agentcore.gateway.claims import Requirements
from localcloud.agentcore.gateway.errors import (
    InsufficientScope,
    InvalidToken,
    MissingToken,
    NotAuthenticated,
    NotAuthorized,
    OriginNotAllowed,
    TokenNotVerifiable,
)
from localcloud.agentcore.gateway.issuers import Issuers
from localcloud.agentcore.gateway.places import Place
from localcloud.agentcore.gateway.principals import Admitted
from localcloud.agentcore.gateway.tokens import TokenCheck
from localcloud.agentcore.model import Gateway, JsonObject
from localcloud.cloud import AccessDenied, AuthenticationFailed, Caller, Cloud, Request

INVOKE = "bedrock-agentcore:InvokeGateway"

Admit = Callable[[Request, Place], Awaitable[Admitted]]
"""Lets a request pass and says whose it is, or raises a `Refusal`."""


class Authorizers:
    """Makes the authorizer of a gateway."""

    def __init__(self, cloud: Cloud, now_s: Callable[[], float]) -> None:
        """Take the cloud and a clock in seconds since the Unix epoch."""
        self._cloud = cloud
        self._now_s = now_s
        self._issuers = Issuers(cloud, now_s)

    def of(self, gateway: Gateway, arn: str) -> Admit:
        """Return what admits requests to this gateway."""
        match gateway.config["authorizerType"]:
            case "CUSTOM_JWT":
                requirements = Requirements.of(jwt_authorizer(gateway))
                check = TokenCheck(requirements, self._issuers, self._now_s)
                return _JwtAuthorizer(requirements, check).admit
            case "AWS_IAM":
                return _IamAuthorizer(self._cloud, arn).admit
            case "AUTHENTICATE_ONLY":
                return _IamAuthorizer(self._cloud, None).admit
            case "NONE":
                return _admit_everyone
            case other:
                raise ValueError(f"{other} is not an authorizer type")


def jwt_authorizer(gateway: Gateway) -> JsonObject:
    """Return the `customJWTAuthorizer` of a CUSTOM_JWT gateway."""
    authorizer: JsonObject = gateway.config["authorizerConfiguration"]["customJWTAuthorizer"]
    return authorizer


def expect_known_origin(request: Request, place: Place) -> None:
    """Keep web pages of other sites from the direct form, which needs no name service to reach.

    Raises:
        OriginNotAllowed: the request comes from a browser, from a page not of this machine.

    Source: MCP 2025-11-25, streamable HTTP, security warning (DNS rebinding).
    """
    origin = request.header("origin")
    if origin is None or not place.direct:
        return
    host = urlsplit(origin).hostname if _is_url(origin) else None
    if host not in {"localhost", "127.0.0.1", "::1"}:
        raise OriginNotAllowed("Origin not allowed")


class _JwtAuthorizer:
    def __init__(self, requirements: Requirements, check: TokenCheck) -> None:
        self._requirements = requirements
        self._check = check

    async def admit(self, request: Request, place: Place) -> Admitted:
        try:
            token = _bearer_token(request)
            return Admitted(claims=await self._check.check(token), token=token)
        except (MissingToken, InvalidToken, TokenNotVerifiable) as refusal:
            refusal.challenge = self._challenge(place)
            raise
        except InsufficientScope as refusal:
            refusal.challenge = self._scope_challenge(place)
            raise

    def _challenge(self, place: Place) -> str:
        challenge = f'Bearer resource_metadata="{place.metadata}"'
        return challenge + (f', scope="{self._scope}"' if self._scope else "")

    def _scope_challenge(self, place: Place) -> str:
        return (
            f'Bearer error="insufficient_scope", scope="{self._scope}", '
            f'resource_metadata="{place.metadata}"'
        )

    @property
    def _scope(self) -> str:
        return " ".join(self._requirements.shown_scopes)


class _IamAuthorizer:
    """Checks the signature, and with a gateway's ARN also the permission to invoke it."""

    def __init__(self, cloud: Cloud, arn: str | None) -> None:
        self._cloud = cloud
        self._arn = arn

    async def admit(self, request: Request, _: Place) -> Admitted:
        caller = await self._authenticated(request)
        if self._arn is not None:
            await self._expect_permission(caller, self._arn)
        return Admitted(arn=caller.arn)

    async def _expect_permission(self, caller: Caller, arn: str) -> None:
        try:
            await self._cloud.authorize(caller, action=INVOKE, resource=arn, context={})
        except AccessDenied as error:
            raise NotAuthorized("Authorization error - Insufficient permissions") from error

    async def _authenticated(self, request: Request) -> Caller:
        try:
            return await self._cloud.authenticate(request)
        except AuthenticationFailed as error:
            raise NotAuthenticated(f"Authentication error - {error.code}") from error


async def _admit_everyone(_request: Request, _place: Place) -> Admitted:
    return Admitted()


def _bearer_token(request: Request) -> str:
    scheme, _, token = (request.header("authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise MissingToken("Missing Bearer token")
    return token.strip()


def _is_url(text: str) -> bool:
    try:
        return urlsplit(text).hostname is not None
    except ValueError:
        return False
