"""The importer the control plane calls: one branch per kind of target.

Claims and known gaps: docs/fidelity.toml, ids `gateway.import-...`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from localcloud.agentcore.gateway.arguments import ArgumentCheck, UnusableSchema
from localcloud.agentcore.gateway.listed import binding_of, is_dynamic, listed_tools
from localcloud.agentcore.gateway.results import TargetFailed
from localcloud.agentcore.gateway.role import assume
from localcloud.agentcore.gateway.sending import Errand, TargetSender
from localcloud.agentcore.gateway.servers import McpServers
from localcloud.agentcore.importers.documents import parse_json, parse_json_or_yaml
from localcloud.agentcore.importers.functions import function_tools
from localcloud.agentcore.importers.openapi import ApiDocument
from localcloud.agentcore.importers.selection import Selected, named, select
from localcloud.agentcore.importers.smithy import smithy_tools
from localcloud.agentcore.importers.sources import read_export, read_payload
from localcloud.agentcore.model import Gateway, JsonObject, McpBinding, Target, Tool
from localcloud.agentcore.ports import ConsentRequired, ImportFailed, TargetCredentials
from localcloud.cloud import Caller, Cloud

MAX_TOOLS: Final = 1_000
"""Tools of one target (AgentCore quotas)."""

MAX_NAME: Final = 256
"""Characters of a tool's name, without the target's (AgentCore quotas)."""

SERVER_TIMEOUT_S: Final = 60.0
"""Longest an MCP server may take for one answer while its tools are fetched."""

GATEWAY_ROLE: Final = "GATEWAY_IAM_ROLE"


@dataclass(frozen=True)
class _Order:
    """One import: on whose behalf, for which target, and its configuration."""

    gateway: Gateway
    target: Target
    caller: Caller
    configuration: JsonObject


class AgentCoreImporter:
    """Imports the kinds of MCP targets the laptop runs; see `ports.Importer`."""

    def __init__(self, cloud: Cloud, credentials: TargetCredentials | None = None) -> None:
        """Take the cloud the APIs are in, and what targets' credential providers keep."""
        self._cloud = cloud
        self._credentials = credentials
        self._kinds: dict[str, Callable[[_Order], Awaitable[tuple[Tool, ...]]]] = {
            "apiGateway": self._rest_api,
            "openApiSchema": self._openapi,
            "lambda": self._function,
            "mcpServer": self._server,
            "smithyModel": self._smithy,
        }

    async def import_tools(
        self, gateway: Gateway, target: Target, caller: Caller
    ) -> tuple[Tool, ...]:
        """Read the target's API or schema.

        Raises:
            ImportFailed: why the target goes to FAILED.
        """
        kind, configuration = _kind(target.config["targetConfiguration"])
        run = self._kinds.get(kind)
        if run is None:
            raise ImportFailed(f"The laptop cloud does not run targets of kind '{kind}' yet.")
        tools = await run(_Order(gateway, target, caller, configuration))
        return tools if is_dynamic(target) else _checked(tools)

    async def _rest_api(self, order: _Order) -> tuple[Tool, ...]:
        api_id, stage = order.configuration["restApiId"], order.configuration["stage"]
        text = await read_export(self._cloud, order.caller, api_id=api_id, stage=stage)
        # The default endpoint, whatever servers the export lists: the guide asks that it stay
        # enabled, and the stage is what the export's {basePath} variable stands for.
        url = f"https://{api_id}.execute-api.{self._cloud.region}.amazonaws.com/{stage}"
        signs = order.target.credential_provider_type == GATEWAY_ROLE
        service = "execute-api" if signs else None
        wanted = order.configuration["apiGatewayToolConfiguration"]
        return await asyncio.to_thread(_exported_tools, text, wanted, url=url, service=service)

    async def _openapi(self, order: _Order) -> tuple[Tool, ...]:
        text = await read_payload(self._cloud, order.gateway, order.configuration)
        if isinstance(text, list):
            raise ImportFailed("The inline payload of an OpenAPI target is text.")
        return await asyncio.to_thread(_openapi_tools, text, order.target.iam_service)

    async def _function(self, order: _Order) -> tuple[Tool, ...]:
        schema = order.configuration["toolSchema"]
        payload = await read_payload(self._cloud, order.gateway, schema)
        definitions = parse_json(payload) if isinstance(payload, bytes) else payload
        return function_tools(definitions, order.configuration["lambdaArn"])

    async def _smithy(self, order: _Order) -> tuple[Tool, ...]:
        text = await read_payload(self._cloud, order.gateway, order.configuration)
        if isinstance(text, list):
            raise ImportFailed("The inline payload of a Smithy target is text.")
        return await asyncio.to_thread(_smithy_tools, text, self._cloud.region)

    async def _server(self, order: _Order) -> tuple[Tool, ...]:
        binding = binding_of(order.target)
        if is_dynamic(order.target):
            return ()
        if "mcpToolSchema" in order.configuration:
            return await self._static(order, binding)
        role_of = partial(assume, self._cloud)  # a role that was changed just now is seen
        sender = TargetSender(self._cloud, role_of, self._credentials, timeout_s=SERVER_TIMEOUT_S)
        errand = Errand(order.gateway, order.target)
        try:
            listed = await McpServers(sender).tools(errand, binding)
        except (TargetFailed, ConsentRequired) as error:
            raise ImportFailed(f"The MCP server's tools could not be listed: {error}") from error
        return listed_tools(listed, binding)

    async def _static(self, order: _Order, binding: McpBinding) -> tuple[Tool, ...]:
        schema = order.configuration["mcpToolSchema"]
        text = await read_payload(self._cloud, order.gateway, schema)
        parsed = text if isinstance(text, list) else parse_json(text)
        return listed_tools(parsed.get("tools") if isinstance(parsed, dict) else parsed, binding)


