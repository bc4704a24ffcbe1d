"""The area of workload identities, credential providers and the token vault."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from localcloud.agentcore.control.areas import Operation, Question
from localcloud.agentcore.control.names import workload_identity_arn
from localcloud.agentcore.identity import (
    api_keys,
    data_plane,
    oauth2_providers,
    token_vaults,
    workloads,
)
from localcloud.agentcore.identity.context import Context, Handler
from localcloud.agentcore.identity.model import Kind, Provider, Workload
from localcloud.agentcore.identity.names import provider_arn
from localcloud.agentcore.identity.questions import questions
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller

HANDLERS: Final[dict[str, Handler]] = {
    "CreateWorkloadIdentity": workloads.create_workload_identity,
    "GetWorkloadIdentity": workloads.get_workload_identity,
    "ListWorkloadIdentities": workloads.list_workload_identities,
    "UpdateWorkloadIdentity": workloads.update_workload_identity,
    "DeleteWorkloadIdentity": workloads.delete_workload_identity,
    **api_keys.HANDLERS,
    **oauth2_providers.HANDLERS,
    "GetTokenVault": token_vaults.get_token_vault,
    "SetTokenVaultCMK": token_vaults.set_token_vault_cmk,
    "GetWorkloadAccessToken": data_plane.get_workload_access_token,
    "GetWorkloadAccessTokenForJWT": data_plane.get_workload_access_token_for_jwt,
    "GetWorkloadAccessTokenForUserId": data_plane.get_workload_access_token_for_user_id,
    "GetResourceApiKey": data_plane.get_resource_api_key,
    "GetResourceOauth2Token": data_plane.get_resource_oauth2_token,
    "CompleteResourceTokenAuth": data_plane.complete_resource_token_auth,
}


class IdentityArea:
    """Workload identities and credential providers of one account in one region. See `Area`."""

    def __init__(self, context: Context) -> None:
        """Take the collaborators."""
        self._context = context

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Return the operations."""
        return {name: partial(handler, self._context) for name, handler in HANDLERS.items()}

    def questions(self, _: Caller, operation: str, members: JsonObject) -> Iterator[Question]:
        """Return what is asked: see `questions`."""
        return questions(self._context, operation, members)

    def tags(self, arn: str) -> Mapping[str, str] | None:
        """Return the tags of a workload identity or a provider, or None."""
        found = self._find(arn)
        return None if found is None else found.tags

    def put_tags(self, arn: str, tags: Mapping[str, str]) -> None:
        """Replace the tags of a workload identity or a provider."""
        found = self._find(arn)
        if isinstance(found, Workload):
            self._context.store.workloads.put(found.name, replace(found, tags=tags))
        elif found is not None:
            changed = replace(found, tags=tags)
            self._context.store.providers(found.kind).put(found.name, changed)

    def resume(self) -> None:
        """Forget the tokens and consents that have expired."""
        self._context.store.forget_expired(self._context.clock().timestamp())

    async def settle(self) -> None:
        """Return at once: nothing here goes on behind a reply."""

    def _find(self, arn: str) -> Workload | Provider | None:
        store, cloud = self._context.store, self._context.cloud
        name = arn.rpartition("/")[2]
        workload = store.workloads.get(name)
        if workload is not None and arn == workload_identity_arn(cloud, name):
            return workload
        for kind in Kind:
            if arn == provider_arn(cloud, kind, name):
                return store.providers(kind).get(name)
        return None
