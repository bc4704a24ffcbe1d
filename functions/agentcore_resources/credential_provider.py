"""`Custom::AgentCoreCredentialProvider`: an API key in AgentCore's token vault.

Properties are those that every kind has (`kind`), and:

- `Name`: the provider's.
- `ApiKeyId`: the id of a key of API Gateway. The provisioner reads its value and hands it on: it is
  in no template, no event, no execution and no log. Another id, and another value is taken.
"""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from agentcore_resources.kind import Common, StatedKind

PROVIDER_NAME = r"^[a-zA-Z0-9\-_]{1,128}$"  # botocore, CredentialProviderName
API_KEY_ID = r"^[a-zA-Z0-9]{1,128}$"


class Properties(Common):
    """The resource's properties."""

    model_config = ConfigDict(extra="forbid")

    Name: Annotated[str, Field(pattern=PROVIDER_NAME)]
    ApiKeyId: Annotated[str, Field(pattern=API_KEY_ID)]


def _statement(properties: Properties) -> dict[str, Any]:
    stated = {"name": properties.Name, "apiKeyId": properties.ApiKeyId}
    return {"resource": stated, "tags": properties.Tags, "parts": []}


CREDENTIAL_PROVIDER = StatedKind(
    "credential-provider", Properties, _statement, pattern=PROVIDER_NAME
)
