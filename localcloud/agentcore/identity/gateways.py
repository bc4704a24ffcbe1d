"""The credentials of gateways' targets: what a gateway does with its own identity and its role.

Sources: Developer Guide, outbound authorization and gateway permissions: a gateway gets a workload
access token for itself, or for the user of its inbound token, and with it the key or token of the
provider, all with the permissions of its role. That a gateway with CUSTOM_JWT needs
GetWorkloadAccessToken beside GetWorkloadAccessTokenForJWT is what its samples grant (claim
`identity.gateway.permissions`).
"""

from collections.abc import Awaitable, Iterable
from typing import Final

from localcloud.agentcore.control.areas import Question
from localcloud.agentcore.errors import AgentCoreError
from localcloud.agentcore.identity import data_plane
from localcloud.agentcore.identity.context import Context, Handler
from localcloud.agentcore.identity.model import Kind
from localcloud.agentcore.identity.questions import of_resource, of_workload
from localcloud.agentcore.identity.resource_tokens import FEDERATION
from localcloud.agentcore.identity.users import user_of
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.ports import Acting, ConsentRequired, CredentialRefused
from localcloud.cloud import AccessDenied, Caller

FLOWS: Final = {
    "CLIENT_CREDENTIALS": "M2M",
    "AUTHORIZATION_CODE": FEDERATION,
    "TOKEN_EXCHANGE": "ON_BEHALF_OF_TOKEN_EXCHANGE",
}
HANDLERS: Final[dict[str, Handler]] = {
    "GetResourceApiKey": data_plane.get_resource_api_key,
    "GetResourceOauth2Token": data_plane.get_resource_oauth2_token,
}


class GatewayCredentials:
    """Gives targets their credentials. Implements `ports.TargetCredentials`."""

    def __init__(self, context: Context) -> None:
        """Take the collaborators."""
        self._context = context

    async def api_key(self, acting: Acting, provider_arn: str) -> str:
        """Return the key of a provider."""
        members = {"resourceCredentialProviderName": _name(Kind.API_KEY, provider_arn)}
        output = await self._resource(acting, "GetResourceApiKey", members)
        return str(output["apiKey"])

    async def oauth_token(self, acting: Acting, config: JsonObject, *, fresh: bool) -> str:
        """Return an access token, as an `OAuthCredentialProvider` says. `fresh`: a new one."""
        members = {
            "resourceCredentialProviderName": _name(Kind.OAUTH2, config["providerArn"]),
            "oauth2Flow": FLOWS[config.get("grantType", "CLIENT_CREDENTIALS")],
            "scopes": config["scopes"],
            "customParameters": config.get("customParameters"),
            "resourceOauth2ReturnUrl": config.get("defaultReturnUrl"),
            "forceAuthentication": fresh,
        }
        output = await self._resource(acting, "GetResourceOauth2Token", members)
        if "accessToken" not in output:
            raise ConsentRequired(output["authorizationUrl"], output["sessionUri"])
        return str(output["accessToken"])

    async def _resource(self, acting: Acting, operation: str, members: JsonObject) -> JsonObject:
        try:
            members["workloadIdentityToken"] = await self._workload_token(acting)
            await self._ask(acting.role, of_resource(self._context, operation, members))
            output = HANDLERS[operation](self._context, acting.role, members)
            return await output if isinstance(output, Awaitable) else output
        except (AgentCoreError, AccessDenied) as error:
            raise CredentialRefused(str(error)) from error

    async def _workload_token(self, acting: Acting) -> str:
        name = acting.gateway.gateway_id
        user = None
        await self._ask_for_token(acting.role, "GetWorkloadAccessToken", name)
        if acting.user_token is not None:
            await self._ask_for_token(acting.role, "GetWorkloadAccessTokenForJWT", name)
            user = user_of(acting.user_token)
        workload = self._context.directory.find(name)
        if workload is None:
            raise CredentialRefused(f"Gateway {name} has no workload identity")
        return self._context.workload_tokens.issue(workload, user)

    async def _ask_for_token(self, role: Caller, operation: str, name: str) -> None:
        await self._ask(role, of_workload(self._context, operation, name, {}))

    async def _ask(self, role: Caller, questions: Iterable[Question]) -> None:
        for asked in questions:
            await self._context.cloud.authorize(
                role, action=asked.action, resource=asked.resource, context=asked.context
            )


def _name(kind: Kind, arn: str) -> str:
    """Return the name in a provider's ARN, whatever service the ARN is written for."""
    head, _, name = arn.rpartition("/")
    if not head.endswith(f":token-vault/default/{kind}"):
        raise CredentialRefused(f"{arn} is no {kind}")
    return name