def _kind(configuration: JsonObject) -> tuple[str, JsonObject]:
    """Return the innermost member that is set: `apiGateway` of `{"mcp": {"apiGateway": ...}}`."""
    outer, inner = _only(configuration)
    if outer != "mcp":
        return outer, inner
    return _only(inner)


def _only(union: JsonObject) -> tuple[str, Any]:
    return next(iter(union.items()), ("(none)", {}))


# Ten megabytes take seconds: these run beside the loop, which has others to answer meanwhile.


def _exported_tools(
    text: bytes, wanted: JsonObject, *, url: str, service: str | None
) -> tuple[Tool, ...]:
    document = ApiDocument(parse_json(text))
    return _tools(document, select(document, wanted), url=url, service=service)


def _openapi_tools(text: bytes, service: str | None) -> tuple[Tool, ...]:
    document = ApiDocument(parse_json_or_yaml(text))
    chosen = named((operation, {}) for operation in document.operations())
    return _tools(document, chosen, url=document.server_url(), service=service)


def _smithy_tools(text: bytes, region: str) -> tuple[Tool, ...]:
    return smithy_tools(parse_json(text), region)


def _tools(
    document: ApiDocument, chosen: tuple[Selected, ...], *, url: str, service: str | None
) -> tuple[Tool, ...]:
    return tuple(
        document.tool(
            each.operation, name=each.name, description=each.description, url=url, service=service
        )
        for each in chosen
    )


def _checked(tools: tuple[Tool, ...]) -> tuple[Tool, ...]:
    if not tools:
        raise ImportFailed("The target offers no tool.")
    if len(tools) > MAX_TOOLS:
        raise ImportFailed(f"The target offers {len(tools)} tools, more than {MAX_TOOLS}.")
    for tool in tools:
        if len(tool.name) > MAX_NAME:
            raise ImportFailed(f"The tool name '{tool.name}' has more than {MAX_NAME} characters.")
        _check_schema(tool.input_schema, f"The arguments of '{tool.name}'")
        if tool.output_schema is not None:
            _check_schema(tool.output_schema, f"The results of '{tool.name}'")
    return tools


def _check_schema(schema: JsonObject, label: str) -> None:
    try:
        ArgumentCheck(schema)
    except UnusableSchema as error:
        raise ImportFailed(f"{label} cannot be checked: {error}") from error
