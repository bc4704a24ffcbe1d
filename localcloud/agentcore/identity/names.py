"""ARNs and URLs of AgentCore Identity.

Sources: Service Authorization Reference, Amazon Bedrock AgentCore (resource types); AgentCore
Developer Guide, managing credential providers (secret names). The model's pattern of provider ARNs
names another service, `acps`: claim `identity.arns`.
"""

from typing import Final

from localcloud.agentcore.identity.model import Kind
from localcloud.cloud import Cloud

VAULT: Final = "default"
SECRET_FOLDERS: Final = {Kind.API_KEY: "apikey", Kind.OAUTH2: "oauth2"}
CALLBACK_PATH: Final = "/identities/oauth2/callback/"
AUTHORIZE_PATH: Final = "/identities/oauth2/authorize"


def token_vault_arn(cloud: Cloud) -> str:
    """Return the ARN of the account's token vault."""
    return f"arn:aws:bedrock-agentcore:{cloud.region}:{cloud.account_id}:token-vault/{VAULT}"


def provider_arn(cloud: Cloud, kind: Kind, name: str) -> str:
    """Return the ARN of a credential provider; `*` stands for any."""
    return f"{token_vault_arn(cloud)}/{kind}/{name}"


def external_arn(cloud: Cloud, secret_id: str) -> str:
    """Return the ARN of a secret of the account's own, named by its ARN or its name."""
    if secret_id.startswith("arn:"):
        return secret_id
    return f"arn:aws:secretsmanager:{cloud.region}:{cloud.account_id}:secret:{secret_id}-*"


def secret_arn(cloud: Cloud, kind: Kind, name: str, suffix: str) -> str:
    """Return the ARN of a managed secret; Secrets Manager ends names with six characters."""
    path = f"bedrock-agentcore-identity!{VAULT}/{SECRET_FOLDERS[kind]}/{name}"
    return f"arn:aws:secretsmanager:{cloud.region}:{cloud.account_id}:secret:{path}-{suffix}"


def origin(cloud: Cloud) -> str:
    """Return where browsers reach AgentCore Identity."""
    return f"https://bedrock-agentcore.{cloud.region}.amazonaws.com"


def callback_url(cloud: Cloud, callback_id: str) -> str:
    """Return the redirect URI to register with an authorization server."""
    return f"{origin(cloud)}{CALLBACK_PATH}{callback_id}"
