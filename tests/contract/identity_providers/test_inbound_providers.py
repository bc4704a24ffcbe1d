"""Tokens of four identity providers at a gateway, each signed with real keys of the provider's."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from identity_providers import InboundProvider, auth0, cognito, entra_id, okta
from identity_providers.__main__ import main
from tests.contract.agentcore_gateway.world import LIST_PETS, NOW, World
from tests.support.identity_provider import IdentityProvider, SigningKey, ec_key, rsa_key

DIRECTORY_ID = "7d1c0f54-3a8e-4f51-9d0e-2b6f5b6c9a10"
API = "3f2a9c1e-api"
HOUR_ON = int(NOW.timestamp()) + 7200
REREAD = timedelta(seconds=31)


@dataclass
class Case:
    """One provider: its preset, its issuer, and what its access tokens look like."""

    preset: InboundProvider
    issuer: str
    claims: dict[str, Any]
    foreign: dict[str, Any]
    key: Callable[[str], SigningKey] = rsa_key
    tenant: str = "acme"
    roles: tuple[str, ...] = ("support",)
    provider: IdentityProvider = field(init=False)

    def __post_init__(self) -> None:
        self.provider = IdentityProvider(
            self.issuer, [self.key("first")], self.preset.discovery_url
        )

    def token(self, **changes: Any) -> str:  # noqa: ANN401 - JSON
        """Return an access token as the provider makes them."""
        return self.provider.token(**self.claims | {"exp": HOUR_ON} | changes)


def cases() -> dict[str, Callable[[], Case]]:
    pool = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool"
    server = "https://acme.okta.com/oauth2/default"
    directory = f"https://login.microsoftonline.com/{DIRECTORY_ID}/v2.0"
    space = "https://acme.example"
    return {
        "cognito": lambda: Case(
            cognito("eu-west-1", "eu-west-1_Pool", clients=("web",)),
            pool,
            {
                "client_id": "web",
                "token_use": "access",
                "tenant_id": "acme",
                "cognito:groups": ["support"],
            },
            {"client_id": "another"},
        ),
        "okta": lambda: Case(
            okta("acme.okta.com", audiences=("api://pets",), scopes=("pets.read",)),
            server,
            {
                "aud": "api://pets",
                "cid": "0oa1",
                "scp": ["pets.read", "offline_access"],
                "tenant_id": "acme",
                "groups": ["support"],
            },
            {"aud": "api://other"},
        ),
        "entra-id": lambda: Case(
            entra_id(DIRECTORY_ID, audiences=(API,)),
            directory,
            {"aud": API, "azp": "client", "ver": "2.0", "tid": DIRECTORY_ID, "roles": ["support"]},
            {"iss": f"https://sts.windows.net/{DIRECTORY_ID}/", "ver": "1.0"},
            tenant=DIRECTORY_ID,
        ),
        "auth0": lambda: Case(
            auth0("acme.eu.auth0.com", audiences=("https://api.pets",), namespace=space),
            "https://acme.eu.auth0.com/",
            {
                "aud": ["https://api.pets", "https://acme.eu.auth0.com/userinfo"],
                "azp": "client",
                f"{space}/tenant": "acme",
                f"{space}/roles": "support",
            },
            {"aud": ["https://acme.eu.auth0.com/userinfo"]},
            key=ec_key,
        ),
    }


@pytest.fixture(params=sorted(cases()))
def case(request: pytest.FixtureRequest) -> Case:
    return cases()[request.param]()


@pytest.fixture
def gate(case: Case) -> World:
    """Return a gateway that takes the provider's tokens."""
    world = World()
    world.gateway(authorizerType="CUSTOM_JWT", authorizerConfiguration=case.preset.authorizer())
    world.target(LIST_PETS)
    case.provider.join(world.cloud)
    return world


async def status(world: World, token: str) -> int:
    return (await world.rpc("tools/list", token=token)).status


async def test_a_token_of_the_provider_passes_and_says_tenant_and_role(
    case: Case, gate: World
) -> None:
    assert await status(gate, case.token()) == 200
    assert case.preset.tenant(case.claims) == case.tenant
    assert case.preset.roles(case.claims) == case.roles


async def test_a_token_for_somebody_else_is_refused(case: Case, gate: World) -> None:
    assert await status(gate, case.token(**case.foreign)) == 401
    assert await status(gate, case.token(iss="https://evil.example.com")) == 401
    assert await status(gate, case.token(exp=int(NOW.timestamp()))) == 401


