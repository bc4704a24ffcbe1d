"""tools/call: check the arguments, call the target, shape the result."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localcloud.agentcore.gateway import arguments as argument_check
from localcloud.agentcore.gateway.catalog import Entry
from localcloud.agentcore.gateway.outbound import (
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
from localcloud.agentcore.gateway.rpc import RequestId
from localcloud.agentcore.gateway.sending import Errand, TargetSender
from localcloud.agentcore.gateway.servers import McpServers
from localcloud.agentcore.model import (
    Gateway,
    HttpBinding,
    JsonObject,
    LambdaBinding,
    McpBinding,
)


@dataclass(frozen=True)
class ToolCall:
    """One call of one tool, and for whom what it sends goes out."""

    errand: Errand
    entry: Entry
    arguments: JsonObject
    message_id: RequestId

    @property
    def gateway(self) -> Gateway:
        """Return the gateway that is called."""
        return self.errand.gateway


class ToolCaller:
    """Calls targets."""

    def __init__(
        self, sender: TargetSender, servers: McpServers, region: str, new_id: Callable[[], str]
    ) -> None:
        """Take what sends, the MCP servers, the cloud's region, and where request ids come from."""
        self._sender = sender
        self._servers = servers
        self._region = region
        self._new_id = new_id

    async def call(self, call: ToolCall) -> dict[str, Any]:
        """Return the result of a tool, whatever happens to its target.

        Raises:
            ConsentRequired: the user must consent first.
        """
        if lines := call.entry.check.lines(call.arguments):
            return failure(argument_check.refusal(lines))
        try:
            return await self._result(call)
        except UnusableArgument as error:
            return failure(argument_check.refusal((str(error),)))
        except TargetFailed as error:
            return target_failure(error, debug=call.gateway.debug)

    async def _result(self, call: ToolCall) -> dict[str, Any]:
        structured = call.entry.tool.output_schema is not None
        match call.entry.tool.binding:
            case HttpBinding() as binding:
                return success(await self._http(call, binding), structured=structured)
            case LambdaBinding() as binding:
                return success(await self._function(call, binding), structured=structured)
            case McpBinding() as binding:
                name, arguments = call.entry.tool.name, call.arguments
                return await self._servers.call(call.errand, binding, name, arguments)

    async def _http(self, call: ToolCall, binding: HttpBinding) -> bytes:
        outbound = http_request(binding, call.arguments)
        response = await self._sender.send(call.errand, outbound, binding.service)
        return expect_http_success(response, f"{binding.method} {binding.url}")

    async def _function(self, call: ToolCall, binding: LambdaBinding) -> bytes:
        context = client_context(
            tool=call.entry.name,
            gateway_id=call.gateway.gateway_id,
            target_id=call.entry.target.target_id,
            message_id=call.message_id,
            request_id=self._new_id(),
        )
        outbound = lambda_request(
            binding.function_arn, call.arguments, region=self._region, context=context
        )
        response = await self._sender.send_as_role(call.gateway, outbound, "lambda")
        return expect_function_success(response, binding.function_arn)
