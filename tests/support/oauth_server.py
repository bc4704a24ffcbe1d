"""A small authorization server: clients, codes with PKCE, refresh, and two grants for users.

It refuses as RFC 6749 says, and remembers what it was asked. It is reached through the fake cloud.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from localcloud.cloud import Response
from tests.support.fake_cloud import FakeCloud, Sent

ISSUER = "https://login.example.com"
DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"
TOKEN_URL = f"{ISSUER}/token"
AUTHORIZE_URL = f"{ISSUER}/authorize"
CLIENT_ID = "client-1"
CLIENT_SECRET = "s3cret/+&: of the client"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ASSERTION = "urn:ietf:params:oauth:grant-type:jwt-bearer"

type Form = dict[str, str]


class Refused(Exception):
    """The server's own refusal: its code is in the answer."""


@dataclass
class OauthServer:
    """One authorization server with one client."""

    lifetime_s: int | None = 3600
    methods: tuple[str, ...] = ("client_secret_basic", "client_secret_post")
    refreshes: bool = True
    forms: list[Form] = field(default_factory=list)
    basic: list[bool] = field(default_factory=list)
    codes: dict[str, Form] = field(default_factory=dict)
    withdrawn: bool = False
    issued: int = 0

    def join(self, cloud: FakeCloud) -> None:
        """Be reached through a cloud."""
        cloud.answer("GET", DISCOVERY, self._discover)
        cloud.answer("POST", TOKEN_URL, self._token)

    def consent(self, url: str) -> tuple[str, Form]:
        """Let a person consent at an authorization URL: the redirect URI, and what goes with it."""
        assert url.startswith(f"{AUTHORIZE_URL}?"), url
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT_ID)
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes) + 1}"
        self.codes[code] = asked
        return asked["redirect_uri"], {"code": code, "state": asked["state"]}

    @property
    def grants(self) -> list[str]:
        """Return the grants that were asked for."""
        return [form["grant_type"] for form in self.forms]

    def _discover(self, _: Sent) -> Response:
        return _json(
            {
                "issuer": ISSUER,
                "authorization_endpoint": AUTHORIZE_URL,
                "token_endpoint": TOKEN_URL,
                "token_endpoint_auth_methods_supported": list(self.methods),
            }
        )

    def _token(self, sent: Sent) -> Response:
        form = {name: values[0] for name, values in parse_qs(sent.content.decode()).items()}
        self.forms.append(form)
        try:
            self._authenticate(sent, form)
            _GRANTS[form["grant_type"]](self, form)
        except (KeyError, Refused) as refusal:
            code = str(refusal) if isinstance(refusal, Refused) else "invalid_request"
            said = {"error": code, "error_description": f"secret was {CLIENT_SECRET}"}
            return _json(said, 401 if code == "invalid_client" else 400)
        return _json(self._answer(form))

    def _authenticate(self, sent: Sent, form: Form) -> None:
        header = sent.headers.get("authorization")
        self.basic.append(header is not None)
        if header is None:
            pair = (form.get("client_id"), form.get("client_secret"))
        else:
            user, _, password = base64.b64decode(header.split()[1]).decode().partition(":")
            pair = (unquote(user), unquote(password))
        used = "client_secret_post" if header is None else "client_secret_basic"
        if pair != (CLIENT_ID, CLIENT_SECRET) or used not in self.methods:
            raise Refused("invalid_client")

    def _answer(self, form: Form) -> dict[str, object]:
        self.issued += 1
        answer: dict[str, object] = {
            "access_token": f"access-{self.issued}",
            "token_type": "Bearer",
        }
        if self.lifetime_s is not None:
            answer["expires_in"] = self.lifetime_s
        if self.refreshes and form["grant_type"] in {"authorization_code", "refresh_token"}:
            answer["refresh_token"] = f"refresh-{self.issued}"
        return answer

    def _credentials(self, _: Form) -> None:
        """Give any client a token of its own."""

    def _code(self, form: Form) -> None:
        asked = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or asked["redirect_uri"] != form["redirect_uri"]:
            raise Refused("invalid_grant")
        if asked["code_challenge"] != challenge:
            raise Refused("invalid_grant")

    def _refresh(self, form: Form) -> None:
        if self.withdrawn or not form["refresh_token"].startswith("refresh-"):
            raise Refused("invalid_grant")

    def _exchange(self, form: Form) -> None:
        if not form["subject_token"] or not form["subject_token_type"]:
            raise Refused("invalid_request")

    def _assertion(self, form: Form) -> None:
        if not form["assertion"]:
            raise Refused("invalid_request")


_GRANTS: dict[str, Callable[[OauthServer, Form], None]] = {
    "client_credentials": OauthServer._credentials,
    "authorization_code": OauthServer._code,
    "refresh_token": OauthServer._refresh,
    EXCHANGE: OauthServer._exchange,
    ASSERTION: OauthServer._assertion,
}


def _json(content: object, status: int = 200) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(content).encode())
