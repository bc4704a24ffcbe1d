"""A credential provider's life: it has the value of an API key, of which only the id is stated.

On the laptop's own identity: moto has no credential providers.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from agentcore_resources.credential_provider import CREDENTIAL_PROVIDER
from provisioner.calls import Calls
from provisioner.errors import Refused
from provisioner.kinds.credential_providers import CredentialProviders
from tests.support.identity_plane import VAULT, IdentityLaptop
from tests.support.planes import opened
from tests.support.provisioning import Json, LosesOneReply, Stack, Troubled

NAME = "petstore-internal-apis"
ARN = f"{VAULT}/apikeycredentialprovider/{NAME}"


@dataclass
class Keys:
    """API Gateway's API keys: values by id."""

    values: dict[str, str] = field(default_factory=dict)

    def get_api_key(self, apiKey: str, includeValue: bool = False) -> Json:
        """Answer as API Gateway does."""
        if apiKey not in self.values:
            said = "Invalid API Key identifier specified"
            raise ClientError(
                {"Error": {"Code": "NotFoundException", "Message": said}}, "GetApiKey"
            )
        return {"id": apiKey} | ({"value": self.values[apiKey]} if includeValue else {})


@dataclass
class Vault:
    """A token vault, and the API keys there are; `changes` are the calls that change something."""

    control: Any
    data: Any
    keys: Keys = field(default_factory=Keys)
    changes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.control.meta.events.register("before-call.*", self._note)

    def key(self, value: str) -> str:
        """Make an API key of this value, and return its id."""
        key_id = f"key{len(self.keys.values)}"
        self.keys.values[key_id] = value
        return key_id

    def providers(self) -> list[str]:
        """Return the names of the providers."""
        listed = self.control.list_api_key_credential_providers()["credentialProviders"]
        return [one["name"] for one in listed]

    def secret(self) -> str:
        """Return the key that a workload gets of the provider."""
        name = "reader"
        self.control.create_workload_identity(name=name)
        token = self.data.get_workload_access_token(workloadName=name)["workloadAccessToken"]
        found = self.data.get_resource_api_key(
            workloadIdentityToken=token, resourceCredentialProviderName=NAME
        )
        self.control.delete_workload_identity(name=name)
        return str(found["apiKey"])

    def _note(self, model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's OperationModel
        if "CredentialProvider" in model.name and not model.name.startswith(("Get", "List")):
            self.changes.append(model.name)


@pytest.fixture
def vault(aws_environment: None) -> Iterator[Vault]:
    with opened(IdentityLaptop) as laptop, laptop.clients() as (control, data):
        yield Vault(control, data)


@pytest.fixture
def stack(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> Stack:
    key_id = vault.key("first-key-that-nobody-must-see")
    stack = Stack(
        CredentialProviders(Calls(vault.control), Calls(vault.keys)),
        stated_kind=CREDENTIAL_PROVIDER,
        resource_type="Custom::AgentCoreCredentialProvider",
        logical_id="InternalApiCredentials",
        defaults=lambda **changes: {"Name": NAME, "ApiKeyId": key_id} | changes,
    )
    stack.interpreter.install(monkeypatch)
    return stack


@pytest.mark.fidelity("provisioner.credential-key")
def test_a_create_hands_the_keys_value_over_and_says_only_who_keeps_it(
    stack: Stack, vault: Vault
) -> None:
    answer = stack.create(Tags={"team": "operations"})
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "")
    assert answer["PhysicalResourceId"] == f"credential-provider/{NAME}"
    assert answer["Data"] == {"CredentialProviderName": NAME, "CredentialProviderArn": ARN}
    assert vault.secret() == "first-key-that-nobody-must-see"
    assert vault.changes == ["CreateApiKeyCredentialProvider"]
    shown = vault.control.get_api_key_credential_provider(name=NAME)
    assert "nobody-must-see" not in str(shown)
    tags = vault.control.list_tags_for_resource(resourceArn=ARN)["tags"]
    assert tags == {
        "team": "operations",
        "provisioner:stack-id": stack.stack_id,
        "provisioner:logical-id": "InternalApiCredentials",
        "provisioner:api-key-id": stack.stated["ApiKeyId"],
    }


def test_the_value_is_in_no_event_no_execution_and_no_answer(
    stack: Stack, vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.create()
    stack.update(ApiKeyId=vault.key("second-key-that-nobody-must-see"))
    seen = json.dumps([execution.history for execution in stack.executions], default=str)
    said = seen + json.dumps([stack.stated, stack.answers]) + "".join(capsys.readouterr())
    assert stack.stated["ApiKeyId"] in said
    assert "nobody-must-see" not in said


def test_an_update_that_changes_nothing_calls_nothing(stack: Stack, vault: Vault) -> None:
    created = stack.create()
    vault.changes.clear()
    answer = stack.update()
    assert (answer["Status"], answer["Data"]) == ("SUCCESS", created["Data"])
    assert vault.changes == []


def test_another_key_takes_the_place_of_the_first(stack: Stack, vault: Vault) -> None:
    stack.create()
    vault.changes.clear()
    answer = stack.update(ApiKeyId=vault.key("second-key"))
    assert (answer["Status"], answer["Data"]["CredentialProviderArn"]) == ("SUCCESS", ARN)
    assert vault.changes == ["UpdateApiKeyCredentialProvider"]
    assert vault.secret() == "second-key"


def test_an_update_cut_off_before_it_is_noted_is_made_again(stack: Stack, vault: Vault) -> None:
    stack.create()
    second = vault.key("second-key")
    vault.control.update_api_key_credential_provider(name=NAME, apiKey="second-key")
    vault.changes.clear()
    assert stack.update(ApiKeyId=second)["Status"] == "SUCCESS"
    assert vault.changes == ["UpdateApiKeyCredentialProvider"]
    tags = vault.control.list_tags_for_resource(resourceArn=ARN)["tags"]
    assert tags["provisioner:api-key-id"] == second


def test_a_delete_removes_the_provider_and_a_second_one_finds_nothing(
    stack: Stack, vault: Vault
) -> None:
    stack.create()
    assert stack.delete()["Status"] == "SUCCESS"
    assert vault.providers() == []
    vault.changes.clear()
    assert stack.delete()["Status"] == "SUCCESS"
    assert vault.changes == []


def test_a_provider_of_another_stack_is_neither_taken_nor_deleted(
    stack: Stack, vault: Vault
) -> None:
    stack.create()
    stack.stack_id += "-other"
    refused = stack.create()
    said = f"A credential provider named {NAME} exists and does not belong"
    assert said in refused["Reason"]
    assert stack.delete()["Status"] == "SUCCESS"
    assert vault.providers() == [NAME]


def test_a_lost_reply_makes_no_second_provider(stack: Stack, vault: Vault) -> None:
    stack.kind = LosesOneReply(stack.kind)
    assert stack.create()["Status"] == "SUCCESS"
    assert vault.providers() == [NAME]


def test_a_create_that_fails_leaves_nothing_and_says_why(stack: Stack, vault: Vault) -> None:
    stack.kind = Troubled(stack.kind, get=[None, Refused("GetApiKeyCredentialProvider: oops")])
    answer = stack.create()
    assert answer["Status"] == "FAILED"
    assert "GetApiKeyCredentialProvider: oops (Refused)" in answer["Reason"]
    assert vault.providers() == []


def test_a_key_that_is_not_there_makes_no_provider(stack: Stack, vault: Vault) -> None:
    answer = stack.create(ApiKeyId="nosuchkey0")
    assert answer["Status"] == "FAILED"
    assert "GetApiKey: NotFoundException" in answer["Reason"]
    assert vault.providers() == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"Name": "no spaces"}, "Name: String should match pattern"),
        ({"ApiKeyId": "a/b"}, "ApiKeyId: String should match pattern"),
        ({"ApiKey": "the value itself"}, "ApiKey: Extra inputs are not permitted"),
    ],
)
def test_bad_properties_are_refused_at_once_by_name(
    stack: Stack, vault: Vault, changes: Json, problem: str
) -> None:
    answer = stack.create(**changes)
    assert answer["Status"] == "FAILED"
    assert problem in answer["Reason"]
    assert "the value itself" not in answer["Reason"]
    assert vault.changes == []
