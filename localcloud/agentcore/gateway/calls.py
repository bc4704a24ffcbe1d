"""tools/call: check the arguments, take the role, call the target, shape the result."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from localcloud.agentcore.gateway import arguments as argument_check
from localcloud.agentcore.gateway.catalog import Entry
from localcloud.agentcore.gateway.credentials import authorized, provider_of
from localcloud.agentcore.gateway.outbound import (
    Outbound,
    UnusableArgument,
    client_context,
    http_request,
    lambda_request,
)
from localcloud.agentcore.gateway.results import (
    TargetFailed,
    expect_function_success,
    expect_http_success,
    failure,
    success,
    target_failure,
)
from localcloud.agentcore.gateway.role import RoleCredentials, role_caller, session_name
from localcloud.agentcore.gateway.rpc import RequestId
from localcloud.agentcore.model import Gateway, HttpBinding, JsonObject, LambdaBinding
from localcloud.agentcore.ports import Acting, CredentialRefused, TargetCredentials
from localcloud.cloud import Cloud, CloudError, Credentials, Response, RoleNotAssumable

TIMEOUT_S: Final = 900.0
"""Longest a target may take: the quota "invocation timeout" of AgentCore gateways."""


@dataclass(frozen=True)
class ToolCall:
    """One call of one tool. `user_token` is the inbound token, if the gateway takes tokens."""

    gateway: Gateway
    entry: Entry
    arguments: JsonObject
    message_id: RequestId
    user_token: str | None = field(default=None, repr=False)


class ToolCaller:
    """Calls targets."""

    def __init__(
        self,
        cloud: Cloud,
        roles: RoleCredentials,
        new_id: Callable[[], str],
        credentials: TargetCredentials | None = None,
    ) -> None:
        """Take the cloud, the gateways' and their targets' credentials, and a maker of ids."""
        self._cloud = cloud
        self._roles = roles
        self._new_id = new_id
        self._targets = credentials

    async def call(self, call: ToolCall) -> dict[str, Any]:
        """Return the result of a tool, whatever happens to its target.

        Raises:
            ConsentRequired: the user must consent first.
        """
        if lines := call.entry.check.lines(call.arguments):
            return failure(argument_check.refusal(lines))
        try:
            body = await self._answer(call)
        except UnusableArgument as error:
            return failure(argument_check.refusal((str(error),)))
        except TargetFailed as error:
            return target_failure(error, debug=call.gateway.debug)
        return success(body, structured=call.entry.tool.output_schema is not None)

    async def _answer(self, call: ToolCall) -> bytes:
        match call.entry.tool.binding:
            case HttpBinding() as binding:
                return await self._http(call, binding)
            case LambdaBinding() as binding:
                return await self._function(call, binding)

    async def _http(self, call: ToolCall, binding: HttpBinding) -> bytes:
        outbound = http_request(binding, call.arguments)
        label = f"{binding.method} {binding.url}"
        match call.entry.target.credential_provider_type:
            case None:
                response = await self._send(outbound, None, None)
            case "GATEWAY_IAM_ROLE":
                credentials = await self._credentials(call.gateway)
                response = await self._send(outbound, credentials, binding.service or "execute-api")
            case "API_KEY" | "OAUTH":
                response = await self._with_provider(call, outbound)
            case other:
                raise TargetFailed(f"The laptop cloud does not add credentials of type {other} yet")
        return expect_http_success(response, label)

    async def _with_provider(self, call: ToolCall, outbound: Outbound) -> Response:
        """Send with what the credential provider gives; a token that is refused is renewed once."""
        if self._targets is None:
            raise TargetFailed("There are no credential providers here")
        gateway, credentials = call.gateway, await self._credentials(call.gateway)
        role = role_caller(gateway.role_arn, credentials, session_name(gateway))
        acting = Acting(gateway, role, call.user_token)
        provider = provider_of(call.entry.target)
        response = Response(HTTPStatus.UNAUTHORIZED)
        for fresh in (False, True)[: provider.attempts]:
            try:
                ready = await authorized(outbound, provider, self._targets, acting, fresh=fresh)
            except CredentialRefused as error:
                raise TargetFailed(f"No credentials for the target: {error}") from error
            response = await self._send(ready, None, None)
            if response.status != HTTPStatus.UNAUTHORIZED:
                break
        return response

    async def _function(self, call: ToolCall, binding: LambdaBinding) -> bytes:
        context = client_context(
            tool=call.entry.name,
            gateway_id=call.gateway.gateway_id,
            target_id=call.entry.target.target_id,
            message_id=call.message_id,
            request_id=self._new_id(),
        )
        outbound = lambda_request(
            binding.function_arn, call.arguments, region=self._cloud.region, context=context
        )
        credentials = await self._credentials(call.gateway)
        response = await self._send(outbound, credentials, "lambda")
        return expect_function_success(response, binding.function_arn)

    async def _credentials(self, gateway: Gateway) -> Credentials:
        try:
            return await self._roles.of(gateway)
        except RoleNotAssumable as error:
            raise TargetFailed(
                f"Gateway execution role {gateway.role_arn} cannot be assumed: {error}"
            ) from error

    async def _send(
        self, outbound: Outbound, credentials: Credentials | None, service: str | None
    ) -> Response:
        try:
            return await self._cloud.send(
                outbound.method,
                outbound.url,
                headers=outbound.headers,
                content=outbound.content,
                credentials=credentials,
                service=service,
                timeout_s=TIMEOUT_S,
            )
        except CloudError as error:
            raise TargetFailed(f"The target could not be reached: {error}") from error
