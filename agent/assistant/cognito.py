"""Two ways to an access token from Amazon Cognito: a user's password, or a client's secret.

Both give ACCESS tokens. An ID token names no `client_id` and is refused by a gateway that
checks `allowedClients`.

Sources: Cognito API reference, InitiateAuth; Cognito Developer Guide, "The token issuer endpoint".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Never

import httpx2

from assistant.aws import AWS_ERRORS, is_code, reason
from assistant.errors import LoginRefused
from assistant.tokens import Grant, RefreshRefused

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.literals import AuthFlowTypeType
    from mypy_boto3_cognito_idp.type_defs import InitiateAuthResponseTypeDef

TOKEN_TIMEOUT_S = 10.0
SHOWN_CLAIMS = ("iss", "client_id", "token_use", "scope", "exp")


@dataclass(frozen=True)
class PasswordLogin:
    """A user of a pool, by USER_PASSWORD_AUTH and later REFRESH_TOKEN_AUTH.

    Attributes:
        client_id: an app client without a secret that allows both flows.
        now_s: the clock, in seconds since the Unix epoch.
    """

    cognito: CognitoIdentityProviderClient
    client_id: str
    username: str
    password: str = field(repr=False)
    now_s: Callable[[], float]

    def log_in(self) -> Grant:
        """Log in with the password.

        Raises:
            LoginRefused: wrong password, no such client or flow, or Cognito cannot be reached.
        """
        parameters = {"USERNAME": self.username, "PASSWORD": self.password}
        try:
            return self._grant("USER_PASSWORD_AUTH", parameters)
        except AWS_ERRORS as error:
            raise LoginRefused(f"Cognito refuses the login: {reason(error)}") from error

    def renew(self, refresh_token: str) -> Grant:
        """Use the refresh token.

        Raises:
            RefreshRefused: Cognito answered NotAuthorizedException.
            LoginRefused: any other failure.
        """
        try:
            return self._grant("REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": refresh_token})
        except AWS_ERRORS as error:
            if is_code(error, "NotAuthorizedException"):
                raise RefreshRefused from error
            raise LoginRefused(f"Cognito refuses the refresh: {reason(error)}") from error

    def _grant(self, flow: AuthFlowTypeType, parameters: Mapping[str, str]) -> Grant:
        answer = self.cognito.initiate_auth(
            ClientId=self.client_id, AuthFlow=flow, AuthParameters=parameters
        )
        result = answer.get("AuthenticationResult")
        if not result:
            _refuse_challenge(answer)
        return Grant(
            access_token=result["AccessToken"],
            expires_at_s=self.now_s() + result["ExpiresIn"],
            # Absent from a refresh unless rotation is on: then the one in hand stays good.
            refresh_token=result.get("RefreshToken") or parameters.get("REFRESH_TOKEN"),
        )


def _refuse_challenge(answer: InitiateAuthResponseTypeDef) -> Never:
    challenge = answer.get("ChallengeName", "an unknown challenge")
    raise LoginRefused(f"Cognito asks for {challenge}, which this client cannot answer")


@dataclass(frozen=True)
class ClientCredentials:
    """A machine, by the client-credentials grant at the pool's token endpoint.

    Attributes:
        token_url: `token_endpoint` of the pool's discovery document.
        scopes: of the resource server, for instance ("petstore/read",).
        transport: an HTTP transport in place of the network's; None for the network's.
    """

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...]
    now_s: Callable[[], float]
    transport: httpx2.BaseTransport | None = None

    def log_in(self) -> Grant:
        """Ask for a token.

        Raises:
            LoginRefused: a status other than 200, no answer, or an answer without a token.
        """
        try:
            answer = self._post()
        except httpx2.HTTPError as error:
            raise LoginRefused(f"the token endpoint does not answer: {error}") from error
        if answer.status_code != 200:
            raise LoginRefused(f"the token endpoint answers {answer.status_code}{_why(answer)}")
        body = answer.json()
        return Grant(body["access_token"], self.now_s() + int(body["expires_in"]))

    def renew(self, refresh_token: str) -> Never:
        """Refuse: this grant comes without a refresh token (RFC 6749, 4.4.3)."""
        raise RefreshRefused

    def _post(self) -> httpx2.Response:
        form = {"grant_type": "client_credentials", "scope": " ".join(self.scopes)}
        with httpx2.Client(timeout=TOKEN_TIMEOUT_S, transport=self.transport) as http:
            return http.post(self.token_url, data=form, auth=(self.client_id, self.client_secret))


def _why(answer: httpx2.Response) -> str:
    """Return the OAuth error code of a refusal (RFC 6749, 5.2), such as `: invalid_client`."""
    try:
        body = answer.json()
    except ValueError:
        return ""
    error = body.get("error") if isinstance(body, dict) else None
    return f": {error}" if isinstance(error, str) else ""


def claims(token: str) -> dict[str, object]:
    """Return the claims worth showing of a JWT, unverified: for people to read, not to trust.

    Returns:
        `iss`, `client_id`, `token_use`, `scope` and `exp`, as far as the token has them; an
        empty dict for a token that is not a JWT.
    """
    try:
        payload = token.split(".")[1]
        decoded = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    if not isinstance(decoded, dict):
        return {}
    return {name: decoded[name] for name in SHOWN_CLAIMS if name in decoded}
