"""Gateways and targets as the API shows them.

Sources: botocore `GetGatewayResponse`, `GatewaySummary`, `GatewayTarget`, `TargetSummary`.
"""

from typing import Final

from localcloud.agentcore.control.names import gateway_arn, gateway_url, workload_identity_arn
from localcloud.agentcore.model import Gateway, JsonObject, Target
from localcloud.cloud import Cloud

TARGET_TYPES: Final = {
    ("mcp", "openApiSchema"): "OPEN_API_SCHEMA",
    ("mcp", "smithyModel"): "SMITHY_MODEL",
    ("mcp", "lambda"): "LAMBDA",
    ("mcp", "mcpServer"): "MCP_SERVER",
    ("mcp", "apiGateway"): "API_GATEWAY",
    ("mcp", "connector"): "CONNECTOR",
    ("http", "agentcoreRuntime"): "AGENTCORE_RUNTIME",
    ("http", "passthrough"): "PASSTHROUGH",
    ("http", "connector"): "HTTP_CONNECTOR",
    ("inference", "connector"): "CONNECTOR",
    ("inference", "provider"): "PROVIDER",
}
"""`TargetSummary.targetType` by the members set in `targetConfiguration`."""


def target_kind(target_configuration: JsonObject) -> tuple[str, str]:
    """Return which members of the two nested unions are set, such as (`mcp`, `lambda`)."""
    protocol, inner = next(iter(target_configuration.items()))
    return protocol, next(iter(inner))


def gateway_view(cloud: Cloud, gateway: Gateway) -> JsonObject:
    """Return everything there is to say of a gateway, except its tags."""
    return {
        **gateway.config,
        "gatewayArn": gateway_arn(cloud, gateway.gateway_id),
        "gatewayId": gateway.gateway_id,
        "gatewayUrl": gateway_url(cloud, gateway),
        "createdAt": gateway.created_at,
        "updatedAt": gateway.updated_at,
        "status": gateway.status.value,
        "statusReasons": list(gateway.status_reasons) or None,
        "workloadIdentityDetails": {
            "workloadIdentityArn": workload_identity_arn(cloud, gateway.gateway_id)
        },
    }


def gateway_summary(gateway: Gateway) -> JsonObject:
    """Return what a list says of a gateway: neither ARN nor URL."""
    return {
        "gatewayId": gateway.gateway_id,
        "name": gateway.name,
        "status": gateway.status.value,
        "description": gateway.config.get("description"),
        "createdAt": gateway.created_at,
        "updatedAt": gateway.updated_at,
        "authorizerType": gateway.config["authorizerType"],
        "protocolType": gateway.config.get("protocolType"),
    }


def target_view(cloud: Cloud, target: Target) -> JsonObject:
    """Return everything there is to say of a target."""
    protocol, _ = target_kind(target.config["targetConfiguration"])
    return {
        "credentialProviderConfigurations": [],
        **target.config,
        "gatewayArn": gateway_arn(cloud, target.gateway_id),
        "targetId": target.target_id,
        "createdAt": target.created_at,
        "updatedAt": target.updated_at,
        "status": target.status.value,
        "statusReasons": list(target.status_reasons) or None,
        "lastSynchronizedAt": target.last_synchronized_at,
        "protocolType": "MCP" if protocol == "mcp" else "HTTP",
    }


def target_summary(target: Target) -> JsonObject:
    """Return what a list says of a target: no configuration."""
    kind = target_kind(target.config["targetConfiguration"])
    server = target.config["targetConfiguration"].get("mcp", {}).get("mcpServer", {})
    return {
        "targetId": target.target_id,
        "name": target.name,
        "status": target.status.value,
        "description": target.config.get("description"),
        "createdAt": target.created_at,
        "updatedAt": target.updated_at,
        "lastSynchronizedAt": target.last_synchronized_at,
        "targetType": TARGET_TYPES[kind],
        "resourcePriority": server.get("resourcePriority"),
        "listingMode": server.get("listingMode"),
    }
