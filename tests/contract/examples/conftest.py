"""The platform that the examples are agents of: a gateway with policies, and memories."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from localcloud.agentcore.model import JsonObject
from platform_memory.manager import PlatformMemory
from tests.contract.agentcore_gateway.world import json_response
from tests.support.asgi import LoopThread
from tests.support.example_agents import Agent, Example, running
from tests.support.loopback import on_loop, serve
from tests.support.memory_plane import MemoryLaptop
from tests.support.policy_plane import Desk, PolicyLaptop

LOOKS_UP_OWN_CUSTOMERS = """
permit(principal is AgentCore::OAuthUser,
  action == AgentCore::Action::"Support___lookup_customer", resource == GATEWAY)
when { principal.hasTag("role") && principal.getTag("role") == "support"
  && context.input.customer_id like "ACME-*" };"""
FACTS: dict[str, Any] = {
    "semanticMemoryStrategy": {
        "name": "Facts",
        "namespaceTemplates": ["/customers/{actorId}/facts/"],
    }
}


@dataclass(frozen=True)
class Platform:
    """What an agent has around it; `outside` is where calls to anybody else would arrive."""

    desk: Desk
    laptop: MemoryLaptop
    memory: PlatformMemory
    outside: socket.socket

    def calls(self) -> list[JsonObject]:
        """Return the arguments that the tools were called with since this was asked last."""
        sent = self.desk.laptop.cloud.sent
        found = [json.loads(one.content) for one in sent if "lambda" in one.url]
        sent.clear()
        return found


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    with LoopThread() as loop, socket.create_server(("127.0.0.1", 0)) as outside:
        gateways, memories = PolicyLaptop(loop), MemoryLaptop(loop)
        with gateways.client() as control, memories.clients() as (memory_control, data):
            desk = Desk(gateways, control)
            desk.policy("LooksUpOwnCustomers", LOOKS_UP_OWN_CUSTOMERS)
            customer = {"customer_id": "ACME-001", "name": "Jane Miller"}
            gateways.cloud.answer("POST", "https://lambda.*", json_response(customer))
            ids = {
                name: memory_control.create_memory(
                    name=name, eventExpiryDuration=30, memoryStrategies=strategies
                )["memory"]["id"]
                for name, strategies in {"customers": [FACTS], "handoffs": []}.items()
            }
            memories.settle()
            yield Platform(desk, memories, PlatformMemory(data, ids), outside)
    gateways.database.close()
    memories.database.close()


@pytest.fixture(scope="session", params=["strands", "crewai"])
def example(request: pytest.FixtureRequest) -> Example:
    found = Example(request.param)
    assert found.python.exists(), "scripts/setup --examples first"
    return found


@pytest.fixture(scope="session")
def variables(platform: Platform) -> Iterator[dict[str, str]]:
    """Return the environment that leads an agent to the platform, and to nobody else."""
    gateways, memories = platform.desk.laptop, platform.laptop
    with (
        serve(on_loop(gateways.gateways, gateways.loop)) as gateway_url,
        serve(on_loop(memories.app, memories.loop)) as memory_url,
    ):
        yield {
            "AGENT_MODEL": "offline",
            "GATEWAY_URL": f"{gateway_url}/_gateways/{platform.desk.gateway_id}/mcp",
            "CUSTOMER_MEMORY_ID": platform.memory.stores["customers"],
            "HANDOVER_MEMORY_ID": platform.memory.stores["handoffs"],
            "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": memory_url,
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "HTTPS_PROXY": f"http://127.0.0.1:{platform.outside.getsockname()[1]}",
            "HTTP_PROXY": f"http://127.0.0.1:{platform.outside.getsockname()[1]}",
            "NO_PROXY": "127.0.0.1",
        }


@pytest.fixture(scope="session")
def agent(
    example: Example, variables: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Agent]:
    """Return the example, running."""
    with running(example, tmp_path_factory.mktemp(example.name), variables) as started:
        yield started
