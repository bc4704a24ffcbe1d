"""Credential providers whose secret is the value of an API key of API Gateway.

The value goes from one service to the other in one task: what is stated, remembered and answered
is the key's id. The service shows no value, so a tag says of which key it is.
"""

from typing import Final

from provisioner.calls import Calls
from provisioner.document import Statement
from provisioner.kinds.agentcore import WithoutParts
from provisioner.ports import Found

KEY_TAG: Final = "provisioner:api-key-id"


class CredentialProviders(WithoutParts):
    """`provisioner.ports.Kind` for API-key credential providers. One has its name for an id."""

    noun = "Credential provider"

    def __init__(self, agentcore: Calls, apigateway: Calls) -> None:
        """Take AgentCore's calls, and those of `apigateway`."""
        super().__init__(agentcore)
        self._apigateway = apigateway

    def find(self, name: str) -> Found | None:
        """Return the provider of a name."""
        return self.get(name)

    def get(self, resource_id: str) -> Found | None:
        """Return a provider, or None. It has no status: it is there at once."""
        found = self._agentcore.found("get_api_key_credential_provider", name=resource_id)
        if found is None:
            return None
        arn, name = found["credentialProviderArn"], found["name"]
        return Found(id=name, arn=arn, name=name, status="READY", members=found)

    def differs(self, stated: Statement, found: Found, _previous: Statement | None) -> bool:
        """Tell whether the provider has the value of another key."""
        key_id: str = stated["resource"]["apiKeyId"]
        return self.tags(found.arn).get(KEY_TAG) != key_id

    def create(self, stated: Statement, tags: dict[str, str], _token: str) -> str:
        """Create a provider; there is no client token."""
        name, key_id = stated["resource"]["name"], stated["resource"]["apiKeyId"]
        self._agentcore(
            "create_api_key_credential_provider",
            name=name,
            apiKey=self._value(key_id),
            tags=tags | {KEY_TAG: key_id},
        )
        return str(name)

    def update(self, resource_id: str, stated: Statement, _token: str) -> None:
        """Give a provider the value of the key that is stated, then say so."""
        key_id = stated["resource"]["apiKeyId"]
        changed = self._agentcore(
            "update_api_key_credential_provider", name=resource_id, apiKey=self._value(key_id)
        )
        self.tag(changed["credentialProviderArn"], {KEY_TAG: key_id})

    def delete(self, resource_id: str) -> None:
        """Delete a provider with its secret; one that is gone is fine."""
        self._agentcore.found("delete_api_key_credential_provider", name=resource_id)

    def attributes(self, found: Found, _parts: list[Found]) -> dict[str, str]:
        """Return name and ARN."""
        return {"CredentialProviderName": found.name, "CredentialProviderArn": found.arn}

    def _value(self, key_id: str) -> str:
        return str(self._apigateway("get_api_key", apiKey=key_id, includeValue=True)["value"])
