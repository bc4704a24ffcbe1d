"""The MCP endpoint of gateways."""

from localcloud.agentcore.gateway.app import Choices, gateway_app
from localcloud.agentcore.gateway.places import is_for_gateways

__all__ = ["Choices", "gateway_app", "is_for_gateways"]
