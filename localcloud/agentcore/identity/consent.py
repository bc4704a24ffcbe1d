"""Consent: a person lets a workload act for them at a resource (USER_FEDERATION).

    GetResourceOauth2Token  -> a session, and the URL the person is to open
    GET .../authorize       -> on to the authorization server, with PKCE (S256) and a state
    GET .../callback/<id>   -> the code becomes tokens, which nobody can have yet; on to the app
    CompleteResourceTokenAuth binds them to the user who asked, if it is that user who is there

Sources: RFC 6749 (4.1), RFC 7636, RFC 9700; botocore `GetResourceOauth2Token`,
`CompleteResourceTokenAuth`; Developer Guide, OAuth2 authorization URL session binding. A session
lives ten minutes. That a return URL must be given, and be one the workload identity allows, is
our reading: claim `identity.consent.return-url`.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote, urlencode

from pydantic import TypeAdapter

from localcloud.agentcore.errors import AccessRefused, AgentCoreError, ValidationFailed
from localcloud.agentcore.identity.errors import OauthRefused
from localcloud.agentcore.identity.model import Provider
from localcloud.agentcore.identity.names import AUTHORIZE_PATH, callback_url, origin
from localcloud.agentcore.identity.oauth_client import Granted, OauthClient
from localcloud.agentcore.identity.resource_tokens import FEDERATION, ResourceTokens, Wanted
from localcloud.agentcore.identity.store import IdentityStore, Sealed
from localcloud.agentcore.identity.workload_tokens import Grant
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Cloud

LIFETIME_S: Final = 600.0
URN: Final = "urn:ietf:params:oauth:request_uri:"


@dataclass(frozen=True)
class Session:
    """A consent under way. `granted` is what the code gave, until it is bound to the user."""

    uri: str
    grant: Grant
    provider: str
    scopes: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...]
    resources: tuple[str, ...]
    audiences: tuple[str, ...]
    return_url: str
    expires_s: float
    state: str = field(repr=False)
    verifier: str = field(repr=False)
    custom_state: str | None = field(default=None, repr=False)
    failed: bool = False
    spent: bool = False
    granted: Granted | None = field(default=None, repr=False)


_SESSION: Final[TypeAdapter[Session]] = TypeAdapter(Session)


class Consents:
    """The sessions of people who are asked for their consent."""

    def __init__(
        self,
        store: IdentityStore,
        cloud: Cloud,
        client: OauthClient,
        tokens: ResourceTokens,
        now_s: Callable[[], float],
    ) -> None:
        """Take the collaborators, and a clock in seconds since the Unix epoch."""
        self._store = store
        self._cloud = cloud
        self._client = client
        self._tokens = tokens
        self._now_s = now_s

    def begin(self, wanted: Wanted, return_url: str, custom_state: str | None) -> JsonObject:
        """Begin to ask; return what the caller learns of it."""
        session_id = secrets.token_urlsafe(32)
        session = Session(
            uri=URN + session_id,
            grant=wanted.grant,
            provider=wanted.provider.name,
            scopes=wanted.scopes,
            parameters=wanted.parameters,
            resources=wanted.resources,
            audiences=wanted.audiences,
            return_url=return_url,
            expires_s=self._now_s() + LIFETIME_S,
            state=f"{session_id}.{secrets.token_urlsafe(32)}",
            verifier=secrets.token_urlsafe(64),
            custom_state=custom_state,
        )
        self._put(session)
        return self._told(session)

    def told(self, uri: str, wanted: Wanted) -> JsonObject | None:
        """Return how a session of the same user and provider goes, or None if it is over.

        Raises:
            AccessRefused: it is somebody else's.
        """
        session = self._find(uri)
        if session is None:
            return None
        if self._wanted(session, wanted.provider).key != wanted.key or (
            session.provider != wanted.provider.name
        ):
            raise AccessRefused("The session belongs to another user or credential provider")
        return self._told(session)

    async def authorization_url(self, uri: str) -> str | None:
        """Return where the authorization server asks the person, or None without a session."""
        session = self._find(uri)
        provider = self._provider(session)
        if session is None or provider is None or session.spent:
            return None
        try:
            endpoint = (await self._client.endpoints(provider)).authorization
        except OauthRefused:
            return None
        digest = hashlib.sha256(session.verifier.encode()).digest()
        query = (
            ("response_type", "code"),
            ("client_id", provider.config["clientId"]),
            ("redirect_uri", callback_url(self._cloud, provider.callback_id)),
            ("state", session.state),
            ("code_challenge", base64.urlsafe_b64encode(digest).decode().rstrip("=")),
            ("code_challenge_method", "S256"),
            *self._wanted(session, provider).form,
        )
        joint = "&" if "?" in endpoint else "?"
        return f"{endpoint}{joint}{urlencode(query, quote_via=quote)}" if endpoint else None

    async def answered(self, callback_id: str, state: str, code: str | None) -> str | None:
        """Take the authorization server's answer; return where the person goes on, or None.

        An answer is taken once: its state and its code are spent. `code` is None if it said no.
        """
        session = self._find(URN + state.partition(".")[0])
        provider = self._provider(session)
        if session is None or provider is None or session.spent:
            return None
        if not hmac.compare_digest(session.state.encode(), state.encode()):
            return None
        if not hmac.compare_digest(provider.callback_id.encode(), callback_id.encode()):
            return None
        session = replace(session, spent=True)
        self._put(session)
        granted = await self._exchanged(session, provider, code) if code else None
        self._put(replace(session, granted=granted, failed=granted is None))
        return _onward(session)

    def complete(self, uri: str, user_key: str) -> None:
        """Bind what was granted to the user who asked: from here on the workload can have it.

        Raises:
            AccessRefused: another user is there than the one who asked.
            ValidationFailed: there is no such session, or nothing was granted.
        """
        session = self._find(uri)
        provider = self._provider(session)
        if session is None or provider is None or session.granted is None:
            raise ValidationFailed("The session does not exist, has expired, or was not authorized")
        if _key(session.grant) != user_key:
            raise AccessRefused("The session was begun for another user")
        self._tokens.keep(self._wanted(session, provider), session.granted)
        self._store.forget_sealed(Sealed.SESSION, uri)

    async def _exchanged(self, session: Session, provider: Provider, code: str) -> Granted | None:
        form = (
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", callback_url(self._cloud, provider.callback_id)),
            ("code_verifier", session.verifier),
        )
        try:
            return await self._tokens.ask(provider, form)
        except AgentCoreError:
            return None

    def _wanted(self, session: Session, provider: Provider) -> Wanted:
        return Wanted(
            provider,
            session.grant,
            FEDERATION,
            session.scopes,
            session.resources,
            session.audiences,
            session.parameters,
        )

    def _told(self, session: Session) -> JsonObject:
        if session.failed:
            return {"sessionUri": session.uri, "sessionStatus": "FAILED"}
        query = urlencode({"request_uri": session.uri})
        return {
            "authorizationUrl": f"{origin(self._cloud)}{AUTHORIZE_PATH}?{query}",
            "sessionUri": session.uri,
            "sessionStatus": "IN_PROGRESS",
        }

    def _find(self, uri: str) -> Session | None:
        content = self._store.sealed(Sealed.SESSION, uri, self._now_s())
        return None if content is None else _SESSION.validate_python(content)

    def _provider(self, session: Session | None) -> Provider | None:
        return None if session is None else self._store.oauth2.get(session.provider)

    def _put(self, session: Session) -> None:
        self._store.put_sealed(
            Sealed.SESSION,
            session.uri,
            _SESSION.dump_python(session, mode="json"),
            provider=session.provider,
            workload=session.grant.workload,
            expires_s=session.expires_s,
        )


def _key(grant: Grant) -> str | None:
    return grant.user.key if grant.user else None


def _onward(session: Session) -> str:
    query = {"session_id": session.uri}
    if session.custom_state is not None:
        query["state"] = session.custom_state
    joint = "&" if "?" in session.return_url else "?"
    return f"{session.return_url}{joint}{urlencode(query)}"
