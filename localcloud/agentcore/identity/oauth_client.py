"""The client of an authorization server: where its endpoints are, and its token endpoint.

Sources: RFC 6749 (2.3.1, 4.4, 5.1, 5.2), RFC 8414, OpenID Connect Discovery 1.0. Secrets go over
TLS, or to this very machine, and nowhere else.
"""

import base64
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode

from pydantic_core import from_json

from localcloud.agentcore.identity.errors import OauthRefused
from localcloud.agentcore.identity.model import Provider
from localcloud.agentcore.identity.users import is_safe
from localcloud.agentcore.identity.vendors import discovery
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Cloud, CloudError, Response

TTL_S: Final = 3600.0
TIMEOUT_S: Final = 30.0
MAX_KEPT: Final = 256
ERROR_CODES: Final = frozenset(
    {
        "access_denied",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "invalid_target",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)
"""What is repeated of a server's refusal (RFC 6749, 5.2; RFC 8707): nothing it may have made up."""

type Form = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Endpoints:
    """Where an authorization server answers, and how its clients say who they are."""

    authorization: str
    token: str
    methods: tuple[str, ...] = ()


@dataclass(frozen=True)
class Granted:
    """What a token endpoint gave. `expires_in_s` is None if it did not say."""

    access_token: str = field(repr=False)
    expires_in_s: float | None = None
    refresh_token: str | None = field(default=None, repr=False)


class OauthClient:
    """Speaks to the authorization servers of providers."""

    def __init__(self, cloud: Cloud, now_s: Callable[[], float]) -> None:
        """Take what sends, and a clock in seconds since the Unix epoch."""
        self._cloud = cloud
        self._now_s = now_s
        self._kept: dict[str, tuple[float, Endpoints]] = {}

    async def endpoints(self, provider: Provider) -> Endpoints:
        """Return a server's endpoints. A discovery document is kept for an hour.

        Raises:
            OauthRefused: the document cannot be read or names no endpoint that is safe to use.
        """
        found = discovery(provider.vendor, provider.config)
        given = found.get("authorizationServerMetadata")
        if given is not None:
            methods = tuple(given.get("tokenEndpointAuthMethods") or ())
            return _endpoints(given["authorizationEndpoint"], given["tokenEndpoint"], methods)
        url = found["discoveryUrl"]
        kept = self._kept.get(url)
        if kept is not None and self._now_s() - kept[0] < TTL_S:
            return kept[1]
        document = await self._document(url)
        listed = document.get("token_endpoint_auth_methods_supported")
        endpoints = _endpoints(
            document.get("authorization_endpoint"),
            document.get("token_endpoint"),
            tuple(listed) if isinstance(listed, list) else (),
        )
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        self._kept[url] = self._now_s(), endpoints
        return endpoints

    async def token(self, provider: Provider, secret: str, form: Form) -> Granted:
        """Ask the token endpoint.

        Raises:
            OauthRefused: it says no, cannot be reached, or gives no token.
        """
        endpoints = await self.endpoints(provider)
        headers = {
            "accept": "application/json",
            "content-type": "application/x-www-form-urlencoded",
        }
        client_id = provider.config["clientId"]
        if _method(provider.config, endpoints) == "CLIENT_SECRET_POST":
            form = (*form, ("client_id", client_id), ("client_secret", secret))
        else:
            headers["authorization"] = _basic(client_id, secret)
        content = urlencode(form).encode()
        response = await self._send("POST", endpoints.token, headers, content)
        return _granted(response)

    async def _document(self, url: str) -> JsonObject:
        if not is_safe(url):
            raise OauthRefused("The authorization server's discovery document has no safe URL")
        response = await self._send("GET", url, {"accept": "application/json"}, b"")
        document = _json(response)
        if response.status != HTTPStatus.OK:
            raise OauthRefused("The authorization server's discovery document cannot be read")
        return document

    async def _send(
        self, method: str, url: str, headers: dict[str, str], content: bytes
    ) -> Response:
        try:
            return await self._cloud.send(
                method, url, headers=headers, content=content, timeout_s=TIMEOUT_S
            )
        except CloudError as error:
            raise OauthRefused("The authorization server could not be reached") from error


def _endpoints(authorization: object, token: object, methods: tuple[Any, ...]) -> Endpoints:
    if not (isinstance(token, str) and is_safe(token)):
        raise OauthRefused("The authorization server has no token endpoint that is safe to use")
    usable = isinstance(authorization, str) and is_safe(authorization)
    return Endpoints(str(authorization) if usable else "", token, methods)


def _method(config: JsonObject, endpoints: Endpoints) -> str:
    """Return how the client is authenticated: as configured, else as the server takes it."""
    configured = config.get("clientAuthenticationMethod")
    if configured is not None:
        return str(configured)
    basic = not endpoints.methods or "client_secret_basic" in endpoints.methods
    return "CLIENT_SECRET_BASIC" if basic else "CLIENT_SECRET_POST"


def _basic(client_id: str, secret: str) -> str:
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"  # RFC 6749, 2.3.1
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _granted(response: Response) -> Granted:
    answer = _json(response)
    token, lifetime = answer.get("access_token"), answer.get("expires_in")
    if response.status != HTTPStatus.OK or not isinstance(token, str) or not token:
        code = answer.get("error")
        said = code if isinstance(code, str) and code in ERROR_CODES else f"HTTP {response.status}"
        raise OauthRefused(f"The authorization server gave no token: {said}")
    refresh = answer.get("refresh_token")
    return Granted(token, _seconds(lifetime), refresh if isinstance(refresh, str) else None)


def _seconds(value: object) -> float | None:
    """Return a lifetime. Some servers write it as text, and text can say anything."""
    try:
        seconds = float(value) if isinstance(value, str | int | float) else -1.0
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _json(response: Response) -> JsonObject:
    try:
        answer = from_json(response.body, allow_inf_nan=False)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
