"""What AgentCore Identity keeps in the open: names, times, configurations. Never a secret."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from localcloud.agentcore.model import JsonObject


class Kind(StrEnum):
    """Kinds of credential providers, as their ARNs have them."""

    API_KEY = "apikeycredentialprovider"
    OAUTH2 = "oauth2credentialprovider"


class Source(StrEnum):
    """Who keeps a provider's secret (botocore `SecretSourceType`)."""

    MANAGED = "MANAGED"
    EXTERNAL = "EXTERNAL"


@dataclass(frozen=True)
class SecretReference:
    """Where a provider's secret is. `json_key` is the member of an EXTERNAL one that holds it."""

    arn: str
    source: Source
    json_key: str | None = None


@dataclass(frozen=True)
class Workload:
    """A workload identity. One that is `linked` is a gateway's or an agent runtime's own."""

    name: str
    created_at: datetime
    updated_at: datetime
    return_urls: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    linked: bool = False


@dataclass(frozen=True)
class Provider:
    """A credential provider.

    `config` is the one member of `oauth2ProviderConfigInput`, without what is said of the secret;
    `callback_id` ends the URL that an authorization server sends people back to.
    """

    kind: Kind
    name: str
    secret: SecretReference
    created_at: datetime
    updated_at: datetime
    vendor: str = ""
    config: JsonObject = field(default_factory=dict)
    callback_id: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TokenVault:
    """The account's token vault. `kms` is a `KmsConfiguration`."""

    kms: JsonObject
    modified_at: datetime
