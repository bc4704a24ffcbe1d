import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from localcloud.agentcore.identity.model import Kind, Provider, SecretReference, Source
from localcloud.agentcore.identity.oauth_client import OauthClient
from localcloud.agentcore.identity.resource_tokens import ResourceTokens, Wanted
from localcloud.agentcore.identity.seal import Seal
from localcloud.agentcore.identity.secret_source import SecretSource
from localcloud.agentcore.identity.store import IdentityStore
from localcloud.agentcore.identity.users import user_of
from localcloud.agentcore.identity.workload_tokens import Grant, User
from localcloud.cloud import Response
from tests.support.fake_cloud import FakeCloud
from tests.support.identity_plane import custom
from tests.support.identity_provider import IdentityProvider
from tests.support.memory_plane import OCCURRED
from tests.support.oauth_server import OauthServer

NAMES = st.sampled_from(["a", "b", 'a", "b', "a b", ""])
WORDS = st.lists(NAMES, max_size=2).map(tuple)


def provider(name: str = "crm") -> Provider:
    (config,) = custom().values()
    secret = SecretReference(f"arn:{name}", Source.MANAGED)
    return Provider(Kind.OAUTH2, name, secret, OCCURRED, OCCURRED, "CustomOauth2", config)


@dataclass(frozen=True)
class Wish:
    """What tells one token from another."""

    workload: str
    user: str
    provider: str
    scopes: tuple[str, ...]
    audiences: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return what its token is kept under."""
        grant = Grant(self.workload, "made", 0, User(self.user))
        flow = "USER_FEDERATION"
        wanted = Wanted(provider(self.provider), grant, flow, self.scopes, audiences=self.audiences)
        return wanted.key


WISHES = st.builds(Wish, NAMES, NAMES, NAMES, WORDS, WORDS)


@given(WISHES, WISHES)
def test_two_wishes_share_a_token_only_if_they_are_the_same(one: Wish, other: Wish) -> None:
    def told(wish: Wish) -> tuple[object, ...]:
        who = (wish.workload, wish.user, wish.provider)
        return (*who, sorted(wish.scopes), wish.audiences)

    assert (one.key == other.key) is (told(one) == told(other))


def test_a_user_is_an_issuer_and_a_subject_together() -> None:
    first, second = IdentityProvider("https://a.example"), IdentityProvider("https://b.example")
    keys = {
        user_of(one.token(sub=subject, exp=1)).key
        for one in (first, second)
        for subject in ("ann", "bob")
    }
    assert len(keys) == 4


class SlowCloud(FakeCloud):
    """A cloud that lets others go on before it answers."""

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,  # noqa: ANN401 - as it is
    ) -> Response:
        await asyncio.sleep(0)
        return await super().send(method, url, headers=headers, **more)


async def test_many_who_want_one_token_at_once_ask_for_it_once() -> None:
    cloud, server = SlowCloud(), OauthServer()
    server.join(cloud)
    with closing(sqlite3.connect(":memory:")) as database:
        store = IdentityStore(database, Seal(b"k" * 32))
        secrets = SecretSource(store, cloud)
        client = OauthClient(cloud, lambda: 0.0)
        tokens = ResourceTokens(store, secrets, client, lambda: 0.0)
        reference = secrets.keep(
            Kind.OAUTH2, "crm", custom()["customOauth2ProviderConfig"]["clientSecret"], "abcdef"
        )
        (config,) = custom().values()
        one = Provider(Kind.OAUTH2, "crm", reference, OCCURRED, OCCURRED, "CustomOauth2", config)
        wanted = Wanted(one, Grant("desk", "made", 0), "M2M")
        got = await asyncio.gather(*(tokens.obtained(wanted) for _ in range(32)))
    assert set(got) == {"access-1"}
    assert server.issued == 1
