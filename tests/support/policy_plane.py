"""Gateways with policy engines: control plane and MCP endpoint on one database, in process.

The control plane is reached with unmodified boto3, gateways with raw HTTP.
"""

import asyncio
import json
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from localcloud.agentcore.control.app import control_app
from localcloud.agentcore.control.areas import Spawn
from localcloud.agentcore.control.gateway_area import GatewayArea
from localcloud.agentcore.control.plane import ControlPlane
from localcloud.agentcore.gateway import Choices, gateway_app
from localcloud.agentcore.gateway.decisions import DecisionLog, log_group
from localcloud.agentcore.memory.store import MemoryStore
from localcloud.agentcore.metrics import Metrics
from localcloud.agentcore.model import JsonObject, LambdaBinding, Tool
from localcloud.agentcore.observed import Observer
from localcloud.agentcore.policy.area import PolicyArea
from localcloud.agentcore.policy.attachment import Attachment
from localcloud.agentcore.policy.store import PolicyStore
from localcloud.agentcore.ports import Importer
from localcloud.agentcore.runtime.store import RuntimeStore
from localcloud.agentcore.store import GatewayStore
from localcloud.cloud import Caller, Request, Response
from tests.contract.agentcore_gateway.world import (
    DISCOVERY,
    ISSUER,
    JWKS,
    access_token,
    json_response,
    rsa_key,
)
from tests.support.asgi import LoopThread, ask
from tests.support.control_plane import GATEWAY, FakeImporter, counted_ids
from tests.support.fake_cloud import ACCOUNT_ID, FakeCloud
from tests.support.memory_plane import Clock
from tests.support.planes import Client as Client
from tests.support.planes import Reached

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
"""When the tokens of `access_token` are good."""

ENGINES = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT_ID}:policy-engine"
GATEWAYS = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT_ID}:gateway"
FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT_ID}:function:support"
LOGS_URL = "https://logs.us-east-1.amazonaws.com/"
METRICS_URL = "https://monitoring.us-east-1.amazonaws.com/"
OPEN = "permit(principal, action, resource is AgentCore::Gateway);"
TARGET: dict[str, Any] = {
    "name": "Support",
    "targetConfiguration": {
        "mcp": {"lambda": {"lambdaArn": FUNCTION_ARN, "toolSchema": {"inlinePayload": []}}}
    },
    "credentialProviderConfigurations": [{"credentialProviderType": "GATEWAY_IAM_ROLE"}],
}


def tool(name: str, description: str, *required: str, **properties: JsonObject) -> Tool:
    """Return a tool of the support desk."""
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return Tool(name, description, schema, LambdaBinding(FUNCTION_ARN))


TEXT: JsonObject = {"type": "string"}
LOOKUP = tool("lookup_customer", "Look up a customer", "customer_id", customer_id=TEXT)
CREATE = tool("create_case", "Open a case", "subject", "priority", subject=TEXT, priority=TEXT)
DELETE = tool("delete_customer", "Remove a customer", "customer_id", customer_id=TEXT)
REFUND = tool("refund", "Pay back", "amount", amount={"type": "integer"})


@dataclass
class PolicyLaptop(Reached):
    """Gateways, engines, and everything around them."""

    loop: LoopThread
    cloud: FakeCloud = field(default_factory=FakeCloud)
    importer: Importer = field(
        default_factory=lambda: FakeImporter((LOOKUP, CREATE, DELETE, REFUND))
    )
    database: sqlite3.Connection = field(
        default_factory=lambda: sqlite3.connect(":memory:", check_same_thread=False)
    )
    clock: Clock = field(default_factory=lambda: Clock(NOW))
    spawn: Spawn = asyncio.create_task
    choices: Choices = field(default_factory=Choices)
    observed: bool = False

    def __post_init__(self) -> None:
        ids = counted_ids()
        self.store, gateways = PolicyStore(self.database), GatewayStore(self.database)
        attach = Attachment(self.store, self.cloud).expect_usable
        areas = (
            GatewayArea(
                gateways,
                self.cloud,
                self.importer,
                self.clock,
                ids.__next__,
                spawn=self.spawn,
                attach=attach,
            ),
            PolicyArea(self.store, gateways, self.cloud, self.clock, ids.__next__, self.spawn),
        )
        self.plane = ControlPlane(self.cloud, areas)
        self.app = control_app(self.plane, request_ids=lambda: "request-1")
        self.metrics = Metrics(self.cloud, self.clock)
        self.observer = Observer(
            self.metrics, MemoryStore(self.database), RuntimeStore(self.database)
        )
        self.decisions = DecisionLog(self.cloud, self.clock, lambda: "one")
        self.gateways = gateway_app(
            gateways,
            self.cloud,
            self.clock,
            choices=self.choices,
            new_id=lambda: "req-1",
            policies=self.store,
            decisions=self.decisions,
            observer=self.observer if self.observed else None,
        )
        public = [rsa_key().as_dict(private=False)]
        discovery = json_response({"issuer": ISSUER, "jwks_uri": JWKS})
        self.cloud.answer("GET", DISCOVERY, discovery)
        self.cloud.answer("GET", JWKS, json_response({"keys": public}))
        self.cloud.answer("POST", "https://lambda.*", json_response({"done": True}))
        self.cloud.answer("POST", LOGS_URL, Response(200))
        self.cloud.answer("POST", METRICS_URL, Response(200))

    def restarted(self, spawn: Spawn = asyncio.create_task) -> Self:
        """Return another process on the same database: nothing in memory is kept."""
        return type(self)(
            self.loop, self.cloud, self.importer, self.database, self.clock, spawn, self.choices
        )

    def lines(self) -> list[JsonObject]:
        """Let the log of decisions be sent, and return what arrived in it."""
        self.loop.run(self.decisions.close())
        sent = [sent for sent in self.cloud.sent if sent.url == LOGS_URL]
        groups = {json.loads(one.content)["logGroupName"] for one in sent}
        assert all(group == log_group(group.rpartition("/")[2]) for group in groups)
        events = [event for one in sent for event in json.loads(one.content).get("logEvents", [])]
        return [json.loads(event["message"]) for event in events]


