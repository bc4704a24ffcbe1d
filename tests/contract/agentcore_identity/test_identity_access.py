from typing import Any

import pytest

from tests.support.identity_plane import DIRECTORY, SCOPES, SECRETS, VAULT, IdentityLaptop, custom
from tests.support.memory_plane import Client

OWN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:own-AbCdEf"
DESK = f"{DIRECTORY}/workload-identity/desk"
KEY = f"{VAULT}/apikeycredentialprovider/weather"
CRM = f"{VAULT}/oauth2credentialprovider/crm"


def asked(laptop: IdentityLaptop) -> list[tuple[str, str]]:
    """Return what was asked since the last time: actions without their prefix, and resources."""
    questions = [
        (one.action.removeprefix("bedrock-agentcore:"), one.resource)
        for one in laptop.cloud.authorizations
    ]
    laptop.cloud.authorizations.clear()
    return questions


@pytest.mark.fidelity("identity.iam.resources")
def test_a_key_is_asked_for_on_vault_provider_identity_and_secret(
    laptop: IdentityLaptop, control: Client, data: Client, token: str
) -> None:
    secret = control.get_api_key_credential_provider(name="weather")["apiKeySecretArn"]["secretArn"]
    asked(laptop)
    data.get_resource_api_key(workloadIdentityToken=token, resourceCredentialProviderName="weather")
    assert asked(laptop) == [
        ("GetResourceApiKey", VAULT),
        ("GetResourceApiKey", KEY),
        ("GetResourceApiKey", DIRECTORY),
        ("GetResourceApiKey", DESK),
        ("secretsmanager:GetSecretValue", secret),
    ]
    data.get_workload_access_token(workloadName="desk")
    assert asked(laptop) == [
        ("GetWorkloadAccessToken", DIRECTORY),
        ("GetWorkloadAccessToken", DESK),
    ]


@pytest.mark.fidelity("identity.iam.resources")
def test_a_token_is_asked_for_in_the_same_way(
    laptop: IdentityLaptop, data: Client, token: str
) -> None:
    asked(laptop)
    data.get_resource_oauth2_token(
        workloadIdentityToken=token,
        resourceCredentialProviderName="crm",
        scopes=SCOPES,
        oauth2Flow="M2M",
    )
    *resources, secret = asked(laptop)
    action = "GetResourceOauth2Token"
    assert resources == [(action, VAULT), (action, CRM), (action, DIRECTORY), (action, DESK)]
    assert secret[0] == "secretsmanager:GetSecretValue"
    assert secret[1].startswith(f"{SECRETS}/oauth2/crm-")


@pytest.mark.fidelity("identity.iam.secrets")
def test_who_makes_changes_or_deletes_a_provider_does_so_with_its_secret(
    laptop: IdentityLaptop, control: Client
) -> None:
    control.create_api_key_credential_provider(name="weather", apiKey="k", tags={"team": "crm"})
    tagged = {key for one in laptop.cloud.authorizations for key in one.context}
    assert tagged == {"aws:RequestTag/team"}
    assert asked(laptop) == [
        ("CreateApiKeyCredentialProvider", VAULT),
        ("CreateApiKeyCredentialProvider", KEY),
        ("secretsmanager:CreateSecret", f"{SECRETS}/apikey/weather-*"),
    ]
    control.update_api_key_credential_provider(name="weather", apiKey="l")
    assert asked(laptop)[-1][0] == "secretsmanager:PutSecretValue"
    control.get_api_key_credential_provider(name="weather")
    assert asked(laptop)[-1] == ("GetApiKeyCredentialProvider", KEY)
    control.delete_api_key_credential_provider(name="weather")
    assert asked(laptop)[-1][0] == "secretsmanager:DeleteSecret"


@pytest.mark.fidelity("identity.iam.secrets")
@pytest.mark.parametrize(("secret_id", "arn"), [(OWN, OWN), ("own", f"{OWN[:-6]}*")])
def test_an_external_secret_must_be_one_the_caller_may_read(
    laptop: IdentityLaptop, control: Client, secret_id: str, arn: str
) -> None:
    laptop.cloud.denied.append(("secretsmanager:GetSecretValue", arn.replace("*", "[*]")))
    config = {"secretId": secret_id, "jsonKey": "key"}
    source: dict[str, Any] = {"clientSecretSource": "EXTERNAL", "clientSecretConfig": config}
    client = custom(**source)
    del client["customOauth2ProviderConfig"]["clientSecret"]
    for call, wanted in (
        (
            control.create_api_key_credential_provider,
            {"apiKeySecretSource": "EXTERNAL", "apiKeySecretConfig": config},
        ),
        (
            control.create_oauth2_credential_provider,
            {"credentialProviderVendor": "CustomOauth2", "oauth2ProviderConfigInput": client},
        ),
    ):
        with pytest.raises(control.exceptions.AccessDeniedException, match="GetSecretValue"):
            call(name="own", **wanted)
    assert laptop.cloud.sent == []


@pytest.mark.fidelity("identity.iam.resources")
@pytest.mark.parametrize(
    "denied",
    [
        ("bedrock-agentcore:GetResourceApiKey", VAULT),
        ("bedrock-agentcore:GetResourceApiKey", KEY),
        ("bedrock-agentcore:GetResourceApiKey", DIRECTORY),
        ("bedrock-agentcore:GetResourceApiKey", DESK),
        ("secretsmanager:GetSecretValue", f"{SECRETS}/apikey/*"),
    ],
)
def test_each_permission_is_needed_for_a_key(
    laptop: IdentityLaptop, data: Client, token: str, denied: tuple[str, str]
) -> None:
    laptop.cloud.denied.append(denied)
    with pytest.raises(data.exceptions.AccessDeniedException, match=denied[0]):
        data.get_resource_api_key(
            workloadIdentityToken=token, resourceCredentialProviderName="weather"
        )


def test_a_provider_may_be_used_by_one_workload_and_not_by_another(
    laptop: IdentityLaptop, control: Client, data: Client, desk: str
) -> None:
    control.create_workload_identity(name="other")
    laptop.cloud.denied.append(("bedrock-agentcore:GetResourceApiKey", f"{DIRECTORY}/*/other"))
    keys = []
    for name in (desk, "other"):
        token = data.get_workload_access_token(workloadName=name)["workloadAccessToken"]
        try:
            reply = data.get_resource_api_key(
                workloadIdentityToken=token, resourceCredentialProviderName="weather"
            )
            keys.append(reply["apiKey"])
        except data.exceptions.AccessDeniedException:
            keys.append(None)
    assert keys[0]
    assert keys[1] is None
