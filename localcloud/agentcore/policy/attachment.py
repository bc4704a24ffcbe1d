"""Before a gateway uses a policy engine: that it is there, and that the gateway's role may ask it.

Sources: AgentCore Developer Guide, policy permissions (GetPolicyEngine on the engine;
AuthorizeAction and PartiallyAuthorizeActions on engine and gateway); public reports of
CreateGateway and UpdateGateway that were refused: with a ValidationException, `Access denied while
calling GetPolicyEngine on Policy Engine: ... with Gateway role: ...`; and `Policy Engine '...' does
not have the required permissions. User: ... is not authorized to perform:
bedrock-agentcore:CheckAuthorizePermissions on resource: ...policy-engines/.../target-resource/...`.
"""

from dataclasses import dataclass

from localcloud.agentcore.control.access import PREFIX
from localcloud.agentcore.control.names import SERVICE_PRINCIPAL
from localcloud.agentcore.errors import AccessRefused, ValidationFailed
from localcloud.agentcore.gateway.role import role_caller
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.policy.model import PolicyStatus
from localcloud.agentcore.policy.names import bare_id, engine_arn
from localcloud.agentcore.policy.store import PolicyStore
from localcloud.cloud import AccessDenied, Caller, Cloud, RoleNotAssumable

SESSION_NAME = "GenesisPolicyEngineCheck"
"""As in the refusals that were seen."""


@dataclass(frozen=True)
class Attachment:
    """Looks at engines before gateways use them."""

    store: PolicyStore
    cloud: Cloud

    async def expect_usable(self, gateway_arn: str, members: JsonObject) -> None:
        """Let a gateway's `policyEngineConfiguration` pass.

        Raises:
            ValidationFailed: there is no such engine, or the role may not see it.
            AccessRefused: the role cannot be taken, or may not ask the engine.
        """
        engine: str = members["policyEngineConfiguration"]["arn"]
        self._expect_engine(engine)
        role_arn: str = members["roleArn"]
        caller = await self._role(role_arn, gateway_arn)
        try:
            await self._ask(caller, "GetPolicyEngine", engine)
        except AccessDenied as error:
            raise ValidationFailed.of_field(
                "policyEngineConfiguration",
                f"Access denied while calling GetPolicyEngine on Policy Engine: {engine} with "
                f"Gateway role: {role_arn}",
            ) from error
        await self._expect_permissions(caller, engine, gateway_arn)

    def _expect_engine(self, arn: str) -> None:
        engine = self.store.engines.get(bare_id(arn))
        if engine is None or arn != engine_arn(self.cloud, engine.engine_id):
            message = f"Policy engine not found: {arn}"
            raise ValidationFailed.of_field("policyEngineConfiguration", message)
        if engine.status in (PolicyStatus.CREATING, PolicyStatus.DELETING):
            message = f"Policy engine {engine.engine_id} is in {engine.status} state"
            raise ValidationFailed.of_field("policyEngineConfiguration", message)

    async def _role(self, role_arn: str, gateway_arn: str) -> Caller:
        try:
            credentials = await self.cloud.assume_role(
                role_arn,
                service=SERVICE_PRINCIPAL,
                source_arn=gateway_arn,
                session_name=SESSION_NAME,
            )
        except RoleNotAssumable as error:
            raise AccessRefused(
                f"Access denied while assuming Gateway role: {role_arn}. Please verify that the "
                "role exists and its trust policy allows assumption by this service"
            ) from error
        return role_caller(role_arn, credentials, SESSION_NAME)

    async def _expect_permissions(self, caller: Caller, engine: str, gateway: str) -> None:
        try:
            for action in ("AuthorizeAction", "PartiallyAuthorizeActions"):
                for resource in (engine, gateway):
                    await self._ask(caller, action, resource)
            await self._check(caller, engine, gateway)
        except AccessDenied as error:
            raise AccessRefused(
                f"Policy Engine '{bare_id(engine)}' does not have the required permissions. {error}"
            ) from error

    async def _check(self, caller: Caller, engine: str, gateway: str) -> None:
        """Ask whether the role may check what it may; on which of two resources is not known."""
        action = "CheckAuthorizePermissions"
        try:
            await self._ask(caller, action, engine)
        except AccessDenied:
            compound = engine.replace(":policy-engine/", ":/policy-engines/")
            await self._ask(caller, action, f"{compound}/target-resource/{gateway}")

    async def _ask(self, caller: Caller, action: str, resource: str) -> None:
        await self.cloud.authorize(
            caller, action=f"{PREFIX}:{action}", resource=resource, context={}
        )
