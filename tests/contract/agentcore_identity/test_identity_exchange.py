from typing import Any

import pytest

from tests.support.identity_plane import IdentityLaptop, custom
from tests.support.identity_provider import IdentityProvider
from tests.support.memory_plane import OCCURRED, Client
from tests.support.oauth_server import ASSERTION, EXCHANGE

HOUR_ON = int(OCCURRED.timestamp()) + 3600
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


@pytest.fixture
def people(laptop: IdentityLaptop) -> IdentityProvider:
    provider = IdentityProvider("https://people.example.com")
    provider.join(laptop.cloud)
    return provider


def exchanged(control: Client, data: Client, user_token: str, config: dict[str, Any]) -> str:
    """Exchange a user's token with a provider that is configured so."""
    control.update_oauth2_credential_provider(
        name="crm",
        credentialProviderVendor="CustomOauth2",
        oauth2ProviderConfigInput=custom(onBehalfOfTokenExchangeConfig=config),
    )
    return again(data, user_token)


def again(data: Client, user_token: str) -> str:
    token = data.get_workload_access_token_for_jwt(workloadName="desk", userToken=user_token)
    answer: str = data.get_resource_oauth2_token(
        workloadIdentityToken=token["workloadAccessToken"],
        resourceCredentialProviderName="crm",
        scopes=["crm.read"],
        audiences=["https://crm.example.com"],
        oauth2Flow="ON_BEHALF_OF_TOKEN_EXCHANGE",
    )["accessToken"]
    return answer


@pytest.mark.fidelity("identity.exchange")
def test_a_users_token_is_exchanged_by_rfc_8693(
    laptop: IdentityLaptop, control: Client, data: Client, desk: str, people: IdentityProvider
) -> None:
    ann = people.token(exp=HOUR_ON)
    assert exchanged(control, data, ann, {"grantType": "TOKEN_EXCHANGE"}) == "access-1"
    assert laptop.server.forms == [
        {
            "grant_type": EXCHANGE,
            "subject_token": ann,
            "subject_token_type": ACCESS_TOKEN,
            "scope": "crm.read",
            "audience": "https://crm.example.com",
        }
    ]
    assert again(data, ann) == "access-1"
    assert again(data, people.token(exp=HOUR_ON, sub="bob")) == "access-2"


@pytest.mark.fidelity("identity.exchange")
def test_the_actor_is_the_workload_with_a_token_of_its_own(
    laptop: IdentityLaptop, control: Client, data: Client, desk: str, people: IdentityProvider
) -> None:
    config = {
        "grantType": "TOKEN_EXCHANGE",
        "tokenExchangeGrantTypeConfig": {
            "actorTokenContent": "M2M",
            "actorTokenScopes": ["act"],
        },
    }
    assert exchanged(control, data, people.token(exp=HOUR_ON), config) == "access-2"
    own, exchange = laptop.server.forms
    assert own == {"grant_type": "client_credentials", "scope": "act"}
    assert (exchange["actor_token"], exchange["actor_token_type"]) == ("access-1", ACCESS_TOKEN)


@pytest.mark.fidelity("identity.exchange")
def test_a_users_token_is_an_assertion_by_rfc_7523(
    laptop: IdentityLaptop, control: Client, data: Client, desk: str, people: IdentityProvider
) -> None:
    ann = people.token(exp=HOUR_ON)
    assert exchanged(control, data, ann, {"grantType": "JWT_AUTHORIZATION_GRANT"}) == "access-1"
    form = laptop.server.forms[0]
    assert (form["grant_type"], form["assertion"]) == (ASSERTION, ann)
    assert form["requested_token_use"] == "on_behalf_of"


def test_nothing_is_exchanged_without_a_users_token_or_a_configuration(
    data: Client, control: Client, token: str, people: IdentityProvider
) -> None:
    with pytest.raises(data.exceptions.ValidationException, match="onBehalfOf"):
        again(data, people.token(exp=HOUR_ON))
    config = {"onBehalfOfTokenExchangeConfig": {"grantType": "TOKEN_EXCHANGE"}}
    control.update_oauth2_credential_provider(
        name="crm",
        credentialProviderVendor="CustomOauth2",
        oauth2ProviderConfigInput=custom(**config),
    )
    with pytest.raises(data.exceptions.ValidationException, match="not made for a user's JWT"):
        data.get_resource_oauth2_token(
            workloadIdentityToken=token,
            resourceCredentialProviderName="crm",
            scopes=[],
            oauth2Flow="ON_BEHALF_OF_TOKEN_EXCHANGE",
        )
