from datetime import timedelta

import pytest

from tests.support.identity_plane import IdentityLaptop
from tests.support.identity_provider import IdentityProvider, rsa_key
from tests.support.memory_plane import OCCURRED, Client

MINUTE = timedelta(minutes=1)
HOUR_ON = int(OCCURRED.timestamp()) + 3600


@pytest.fixture
def provider(laptop: IdentityLaptop) -> IdentityProvider:
    provider = IdentityProvider("https://people.example.com")
    provider.join(laptop.cloud)
    return provider


def key(data: Client, token: str) -> str:
    reply = data.get_resource_api_key(
        workloadIdentityToken=token, resourceCredentialProviderName="weather"
    )
    answer: str = reply["apiKey"]
    return answer


def for_jwt(data: Client, user_token: str) -> str:
    reply = data.get_workload_access_token_for_jwt(workloadName="desk", userToken=user_token)
    answer: str = reply["workloadAccessToken"]
    return answer


@pytest.mark.fidelity("identity.token.lifetime")
def test_a_workload_token_says_nothing_and_lives_for_a_quarter_of_an_hour(
    laptop: IdentityLaptop, data: Client, token: str
) -> None:
    other = data.get_workload_access_token_for_user_id(workloadName="desk", userId="ann")
    assert other["workloadAccessToken"] != token
    assert not any(word in token for word in ("desk", "ann", "."))
    laptop.clock.pass_by(14 * MINUTE)
    assert key(data, token)
    laptop.clock.pass_by(MINUTE)
    with pytest.raises(data.exceptions.AccessDeniedException, match="invalid or has expired"):
        key(data, token)


@pytest.mark.parametrize(
    "change", [lambda token: token[:-8], lambda token: "A" + token[1:], str.upper]
)
def test_a_token_that_was_changed_is_refused(data: Client, token: str, change: object) -> None:
    assert callable(change)
    with pytest.raises(data.exceptions.AccessDeniedException):
        key(data, change(token))


def test_a_token_ends_with_its_workload_identity_even_if_one_of_that_name_comes_back(
    laptop: IdentityLaptop, control: Client, data: Client, token: str
) -> None:
    control.delete_workload_identity(name="desk")
    with pytest.raises(data.exceptions.AccessDeniedException):
        key(data, token)
    laptop.clock.pass_by(MINUTE)
    control.create_workload_identity(name="desk")
    with pytest.raises(data.exceptions.AccessDeniedException):
        key(data, token)


def test_there_is_no_token_for_a_workload_that_is_not_there(data: Client) -> None:
    with pytest.raises(data.exceptions.ResourceNotFoundException):
        data.get_workload_access_token(workloadName="nobody")


@pytest.mark.fidelity("identity.token.for-jwt")
def test_a_users_token_is_verified_with_its_issuer(
    data: Client, desk: str, provider: IdentityProvider
) -> None:
    assert key(data, for_jwt(data, provider.token(exp=HOUR_ON)))


@pytest.mark.fidelity("identity.token.for-jwt")
def test_a_users_token_that_is_not_in_force_or_forged_is_refused(
    data: Client, desk: str, provider: IdentityProvider
) -> None:
    foreign = IdentityProvider("https://unknown.example.com")
    plain = IdentityProvider("http://people.example.com")
    stranger = rsa_key("k1")
    tokens = {
        "expired": provider.token(exp=HOUR_ON - 3600),
        "without an end": provider.token(),
        "forged": provider.token(exp=HOUR_ON, key=stranger),
        "of an issuer nobody can ask": foreign.token(exp=HOUR_ON),
        "of an issuer without TLS": plain.token(exp=HOUR_ON),
        "without a subject": provider.token(exp=HOUR_ON, sub=None),
        "not a token": "a.b.c",
    }
    passed = []
    for what, user_token in tokens.items():
        try:
            for_jwt(data, user_token)
        except data.exceptions.AccessDeniedException as refusal:
            assert user_token not in str(refusal)
        else:
            passed.append(what)
    assert passed == []


def test_a_workload_token_ends_with_the_users(
    laptop: IdentityLaptop, data: Client, desk: str, provider: IdentityProvider
) -> None:
    token = for_jwt(data, provider.token(exp=int(OCCURRED.timestamp()) + 120))
    laptop.clock.pass_by(MINUTE)
    assert key(data, token)
    laptop.clock.pass_by(MINUTE)
    with pytest.raises(data.exceptions.AccessDeniedException):
        key(data, token)
