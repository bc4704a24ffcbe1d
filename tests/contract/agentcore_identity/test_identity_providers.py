from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.agentcore.identity.vendors import VENDORS, config_member
from localcloud.agentcore.wire.operations import CONTROL, service_model
from tests.support.identity_plane import API_KEY, SECRETS, VAULT, IdentityLaptop, custom
from tests.support.memory_plane import Client
from tests.support.oauth_server import CLIENT_ID, DISCOVERY, ISSUER, TOKEN_URL

CLIENT = {"clientId": CLIENT_ID, "clientSecret": "secret"}
NEED_AN_ISSUER = {
    "OktaOauth2",
    "OneLoginOauth2",
    "PingOneOauth2",
    "CyberArkOauth2",
    "FusionAuthOauth2",
    "Auth0Oauth2",
    "CognitoOauth2",
}


def vendors() -> list[str]:
    shape: Any = service_model(CONTROL).shape_for("CredentialProviderVendorType")
    return list(shape.enum)


def made(control: Client, vendor: str, **config: str) -> dict[str, Any]:
    """Create a provider of a vendor; return what is shown of its configuration."""
    member = config_member(vendor)
    reply = control.create_oauth2_credential_provider(
        name=f"{vendor}-{len(config)}",
        credentialProviderVendor=vendor,
        oauth2ProviderConfigInput={member: CLIENT | config},
    )
    shown: dict[str, Any] = reply["oauth2ProviderConfigOutput"][member]
    return shown


@pytest.mark.fidelity("identity.arns")
@pytest.mark.fidelity("identity.provider.secret")
def test_a_reply_has_the_secrets_arn_and_not_the_secret(control: Client, desk: str) -> None:
    key = control.get_api_key_credential_provider(name="weather")
    assert key["credentialProviderArn"] == f"{VAULT}/apikeycredentialprovider/weather"
    assert key["apiKeySecretArn"]["secretArn"].startswith(f"{SECRETS}/apikey/weather-")
    assert key["apiKeySecretSource"] == "MANAGED"
    client = control.get_oauth2_credential_provider(name="crm")
    assert client["credentialProviderArn"] == f"{VAULT}/oauth2credentialprovider/crm"
    assert client["clientSecretArn"]["secretArn"].startswith(f"{SECRETS}/oauth2/crm-")
    assert client["oauth2ProviderConfigOutput"] == {
        "customOauth2ProviderConfig": {
            "oauthDiscovery": {"discoveryUrl": DISCOVERY},
            "clientId": CLIENT_ID,
        }
    }


@pytest.mark.fidelity("identity.provider.conflict")
def test_a_name_of_a_kind_is_taken_once(control: Client, desk: str) -> None:
    with pytest.raises(control.exceptions.ConflictException, match="already exists"):
        control.create_api_key_credential_provider(name="weather", apiKey="other")
    with pytest.raises(control.exceptions.ConflictException, match="already exists"):
        made(control, "GoogleOauth2")
        made(control, "GoogleOauth2")
    control.create_api_key_credential_provider(name="crm", apiKey="of another kind")


def test_a_provider_that_is_deleted_is_gone(control: Client, data: Client, token: str) -> None:
    control.delete_api_key_credential_provider(name="weather")
    control.delete_oauth2_credential_provider(name="crm")
    for call in (
        control.get_api_key_credential_provider,
        control.delete_api_key_credential_provider,
    ):
        with pytest.raises(control.exceptions.ResourceNotFoundException):
            call(name="weather")
    assert control.list_api_key_credential_providers()["credentialProviders"] == []
    assert control.list_oauth2_credential_providers()["credentialProviders"] == []
    with pytest.raises(data.exceptions.ResourceNotFoundException):
        data.get_resource_api_key(
            workloadIdentityToken=token, resourceCredentialProviderName="weather"
        )


def test_a_key_that_is_changed_is_the_one_given_out(
    control: Client, data: Client, token: str
) -> None:
    before = control.get_api_key_credential_provider(name="weather")
    after = control.update_api_key_credential_provider(name="weather", apiKey="the next")
    assert after["apiKeySecretArn"] == before["apiKeySecretArn"]
    reply = data.get_resource_api_key(
        workloadIdentityToken=token, resourceCredentialProviderName="weather"
    )
    assert reply["apiKey"] == "the next"


def test_providers_are_tagged_and_listed_by_name(control: Client) -> None:
    for name in ("b", "a", "c"):
        control.create_api_key_credential_provider(name=name, apiKey="k", tags={"of": name})
    first = control.list_api_key_credential_providers(maxResults=2)
    rest = control.list_api_key_credential_providers(nextToken=first["nextToken"])
    listed = [*first["credentialProviders"], *rest["credentialProviders"]]
    assert [one["name"] for one in listed] == ["a", "b", "c"]
    arn = listed[1]["credentialProviderArn"]
    control.tag_resource(resourceArn=arn, tags={"team": "crm"})
    assert control.list_tags_for_resource(resourceArn=arn)["tags"] == {"of": "b", "team": "crm"}