async def test_a_key_that_comes_is_fetched_and_one_that_goes_is_refused(
    case: Case, gate: World
) -> None:
    old = case.token()
    assert await status(gate, old) == 200
    case.provider.keys = [case.key("second")]
    case.provider.join(gate.cloud)
    gate.now += REREAD
    assert await status(gate, case.token()) == 200
    assert await status(gate, old) == 401
    assert case.provider.asked(gate.cloud) == 2


async def test_during_a_rotation_both_keys_count(case: Case, gate: World) -> None:
    old = case.token()
    assert await status(gate, old) == 200
    case.provider.keys = [case.key("second"), *case.provider.keys]
    case.provider.join(gate.cloud)
    gate.now += REREAD
    assert [await status(gate, token) for token in (case.token(), old)] == [200, 200]


async def test_a_key_that_goes_is_noticed_within_the_hour_without_a_new_one_in_use(
    case: Case, gate: World
) -> None:
    token = case.token()
    assert await status(gate, token) == 200
    case.provider.keys = [case.key("second")]
    case.provider.join(gate.cloud)
    gate.now += timedelta(minutes=59)
    assert await status(gate, token) == 200
    gate.now += timedelta(minutes=1)
    assert await status(gate, token) == 401


@pytest.mark.fidelity("gateway.auth-keys")
async def test_a_flood_of_unknown_keys_is_no_flood_at_the_provider(case: Case, gate: World) -> None:
    assert await status(gate, case.token()) == 200
    forged = [
        case.provider.token(**case.claims, exp=HOUR_ON, key=ec_key(f"k{n}")) for n in range(50)
    ]
    gate.now += REREAD
    assert {await status(gate, token) for token in forged} == {401}
    assert case.provider.asked(gate.cloud) == 2
    assert await status(gate, case.token()) == 200


@pytest.mark.parametrize("case", ["okta"], indirect=True)
async def test_a_token_of_okta_without_the_scope_is_one_with_too_little(
    case: Case, gate: World
) -> None:
    response = await gate.rpc("tools/list", token=case.token(scp=["offline_access"]))
    assert response.status == 403
    assert 'scope="pets.read"' in response.headers["www-authenticate"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ("okta", "--domain", "acme.okta.com", "--audience", "api://pets"),
            {
                "DiscoveryUrl": "https://acme.okta.com/oauth2/default/.well-known/openid-configuration",
                "AllowedAudience": ["api://pets"],
            },
        ),
        (
            ("cognito", "--region", "r", "--user-pool-id", "p", "--client", "a", "--client", "b"),
            {
                "DiscoveryUrl": "https://cognito-idp.r.amazonaws.com/p/.well-known/openid-configuration",
                "AllowedClients": ["a", "b"],
            },
        ),
    ],
)
def test_a_template_author_gets_it_in_the_templates_words(
    arguments: tuple[str, ...], expected: dict[str, Any]
) -> None:
    printed = json.loads(main(arguments))
    assert printed == {"AuthorizerConfiguration": {"CustomJWTAuthorizer": expected}}


@pytest.mark.parametrize("kind", ["entra-id", "auth0"])
def test_the_other_two_are_printed_too(kind: str) -> None:
    own = {"entra-id": ("--directory-id", DIRECTORY_ID), "auth0": ("--domain", "acme.auth0.com")}
    printed = json.loads(main((kind, *own[kind], "--audience", API)))
    rules = printed["AuthorizerConfiguration"]["CustomJWTAuthorizer"]
    assert rules["AllowedAudience"] == [API]


def test_what_would_let_in_everybody_is_refused() -> None:
    with pytest.raises(ValueError, match="one of audiences"):
        okta("acme.okta.com", audiences=())
    with pytest.raises(ValueError, match="name a directory"):
        entra_id("common", audiences=(API,))


@pytest.mark.parametrize("value", [None, 7, ["a", 7, ""], {"a": 1}, ""])
def test_claims_of_another_shape_name_no_tenant_and_no_role(value: object) -> None:
    preset = okta("acme.okta.com", audiences=(API,))
    assert preset.tenant({"tenant_id": value}) is None
    assert preset.roles({"groups": value}) == (("a",) if isinstance(value, list) else ())
