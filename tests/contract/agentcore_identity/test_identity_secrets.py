import json
import logging
from typing import Any

import pytest

from localcloud.cloud import Response
from tests.support.fake_cloud import Sent
from tests.support.identity_plane import API_KEY, SCOPES, IdentityLaptop, custom
from tests.support.memory_plane import Client
from tests.support.oauth_server import CLIENT_SECRET

MANAGER = "https://secretsmanager.us-east-1.amazonaws.com/"
OWN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:crm-AbCdEf"
CONFIG = {"secretId": OWN, "jsonKey": "key"}


def held(secret: str) -> Any:  # noqa: ANN401 - an answer of the fake cloud
    """Return Secrets Manager, which holds one secret."""

    def answer(sent: Sent) -> Response:
        assert (sent.service, sent.credentials) == ("secretsmanager", None)
        if json.loads(sent.content)["SecretId"] not in (OWN, "crm"):
            return Response(400, {}, b'{"__type": "ResourceNotFoundException"}')
        target = sent.headers["x-amz-target"]
        body = {"ARN": OWN} | ({"SecretString": secret} if target.endswith("Value") else {})
        return Response(200, {}, json.dumps(body).encode())

    return answer


@pytest.mark.fidelity("identity.sealed")
def test_no_secret_and_no_token_is_in_a_reply_a_log_or_the_database(
    laptop: IdentityLaptop,
    control: Client,
    data: Client,
    token: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    access = data.get_resource_oauth2_token(
        workloadIdentityToken=token,
        resourceCredentialProviderName="crm",
        scopes=SCOPES,
        oauth2Flow="M2M",
    )["accessToken"]
    replies = [
        control.get_api_key_credential_provider(name="weather"),
        control.get_oauth2_credential_provider(name="crm"),
        control.list_api_key_credential_providers(),
        control.list_oauth2_credential_providers(),
        control.update_api_key_credential_provider(name="weather", apiKey=API_KEY),
    ]
    with pytest.raises(control.exceptions.ValidationException) as error:
        control.create_api_key_credential_provider(name="not a name", apiKey=API_KEY)
    laptop.database.commit()
    own = [record.getMessage() for record in caplog.records if record.name.startswith("localcloud")]
    dump = laptop.dump()
    everything = [str(replies), str(error.value.response), *own, dump]
    for secret in (API_KEY, CLIENT_SECRET, access, token):
        assert secret.encode().hex().upper() not in dump
        assert not [place for place in everything if secret in place]
    assert "weather" in dump


@pytest.mark.fidelity("identity.sealed")
def test_with_another_key_file_a_secret_is_lost_and_can_be_given_anew(
    laptop: IdentityLaptop, desk: str, caplog: pytest.LogCaptureFixture
) -> None:
    with laptop.restarted(key=b"z" * 32).clients() as (control, data):
        token = data.get_workload_access_token(workloadName=desk)["workloadAccessToken"]
        wanted = {"workloadIdentityToken": token, "resourceCredentialProviderName": "weather"}
        with pytest.raises(data.exceptions.ValidationException, match="is lost"):
            data.get_resource_api_key(**wanted)
        assert "is the key file another one?" in caplog.text
        control.update_api_key_credential_provider(name="weather", apiKey="anew")
        assert data.get_resource_api_key(**wanted)["apiKey"] == "anew"


@pytest.mark.fidelity("identity.provider.external")
def test_an_external_secret_is_read_where_it_is(
    laptop: IdentityLaptop, control: Client, data: Client, desk: str
) -> None:
    laptop.cloud.answer("POST", MANAGER, held('{"key": "from the account"}'))
    reply = control.create_api_key_credential_provider(
        name="own", apiKeySecretSource="EXTERNAL", apiKeySecretConfig={**CONFIG, "secretId": "crm"}
    )
    assert reply["apiKeySecretArn"] == {"secretArn": OWN}
    assert (reply["apiKeySecretSource"], reply["apiKeySecretJsonKey"]) == ("EXTERNAL", "key")
    token = data.get_workload_access_token(workloadName=desk)["workloadAccessToken"]
    wanted = {"workloadIdentityToken": token, "resourceCredentialProviderName": "own"}
    assert data.get_resource_api_key(**wanted)["apiKey"] == "from the account"
    laptop.cloud.answer("POST", MANAGER, held('{"key": "rotated"}'))
    assert data.get_resource_api_key(**wanted)["apiKey"] == "rotated"
    control.delete_api_key_credential_provider(name="own")


@pytest.mark.fidelity("identity.provider.external")
@pytest.mark.parametrize("secret", ['{"other": "x"}', '{"key": 1}', "plain text", '["key"]'])
def test_an_external_secret_without_the_member_is_refused(
    laptop: IdentityLaptop, control: Client, secret: str
) -> None:
    laptop.cloud.answer("POST", MANAGER, held(secret))
    with pytest.raises(control.exceptions.ValidationException, match="has no text at key") as error:
        control.create_api_key_credential_provider(
            name="own", apiKeySecretSource="EXTERNAL", apiKeySecretConfig=CONFIG
        )
    assert secret not in str(error.value)


def test_an_external_secret_that_is_not_there_is_refused(
    laptop: IdentityLaptop, control: Client
) -> None:
    laptop.cloud.answer("POST", MANAGER, held("{}"))
    with pytest.raises(control.exceptions.ValidationException, match="cannot be read"):
        control.create_oauth2_credential_provider(
            name="own",
            credentialProviderVendor="CustomOauth2",
            oauth2ProviderConfigInput={
                "customOauth2ProviderConfig": {
                    "oauthDiscovery": custom()["customOauth2ProviderConfig"]["oauthDiscovery"],
                    "clientId": "c",
                    "clientSecretSource": "EXTERNAL",
                    "clientSecretConfig": {"secretId": "none", "jsonKey": "key"},
                }
            },
        )