@pytest.mark.fidelity("identity.oauth2.ready")
def test_a_provider_is_ready_at_once_and_has_a_callback_url_that_stays(control: Client) -> None:
    wanted = {"name": "crm", "credentialProviderVendor": "CustomOauth2"}
    first = control.create_oauth2_credential_provider(**wanted, oauth2ProviderConfigInput=custom())
    assert (first["status"], first["ResponseMetadata"]["HTTPStatusCode"]) == ("READY", 201)
    origin = "https://bedrock-agentcore.us-east-1.amazonaws.com/identities/oauth2/callback/"
    assert first["callbackUrl"].startswith(origin)
    changed = control.update_oauth2_credential_provider(
        **wanted, oauth2ProviderConfigInput=custom(clientId="another")
    )
    assert changed["callbackUrl"] == first["callbackUrl"]
    shown = changed["oauth2ProviderConfigOutput"]["customOauth2ProviderConfig"]
    assert shown["clientId"] == "another"


@pytest.mark.fidelity("identity.vendors")
@pytest.mark.parametrize("vendor", [name for name in vendors() if name != "CustomOauth2"])
def test_each_vendor_has_endpoints_or_asks_for_an_issuer(control: Client, vendor: str) -> None:
    if vendor in NEED_AN_ISSUER:
        with pytest.raises(control.exceptions.ValidationException, match="requires issuer"):
            made(control, vendor)
        found = made(control, vendor, issuer=f"{ISSUER}/")["oauthDiscovery"]
        assert found == {"discoveryUrl": DISCOVERY}
        given = made(
            control,
            vendor,
            issuer=ISSUER,
            authorizationEndpoint=f"{ISSUER}/a",
            tokenEndpoint=TOKEN_URL,
        )["oauthDiscovery"]["authorizationServerMetadata"]
        assert (given["issuer"], given["tokenEndpoint"]) == (ISSUER, TOKEN_URL)
        return
    found = made(control, vendor)["oauthDiscovery"]
    named = found.get("authorizationServerMetadata", {}).values() or found.values()
    assert all(url.startswith("https://") and "{" not in url for url in named)


def test_every_vendor_is_known() -> None:
    assert {*VENDORS, *NEED_AN_ISSUER, "CustomOauth2"} == set(vendors())


def test_a_tenant_of_microsoft_is_in_its_discovery_url(control: Client) -> None:
    found = made(control, "MicrosoftOauth2", tenantId="contoso")["oauthDiscovery"]
    base = "https://login.microsoftonline.com/contoso/v2.0"
    assert found == {"discoveryUrl": f"{base}/.well-known/openid-configuration"}


@pytest.mark.parametrize(
    ("vendor", "config"),
    [
        ("GithubOauth2", custom()),
        ("CustomOauth2", {"githubOauth2ProviderConfig": CLIENT}),
        ("OktaOauth2", {"googleOauth2ProviderConfig": CLIENT}),
        ("CustomOauth2", custom(clientId="")),
        ("CustomOauth2", custom(clientSecret="")),
        ("CustomOauth2", custom(clientSecretSource="EXTERNAL")),
        ("CustomOauth2", custom(oauthDiscovery={})),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(
    control: Client, vendor: str, config: dict[str, Any]
) -> None:
    with pytest.raises(control.exceptions.ValidationException):
        control.create_oauth2_credential_provider(
            name="crm", credentialProviderVendor=vendor, oauth2ProviderConfigInput=config
        )
    assert control.list_oauth2_credential_providers()["credentialProviders"] == []


@pytest.mark.fidelity("identity.oauth2.unserved")
@pytest.mark.parametrize(
    "config",
    [
        {"clientAuthenticationMethod": "PRIVATE_KEY_JWT"},
        {"clientAuthenticationMethod": "AWS_IAM_ID_TOKEN_JWT"},
        {
            "onBehalfOfTokenExchangeConfig": {
                "grantType": "TOKEN_EXCHANGE",
                "tokenExchangeGrantTypeConfig": {"actorTokenContent": "AWS_IAM_ID_TOKEN_JWT"},
            }
        },
    ],
)
def test_what_needs_keys_of_awss_own_is_not_served(control: Client, config: Any) -> None:  # noqa: ANN401
    with pytest.raises(ClientError) as error:
        control.create_oauth2_credential_provider(
            name="crm",
            credentialProviderVendor="CustomOauth2",
            oauth2ProviderConfigInput=custom(**config),
        )
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_what_is_kept_survives_a_restart(laptop: IdentityLaptop, desk: str) -> None:
    with laptop.restarted().clients() as (control, data):
        reply = data.get_workload_access_token(workloadName=desk)
        key = data.get_resource_api_key(
            workloadIdentityToken=reply["workloadAccessToken"],
            resourceCredentialProviderName="weather",
        )
        assert key["apiKey"] == API_KEY
        assert control.get_oauth2_credential_provider(name="crm")["status"] == "READY"
