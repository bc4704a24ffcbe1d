"""The operations on the account's token vault, which is always there.

Sources: botocore operations of these names. The laptop keeps which key was asked for and seals
with its own all the same: claim `identity.vault.key`.
"""

from typing import Final

from localcloud.agentcore.errors import ResourceNotFound, ValidationFailed
from localcloud.agentcore.identity.context import Context
from localcloud.agentcore.identity.model import TokenVault
from localcloud.agentcore.identity.names import VAULT
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller

SERVICE_KEY: Final[JsonObject] = {"keyType": "ServiceManagedKey"}


def get_token_vault(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show the vault."""
    _expect_default(members)
    vault = context.store.vaults.get(VAULT)
    if vault is None:
        vault = TokenVault(SERVICE_KEY, context.clock())
        context.store.vaults.put(VAULT, vault)
    return _view(vault)


def set_token_vault_cmk(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Say which key the vault is to be encrypted with."""
    _expect_default(members)
    kms = members["kmsConfiguration"]
    if (kms["keyType"] == "CustomerManagedKey") is not ("kmsKeyArn" in kms):
        message = "kmsKeyArn goes with keyType CustomerManagedKey, and only with it"
        raise ValidationFailed.of_field("kmsConfiguration", message)
    vault = TokenVault(kms, context.clock())
    context.store.vaults.put(VAULT, vault)
    return _view(vault)


def _expect_default(members: JsonObject) -> None:
    vault_id = members.get("tokenVaultId", VAULT)
    if vault_id != VAULT:
        raise ResourceNotFound(f"Token vault {vault_id} not found")


def _view(vault: TokenVault) -> JsonObject:
    return {
        "tokenVaultId": VAULT,
        "kmsConfiguration": vault.kms,
        "lastModifiedDate": vault.modified_at,
    }
