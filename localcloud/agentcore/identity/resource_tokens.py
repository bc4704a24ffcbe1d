"""Access tokens for resources: kept while they live, renewed, or asked for by one of the flows.

Sources: RFC 6749 (client credentials, refresh), RFC 8693 (token exchange), RFC 7523 (JWT as
authorization grant), RFC 8707 (resource). `requested_token_use` is Microsoft's name for acting on
behalf of a user. How long before its end a token is no longer given out is ours (claim
`identity.token.cache`).
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from weakref import WeakValueDictionary

from localcloud.agentcore.errors import ValidationFailed
from localcloud.agentcore.identity.errors import OauthRefused
from localcloud.agentcore.identity.model import Provider
from localcloud.agentcore.identity.oauth_client import Form, Granted, OauthClient
from localcloud.agentcore.identity.secret_source import SecretSource
from localcloud.agentcore.identity.store import IdentityStore, Sealed
from localcloud.agentcore.identity.workload_tokens import Grant
from localcloud.agentcore.model import JsonObject

SLACK_S: Final = 60.0
"""A token is not given out in the last minute of its life, if it lives longer than two."""

REFRESHABLE_S: Final = 30 * 24 * 3600.0
"""How long a token that can be refreshed is kept after it has ended."""

UNSAID_S: Final = 3600.0
"""How long a user's token is kept that does not say how long it lives, as GitHub's."""

FEDERATION: Final = "USER_FEDERATION"
EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
ASSERTION: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a name


@dataclass(frozen=True)
class Wanted:
    """A token that is wanted: from whom, what for, and for whom."""

    provider: Provider
    grant: Grant
    flow: str
    scopes: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """Return what the token is kept under: nobody else's wish has it."""
        user = self.grant.user.key if self.grant.user and self.flow != "M2M" else None
        workload = [self.grant.workload, self.grant.workload_made]
        wishes = [sorted(self.scopes), self.resources, self.audiences, self.parameters]
        return json.dumps([self.flow, workload, user, self.provider.name, *wishes])

    @property
    def form(self) -> Form:
        """Return the parameters that all flows have in common."""
        scope = (("scope", " ".join(self.scopes)),) if self.scopes else ()
        resources = tuple(("resource", value) for value in self.resources)
        audiences = tuple(("audience", value) for value in self.audiences)
        return (*scope, *resources, *audiences, *self.parameters)


class ResourceTokens:
    """Gives out tokens."""

    def __init__(
        self,
        store: IdentityStore,
        secrets: SecretSource,
        client: OauthClient,
        now_s: Callable[[], float],
    ) -> None:
        """Take where tokens and secrets are, and a clock in seconds since the Unix epoch."""
        self._store = store
        self._secrets = secrets
        self._client = client
        self._now_s = now_s
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def kept(self, wanted: Wanted) -> str | None:
        """Return a token that is in force, renewed if it can be, or None."""
        async with self._lock(wanted.key):
            return await self._kept(wanted)

    async def obtained(self, wanted: Wanted, *, fresh: bool = False) -> str:
        """Return a token of a flow that needs no person. `fresh` takes none that is kept.

        Raises:
            ValidationFailed: the provider or the workload token does not go with the flow, or the
                authorization server gives no token.
        """
        async with self._lock(wanted.key):
            token = None if fresh else await self._kept(wanted)
            if token is not None:
                return token
            form = await self._grant_form(wanted)
            return self.keep(wanted, await self.ask(wanted.provider, (*form, *wanted.form)))

    async def ask(self, provider: Provider, form: Form) -> Granted:
        """Ask the provider's token endpoint, as its client.

        Raises:
            ValidationFailed: it gives no token.
        """
        secret = await self._secrets.read(provider)
        try:
            return await self._client.token(provider, secret, form)
        except OauthRefused as error:
            raise ValidationFailed(str(error)) from error

    def keep(self, wanted: Wanted, granted: Granted) -> str:
        """Keep what was granted, and return the token.

        One that does not say how long it lives is kept if a person would have to be asked again.
        """
        now_s = self._now_s()
        self._store.forget_expired(now_s)
        lifetime_s = granted.expires_in_s
        if lifetime_s is None:
            if wanted.flow != FEDERATION:
                return granted.access_token
            lifetime_s = UNSAID_S
        slack_s = SLACK_S if lifetime_s > 2 * SLACK_S else 0.0
        expires_s = now_s + lifetime_s - slack_s
        content = {
            "access_token": granted.access_token,
            "expires_s": expires_s,
            "refresh_token": granted.refresh_token,
        }
        self._store.put_sealed(
            Sealed.TOKEN,
            wanted.key,
            content,
            provider=wanted.provider.name,
            workload=wanted.grant.workload,
            expires_s=expires_s + (REFRESHABLE_S if granted.refresh_token else 0.0),
        )
        return granted.access_token

    async def _kept(self, wanted: Wanted) -> str | None:
        content = self._store.sealed(Sealed.TOKEN, wanted.key, self._now_s())
        if content is None:
            return None
        if self._now_s() < content["expires_s"]:
            return str(content["access_token"])
        return await self._refreshed(wanted, content)

    async def _refreshed(self, wanted: Wanted, content: JsonObject) -> str | None:
        refresh_token = content["refresh_token"]
        form = (("grant_type", "refresh_token"), ("refresh_token", refresh_token))
        try:
            granted = await self.ask(wanted.provider, form)
        except ValidationFailed:
            self._store.forget_sealed(Sealed.TOKEN, wanted.key)  # withdrawn: ask the user again
            return None
        renewed = granted.refresh_token or refresh_token
        return self.keep(wanted, Granted(granted.access_token, granted.expires_in_s, renewed))

    async def _grant_form(self, wanted: Wanted) -> Form:
        if wanted.flow == "M2M":
            return (("grant_type", "client_credentials"),)
        exchange = wanted.provider.config.get("onBehalfOfTokenExchangeConfig")
        if exchange is None:
            raise ValidationFailed(
                f"Credential provider {wanted.provider.name} has no onBehalfOfTokenExchangeConfig"
            )
        user = wanted.grant.user
        if user is None or user.token is None:
            raise ValidationFailed("The workload access token was not made for a user's JWT")
        if exchange["grantType"] == "JWT_AUTHORIZATION_GRANT":
            return (
                ("grant_type", ASSERTION),
                ("assertion", user.token),
                ("requested_token_use", "on_behalf_of"),
            )
        subject = (("subject_token", user.token), ("subject_token_type", ACCESS_TOKEN))
        return (("grant_type", EXCHANGE), *subject, *await self._actor(wanted, exchange))

    async def _actor(self, wanted: Wanted, exchange: JsonObject) -> Form:
        config = exchange.get("tokenExchangeGrantTypeConfig") or {}
        if config.get("actorTokenContent", "NONE") != "M2M":
            return ()
        scopes = tuple(config.get("actorTokenScopes") or ())
        own = Wanted(wanted.provider, wanted.grant, "M2M", scopes)
        actor = await self.obtained(own)
        return (("actor_token", actor), ("actor_token_type", ACCESS_TOKEN))

    def _lock(self, key: str) -> asyncio.Lock:
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock
