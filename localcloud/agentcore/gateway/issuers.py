"""Identity providers: their discovery documents and signing keys, read over the network and kept.

Bounds: documents are kept for an hour; a key id that is not among the keys makes us read them
again, though not more often than every half minute; a provider that did not answer is left alone
for ten seconds. So a flood of tokens cannot become a flood of requests to the provider.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet
from pydantic_core import from_json

from localcloud.cloud import Cloud, CloudError

TTL_S: Final = 3600.0
REREAD_S: Final = 30.0
PAUSE_S: Final = 10.0
TIMEOUT_S: Final = 10.0
MAX_PROVIDERS: Final = 256


class ProviderUnavailable(Exception):
    """The discovery document or the keys cannot be read."""

    code = "ProviderUnavailable"


@dataclass(frozen=True)
class Provider:
    """What is known of one provider. `read_s` is in seconds since the Unix epoch."""

    issuer: str
    keys: KeySet
    read_s: float

    def key(self, key_id: str | None) -> Key | None:
        """Return a key by id. A token without an id is matched only where there is one key."""
        if key_id is None:
            return self.keys.keys[0] if len(self.keys.keys) == 1 else None
        return next((key for key in self.keys.keys if key.kid == key_id), None)


class Issuers:
    """Reads and keeps providers, by discovery URL."""

    def __init__(self, cloud: Cloud, now_s: Callable[[], float]) -> None:
        """Take the cloud to send through and a clock in seconds since the Unix epoch."""
        self._cloud = cloud
        self._now_s = now_s
        self._providers: dict[str, Provider] = {}
        self._failed_s: dict[str, float] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def find(self, discovery_url: str, key_id: str | None) -> tuple[str, Key | None]:
        """Return the provider's issuer and the key of this id, None if it has none.

        Raises:
            ProviderUnavailable: the documents cannot be read.
        """
        provider = self._providers.get(discovery_url)
        if not self._serves(provider, key_id):
            self._forget_some()
            async with self._locks.setdefault(discovery_url, asyncio.Lock()):
                provider = self._providers.get(discovery_url)
                if provider is None or not self._serves(provider, key_id):
                    provider = await self._read(discovery_url)
        if provider is None:
            raise ProviderUnavailable(f"{discovery_url} cannot be read")
        return provider.issuer, provider.key(key_id)

    def read_s(self, discovery_url: str) -> float | None:
        """Return when the documents that are kept were read, or None if they no longer count."""
        provider = self._providers.get(discovery_url)
        if provider is None or self._now_s() - provider.read_s >= TTL_S:
            return None
        return provider.read_s

    def _serves(self, provider: Provider | None, key_id: str | None) -> bool:
        """Tell whether what is kept will do: fresh, and with the key or too young to ask again."""
        if provider is None:
            return False
        age_s = self._now_s() - provider.read_s
        return age_s < REREAD_S or (age_s < TTL_S and provider.key(key_id) is not None)

    async def _read(self, discovery_url: str) -> Provider:
        failed_s = self._failed_s.get(discovery_url)
        if failed_s is not None and self._now_s() - failed_s < PAUSE_S:
            raise ProviderUnavailable(f"{discovery_url} did not answer a moment ago")
        try:
            provider = await self._documents(discovery_url)
        except ProviderUnavailable:
            self._failed_s[discovery_url] = self._now_s()
            raise
        self._failed_s.pop(discovery_url, None)
        self._providers[discovery_url] = provider
        return provider

    async def _documents(self, discovery_url: str) -> Provider:
        discovery = await self._get(discovery_url)
        jwks_uri, issuer = discovery.get("jwks_uri"), discovery.get("issuer")
        if not isinstance(jwks_uri, str) or not isinstance(issuer, str):
            raise ProviderUnavailable(f"{discovery_url} is no discovery document")
        return Provider(issuer, _key_set(await self._get(jwks_uri)), self._now_s())

    async def _get(self, url: str) -> dict[str, Any]:
        try:
            response = await self._cloud.send(
                "GET", url, headers={"accept": "application/json"}, timeout_s=TIMEOUT_S
            )
            document = from_json(response.body) if response.status == HTTPStatus.OK else None
        except (CloudError, ValueError) as error:
            raise ProviderUnavailable(f"{url} cannot be read") from error
        if not isinstance(document, dict):
            raise ProviderUnavailable(f"{url} answers {response.status} and no JSON object")
        return document

    def _forget_some(self) -> None:
        if len(self._locks) >= MAX_PROVIDERS:
            self._providers.clear()
            self._failed_s.clear()
            self._locks = {url: lock for url, lock in self._locks.items() if lock.locked()}


def _key_set(document: dict[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set({"keys": list(document["keys"])})
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise ProviderUnavailable("the keys cannot be read") from error
