import pytest
from botocore.exceptions import ClientError

from tests.support.identity_plane import DIRECTORY, GATEWAY, RETURN_URL
from tests.support.memory_plane import OCCURRED, Client


@pytest.mark.fidelity("identity.workload")
def test_a_workload_identity_is_made_shown_changed_and_deleted(control: Client) -> None:
    made = control.create_workload_identity(name="desk", tags={"team": "crm"})
    arn = f"{DIRECTORY}/workload-identity/desk"
    assert (made["name"], made["workloadIdentityArn"]) == ("desk", arn)
    assert made["allowedResourceOauth2ReturnUrls"] == []
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201

    control.update_workload_identity(name="desk", allowedResourceOauth2ReturnUrls=[RETURN_URL])
    shown = control.get_workload_identity(name="desk")
    assert shown["allowedResourceOauth2ReturnUrls"] == [RETURN_URL]
    assert (shown["createdTime"], shown["lastUpdatedTime"]) == (OCCURRED, OCCURRED)
    assert control.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "crm"}

    gone = control.delete_workload_identity(name="desk")
    assert gone["ResponseMetadata"]["HTTPStatusCode"] == 204
    for call in (control.get_workload_identity, control.delete_workload_identity):
        with pytest.raises(control.exceptions.ResourceNotFoundException):
            call(name="desk")


@pytest.mark.fidelity("identity.workload.name-taken")
def test_a_name_is_taken_once_also_by_a_gateway(control: Client, desk: str) -> None:
    for name in (desk, GATEWAY.name):
        with pytest.raises(control.exceptions.ValidationException, match="already exists"):
            control.create_workload_identity(name=name)


@pytest.mark.parametrize("name", ["ab", "with space", "a" * 256])
def test_a_name_breaks_the_model(control: Client, name: str) -> None:
    with pytest.raises(control.exceptions.ValidationException):
        control.create_workload_identity(name=name)


def test_lists_come_in_pages_of_twenty_at_most(control: Client) -> None:
    names = [f"desk-{number:02}" for number in range(23)]
    for name in reversed(names):
        control.create_workload_identity(name=name)
    first = control.list_workload_identities()
    second = control.list_workload_identities(nextToken=first["nextToken"])
    pages = [[one["name"] for one in page["workloadIdentities"]] for page in (first, second)]
    assert [len(page) for page in pages] == [20, 4]
    assert [*pages[0], *pages[1]] == sorted([*names, GATEWAY.name])
    assert "nextToken" not in second
    with pytest.raises(control.exceptions.ValidationException):
        control.list_workload_identities(maxResults=21)


@pytest.mark.fidelity("identity.workload.linked")
def test_a_gateways_identity_is_shown_and_left_alone(control: Client, data: Client) -> None:
    assert control.get_workload_identity(name=GATEWAY.name)["name"] == GATEWAY.name
    with pytest.raises(control.exceptions.ValidationException, match="linked to a service"):
        control.delete_workload_identity(name=GATEWAY.name)
    with pytest.raises(control.exceptions.ValidationException, match="linked to a service"):
        control.update_workload_identity(name=GATEWAY.name)
    sentence = (
        "WorkloadIdentity is linked to a service and cannot retrieve an access token by the caller"
    )
    for call in (
        data.get_workload_access_token,
        lambda **names: data.get_workload_access_token_for_user_id(**names, userId="ann"),
        lambda **names: data.get_workload_access_token_for_jwt(**names, userToken="a.b.c"),
    ):
        with pytest.raises(ClientError, match=sentence):
            call(workloadName=GATEWAY.name)


@pytest.mark.fidelity("identity.quotas")
def test_an_account_has_fifty_providers_of_a_kind(control: Client) -> None:
    for number in range(50):
        control.create_api_key_credential_provider(name=f"key-{number}", apiKey="k")
    with pytest.raises(control.exceptions.ServiceQuotaExceededException) as error:
        control.create_api_key_credential_provider(name="one-more", apiKey="k")
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 402
    control.delete_api_key_credential_provider(name="key-7")
    control.create_api_key_credential_provider(name="one-more", apiKey="k")


@pytest.mark.fidelity("identity.vault.key")
def test_the_vault_keeps_which_key_was_asked_for(control: Client) -> None:
    vault = control.get_token_vault()
    assert vault["kmsConfiguration"] == {"keyType": "ServiceManagedKey"}
    key = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    wanted = {"keyType": "CustomerManagedKey", "kmsKeyArn": key}
    control.set_token_vault_cmk(tokenVaultId="default", kmsConfiguration=wanted)
    shown = control.get_token_vault(tokenVaultId="default")
    assert (shown["tokenVaultId"], shown["kmsConfiguration"]) == ("default", wanted)
    with pytest.raises(control.exceptions.ValidationException):
        control.set_token_vault_cmk(kmsConfiguration={"keyType": "CustomerManagedKey"})
    with pytest.raises(control.exceptions.ResourceNotFoundException):
        control.get_token_vault(tokenVaultId="another")