@dataclass
class Desk:
    """A support desk: a gateway that takes tokens, with an engine that a test fills."""

    laptop: PolicyLaptop
    control: Client
    mode: str = "ENFORCE"
    name: str = "Desk"
    authorizer: str = "CUSTOM_JWT"

    def __post_init__(self) -> None:
        engine = self.control.create_policy_engine(name=f"Engine{self.name}")
        self.engine_id: str = engine["policyEngineId"]
        self.engine_arn: str = engine["policyEngineArn"]
        self.laptop.settle()
        self.gateway_id: str = self.control.create_gateway(**self.wanted)["gatewayId"]
        self.arn = f"{GATEWAYS}/{self.gateway_id}"
        self.laptop.settle()
        self.control.create_gateway_target(gatewayIdentifier=self.gateway_id, **TARGET)
        self.laptop.settle()

    @property
    def wanted(self) -> dict[str, Any]:
        """Return the members that create the gateway, or update it to what it is."""
        jwt = {"customJWTAuthorizer": {"discoveryUrl": DISCOVERY, "allowedClients": ["client-one"]}}
        authorizer = {"authorizerConfiguration": jwt} if self.authorizer == "CUSTOM_JWT" else {}
        engine = {"arn": self.engine_arn, "mode": self.mode}
        return {
            **GATEWAY,
            "name": self.name,
            "authorizerType": self.authorizer,
            **authorizer,
            "policyEngineConfiguration": engine,
        }

    def policy(self, name: str, statement: str, **more: object) -> JsonObject:
        """Create a policy and return what becomes of it. `GATEWAY` stands for the gateway."""
        text = statement.replace("GATEWAY", f'AgentCore::Gateway::"{self.arn}"')
        wanted = {"validationMode": "IGNORE_ALL_FINDINGS", **more}
        made = self.control.create_policy(
            policyEngineId=self.engine_id,
            name=name,
            definition={"cedar": {"statement": text}},
            **wanted,
        )
        self.laptop.settle()
        return self.shown(made["policyId"])

    def shown(self, policy_id: str) -> JsonObject:
        """Return a policy as it is now."""
        found: JsonObject = self.control.get_policy(
            policyEngineId=self.engine_id, policyId=policy_id
        )
        return found

    def request(
        self,
        method: str,
        params: object = None,
        *,
        authorization: str | None = None,
        **claims: Any,  # noqa: ANN401 - JSON
    ) -> Request:
        """Return one MCP request with a token of these claims, or with this header."""
        message = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params or {}}
        headers = {
            "host": f"{self.gateway_id}.gateway.bedrock-agentcore.us-east-1.amazonaws.com",
            "content-type": "application/json",
            "authorization": authorization or f"Bearer {access_token(**claims)}",
        }
        body = json.dumps(message).encode()
        return Request("POST", "/mcp", headers=tuple(headers.items()), body=body)

    def rpc(self, method: str, params: object = None, **who: Any) -> Response:  # noqa: ANN401 - JSON
        """Send one request: see `request`."""
        request = self.request(method, params, **who)
        return self.laptop.loop.run(ask(self.laptop.gateways, request))

    def call(self, name: str, arguments: JsonObject, **who: Any) -> JsonObject:  # noqa: ANN401 - see `rpc`
        """Call a tool of the target, and return the JSON-RPC answer."""
        params = {"name": f"Support___{name}", "arguments": arguments}
        answer: JsonObject = json.loads(self.rpc("tools/call", params, **who).body)
        return answer

    def allows(self, name: str, arguments: JsonObject, **who: Any) -> bool:  # noqa: ANN401 - see `rpc`
        """Tell whether a call reached its tool; if not it must have been denied by policy."""
        answer = self.call(name, arguments, **who)
        if "result" in answer:
            assert answer["result"]["isError"] is False
            return True
        assert answer["error"]["code"] == -32002
        return False

    def listed(self, **who: Any) -> list[str]:  # noqa: ANN401 - see `rpc`
        """Return the names of the tools a caller sees, without the target's."""
        answer = json.loads(self.rpc("tools/list", **who).body)
        return [tool["name"].partition("___")[2] for tool in answer["result"]["tools"]]


def signed_by(laptop: PolicyLaptop, key_id: str, arn: str) -> str:
    """Make a caller known to the cloud, and return the header of what they sign."""
    laptop.cloud.callers[key_id] = Caller(ACCOUNT_ID, arn, key_id)
    scope = f"{key_id}/20260901/us-east-1/bedrock-agentcore/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
