"""The importer the control plane calls: one branch per kind of target.

Claims and known gaps: docs/fidelity.toml, ids `gateway.import-...`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from localcloud.agentcore.gateway.arguments import ArgumentCheck, UnusableSchema
from localcloud.agentcore.importers.functions import function_tools
from localcloud.agentcore.importers.openapi import ApiDocument
from localcloud.agentcore.importers.selection import Selected, named, select
from localcloud.agentcore.importers.sources import (
    parse_json,
    parse_json_or_yaml,
    read_export,
    read_payload,
)
from localcloud.agentcore.model import Gateway, JsonObject, Target, Tool
from localcloud.agentcore.ports import ImportFailed
from localcloud.cloud import Caller, Cloud

MAX_TOOLS: Final = 1_000
"""Tools of one target (AgentCore quotas)."""

GATEWAY_ROLE: Final = "GATEWAY_IAM_ROLE"


@dataclass(frozen=True)
class _Order:
    """One import: on whose behalf, for which target, and its configuration."""

    gateway: Gateway
    target: Target
    caller: Caller
    configuration: JsonObject


class AgentCoreImporter:
    """Imports API Gateway, OpenAPI and Lambda targets; see `ports.Importer`."""

    def __init__(self, cloud: Cloud) -> None:
        """Take the cloud the APIs are in."""
        self._cloud = cloud
        self._kinds: dict[str, Callable[[_Order], Awaitable[tuple[Tool, ...]]]] = {
            "apiGateway": self._rest_api,
            "openApiSchema": self._openapi,
            "lambda": self._function,
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
        return _checked(tools)

    async def _rest_api(self, order: _Order) -> tuple[Tool, ...]:
        api_id, stage = order.configuration["restApiId"], order.configuration["stage"]
        text = await read_export(self._cloud, order.caller, api_id=api_id, stage=stage)
        document = ApiDocument(parse_json(text))
        chosen = select(document, order.configuration["apiGatewayToolConfiguration"])
        # The default endpoint, whatever servers the export lists: the guide asks that it stay
        # enabled, and the stage is what the export's {basePath} variable stands for.
        url = f"https://{api_id}.execute-api.{self._cloud.region}.amazonaws.com/{stage}"
        signs = order.target.credential_provider_type == GATEWAY_ROLE
        return _tools(document, chosen, url=url, service="execute-api" if signs else None)

    async def _openapi(self, order: _Order) -> tuple[Tool, ...]:
        text = await read_payload(self._cloud, order.gateway, order.configuration)
        if isinstance(text, list):
            raise ImportFailed("The inline payload of an OpenAPI target is text.")
        document = ApiDocument(parse_json_or_yaml(text))
        chosen = named((operation, {}) for operation in document.operations())
        service = _iam_service(order.target)
        return _tools(document, chosen, url=document.server_url(), service=service)

    async def _function(self, order: _Order) -> tuple[Tool, ...]:
        schema = order.configuration["toolSchema"]
        payload = await read_payload(self._cloud, order.gateway, schema)
        definitions = parse_json(payload) if isinstance(payload, bytes) else payload
        return function_tools(definitions, order.configuration["lambdaArn"])


def _kind(configuration: JsonObject) -> tuple[str, JsonObject]:
    """Return the innermost member that is set: `apiGateway` of `{"mcp": {"apiGateway": ...}}`."""
    outer, inner = _only(configuration)
    if outer != "mcp":
        return outer, inner
    return _only(inner)


def _only(union: JsonObject) -> tuple[str, Any]:
    return next(iter(union.items()), ("(none)", {}))


def _tools(
    document: ApiDocument, chosen: tuple[Selected, ...], *, url: str, service: str | None
) -> tuple[Tool, ...]:
    return tuple(
        document.tool(
            each.operation, name=each.name, description=each.description, url=url, service=service
        )
        for each in chosen
    )


def _iam_service(target: Target) -> str | None:
    if target.credential_provider_type != GATEWAY_ROLE:
        return None
    provider = target.config["credentialProviderConfigurations"][0].get("credentialProvider") or {}
    service = (provider.get("iamCredentialProvider") or {}).get("service")
    return str(service) if service else "execute-api"


def _checked(tools: tuple[Tool, ...]) -> tuple[Tool, ...]:
    if not tools:
        raise ImportFailed("The target offers no tool.")
    if len(tools) > MAX_TOOLS:
        raise ImportFailed(f"The target offers {len(tools)} tools, more than {MAX_TOOLS}.")
    for tool in tools:
        try:
            ArgumentCheck(tool.input_schema)
        except UnusableSchema as error:
            raise ImportFailed(
                f"The arguments of '{tool.name}' cannot be checked: {error}"
            ) from error
    return tools
