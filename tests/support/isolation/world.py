"""AgentCore, put together as the laptop cloud does it, with the platforms of several tenants."""

import json
import sqlite3
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moto.core.models import botocore_stubber
from starlette.types import Receive, Scope, Send

from localcloud.agentcore.assembly import Files, assemble
from localcloud.agentcore.control.faults import Faults
from localcloud.agentcore.gateway import Choices
from localcloud.agentcore.gateway.decisions import log_group
from localcloud.agentcore.gateway.search.texts import sentence_of
from localcloud.agentcore.runtime.app import AgentsApp, Limits, is_for_agents
from localcloud.agentcore.runtime.inbound import Inbound
from localcloud.agentcore.runtime.service import Place
from localcloud.agentcore.runtime.sessions import Sessions
from localcloud.cloud import Caller, Request, Response
from policy.files import read_policies
from tests.contract.agentcore_gateway.world import DISCOVERY, ISSUER, JWKS, json_response, rsa_key
from tests.support import agent_runtimes
from tests.support.asgi import LoopThread, ask, boto3_client, bridged
from tests.support.fake_cloud import ACCOUNT_ID
from tests.support.isolation import table
from tests.support.isolation.agents import Agents
from tests.support.isolation.bridges import Bridges, function_arn
from tests.support.isolation.canaries import Canaries, MarkBlind
from tests.support.isolation.cloud import Grant, TenantsCloud
from tests.support.isolation.people import COMPANIES, SHARED, client_of
from tests.support.memory_plane import MEMORIES, Clock
from tests.support.policy_plane import GATEWAYS, LOGS_URL, NOW
from tests.support.template import ROOT

type Json = dict[str, Any]
type Client = Any
"""A boto3 client: its methods are made at run time."""

type EventKey = tuple[str, str, str, str]
"""Memory, actor, session and id of an event."""

POLICIES = ROOT / "policies"
HOMES = (*COMPANIES, SHARED)
ROLE_ARN = f"arn:aws:iam::{ACCOUNT_ID}:role/platform"
PAGE_SIZE = 3
"""Tools a page, so that there are pages."""

POOL = "pool"
"""The memory that both companies share, each below its own name."""

STRATEGY: Json = {
    "semanticMemoryStrategy": {"name": "Facts", "namespaceTemplates": ["/customers/{actorId}/"]}
}
OF_EVENTS = ("CreateEvent", "GetEvent", "ListEvents", "DeleteEvent", "ListSessions")
OF_RECORDS = ("*MemoryRecord", "*MemoryRecords")


@dataclass
class World:
    """One account with all of them in it.

    `written` and `deleted` are events, by company; `loot` is what anyone has got hold of, by kind,
    each with the tenant it came from; `decided` the tools of calls that policies decided on.
    """

    loop: LoopThread
    folder: Path
    bridges: Bridges = field(default_factory=lambda: Bridges(HOMES))
    cloud: TenantsCloud = field(default_factory=TenantsCloud)
    database: sqlite3.Connection = field(
        default_factory=lambda: sqlite3.connect(":memory:", check_same_thread=False)
    )
    canaries: Canaries = field(default_factory=Canaries)
    agents: Agents = field(default_factory=Agents)

    def __post_init__(self) -> None:
        model = MarkBlind()
        model.read(tuple(_sentences()))  # here, where nobody waits: a busy machine takes its time
        model.read(table.QUERIES)
        self.loop.run(self._assemble(model))
        self.gateways: dict[str, str] = {}
        self.runtimes: dict[str, str] = {}
        self.memories: dict[str, str] = {}
        self.data: dict[str, Client] = {}
        self.decided: list[str] = []
        self.forget()

    def forget(self) -> None:
        """Begin anew with what is known of what was written."""
        self.written: dict[str, set[EventKey]] = defaultdict(set)
        self.deleted: set[EventKey] = set()
        self.loot: dict[str, list[tuple[str, Any]]] = defaultdict(list)

    async def _assemble(self, model: MarkBlind) -> None:
        clock = Clock(NOW)
        place = Place(self.folder / "agents", self.folder / "sessions")
        files = Files(self.folder / "key", self.folder / "tools.sqlite")
        choices = Choices(page_size=PAGE_SIZE)
        self.core = assemble(
            self.database, self.cloud, place, files, Faults(), clock, choices, model
        )
        sessions = Sessions(self.agents.start, lambda: 0.0, 10_000)
        self._agents_app = AgentsApp(
            self.core.runtimes.store,
            self.cloud,
            sessions,
            self.agents.client(),
            Inbound(self.cloud, NOW.timestamp),
            Limits(),
        )

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for the control plane, for memories and for agents."""
        agents = is_for_agents(scope["method"], scope["raw_path"])
        await (self._agents_app if agents else self.core.control)(scope, receive, send)

    def settle(self) -> None:
        """Wait until nothing goes on."""
        self.loop.run(self.core.plane.settle())

    def post(self, gateway: str, token: str, message: Json) -> Response:
        """Send one MCP message to a gateway."""
        headers = {
            "host": f"{self.gateways[gateway]}.gateway.bedrock-agentcore.us-east-1.amazonaws.com",
            "content-type": "application/json",
            "authorization": f"Bearer {token}",
        }
        body = json.dumps(message).encode()
        request = Request("POST", "/mcp", headers=tuple(headers.items()), body=body)
        return self.loop.run(ask(self.core.gateways, request))

    def effects(self) -> tuple[int, int, int]:
        """Return what changes whenever a call has an effect: rows, tools and agents."""
        return self.database.total_changes, self.bridges.calls, self.agents.calls

    def decision_lines(self) -> dict[str, list[Json]]:
        """Let the logs of decisions be sent, and return all lines, by gateway. Only once."""
        self.loop.run(self.core.decisions.close())
        sent = [json.loads(one.content) for one in self.cloud.sent if one.url == LOGS_URL]
        groups = {log_group(gateway_id): home for home, gateway_id in self.gateways.items()}
        lines: dict[str, list[Json]] = {home: [] for home in self.gateways}
        for one in sent:
            for event in one.get("logEvents", []):
                lines[groups[one["logGroupName"]]].append(json.loads(event["message"]))
        return lines

    def renew_memories(self, control: Client) -> None:
        """Give everyone new, empty memories."""
        self.memories = {
            name: control.create_memory(
                name=f"M{uuid.uuid4().hex[:12]}",
                eventExpiryDuration=30,
                memoryStrategies=[STRATEGY],
            )["memory"]["id"]
            for name in (*COMPANIES, POOL)
        }
        self.settle()
        self.cloud.grants = {_role_of(one): tuple(self._grants(one)) for one in COMPANIES}
        self.forget()

    def _grants(self, company: str) -> Iterator[Grant]:
        """Everything in its own memory, and in the pool what is below its name."""
        yield Grant(("*",), f"{MEMORIES}/{self.memories[company]}")
        pool, below = f"{MEMORIES}/{self.memories[POOL]}", f"/customers/{company}/*"
        yield Grant(OF_EVENTS, pool, {"actorId": (f"{company}/*",)})
        yield Grant(OF_RECORDS, pool, {"namespace": (below,)})
        reading = ("ListMemoryRecords", "RetrieveMemoryRecords")
        yield Grant(reading, pool, {"namespacePath": (f"/customers/{company}", below)})


@contextmanager
def opened(folder: Path) -> Iterator[tuple[World, Client]]:
    """Give a world with everything in it but memories, and a client of its control plane.

    Needs moto.
    """
    with LoopThread() as loop, ExitStack() as stack:
        world = World(loop, folder)
        stack.callback(world.database.close)
        control = _client("bedrock-agentcore-control", "AKIDEXAMPLE")
        stack.enter_context(bridged(control, world.app, loop))
        for company in COMPANIES:
            key_id = f"AKID{company}"
            world.cloud.callers[key_id] = Caller(ACCOUNT_ID, _role_of(company), key_id)
            data = _client("bedrock-agentcore", key_id)
            world.data[company] = stack.enter_context(bridged(data, world.app, loop))
        _publish(world)
        for home in HOMES:
            world.gateways[home] = _gateway(world, control, home)
            world.runtimes[home] = _runtime(world, control, home)
            whose = "customers" if home == SHARED else home
            world.bridges.add_customer(home, "ACC-001", f"Jane {world.canaries.of(whose)}")
        yield world, control


def _client(service: str, access_key_id: str) -> Client:
    """Return a client that moto, which is there for DynamoDB, does not hear."""
    client = boto3_client(service, access_key_id=access_key_id)
    client.meta.events.unregister("before-send", botocore_stubber)
    return client


def _publish(world: World) -> None:
    public = [rsa_key().as_dict(private=False)]
    discovery = json_response({"issuer": ISSUER, "jwks_uri": JWKS})
    archive = agent_runtimes.archive({"main.py": ""})
    world.cloud.answer("GET", DISCOVERY, discovery)
    world.cloud.answer("GET", JWKS, json_response({"keys": public}))
    world.cloud.answer("GET", "https://s3.*", Response(200, {}, archive))
    world.cloud.answer("POST", "https://lambda.*", world.bridges.answer)
    world.cloud.answer("POST", LOGS_URL, Response(200))
    world.cloud.answer("POST", "https://monitoring.*", Response(200))


def _authorizer(home: str) -> Json:
    return {"customJWTAuthorizer": {"discoveryUrl": DISCOVERY, "allowedClients": [client_of(home)]}}


def _gateway(world: World, control: Client, home: str) -> str:
    """Make a gateway as the platform's template does: tools, then the policies on them."""
    engine = control.create_policy_engine(name=f"Engine_{home.replace('-', '_')}")
    world.settle()
    gateway_id: str = control.create_gateway(
        name=f"{home}-platform",
        roleArn=ROLE_ARN,
        protocolType="MCP",
        protocolConfiguration={"mcp": {"searchType": "SEMANTIC"}},
        authorizerType="CUSTOM_JWT",
        authorizerConfiguration=_authorizer(home),
        policyEngineConfiguration={"arn": engine["policyEngineArn"], "mode": "ENFORCE"},
    )["gatewayId"]
    world.settle()
    for name, tools in _tools().items():
        control.create_gateway_target(gatewayIdentifier=gateway_id, **_target(home, name, tools))
    world.settle()
    for policy in read_policies(POLICIES, f"{GATEWAYS}/{gateway_id}"):
        control.create_policy(
            policyEngineId=engine["policyEngineId"],
            name=f"{policy.name}_{home.replace('-', '_')}",  # unique in the account
            definition={"cedar": {"statement": policy.statement}},
            validationMode="IGNORE_ALL_FINDINGS",
        )
    world.settle()
    policies = control.list_policies(policyEngineId=engine["policyEngineId"])["policies"]
    assert {one["status"] for one in policies} == {"ACTIVE"}
    return gateway_id


def _tools() -> Mapping[str, list[Json]]:
    tools: dict[str, list[Json]] = json.loads((POLICIES / "tools.json").read_text("utf-8"))
    return tools


def _sentences() -> Iterator[str]:
    """Yield what is read of tools to find them."""
    for target, tools in _tools().items():
        for tool in tools:
            yield sentence_of(f"{target}___{tool['name']}", tool["description"])


def _target(home: str, name: str, tools: list[Json]) -> Mapping[str, Any]:
    function = {
        "lambdaArn": function_arn(home, name),
        "toolSchema": {"inlinePayload": tools},
    }
    return {
        "name": name,
        "targetConfiguration": {"mcp": {"lambda": function}},
        "credentialProviderConfigurations": [{"credentialProviderType": "GATEWAY_IAM_ROLE"}],
    }


def _runtime(world: World, control: Client, home: str) -> str:
    arn: str = control.create_agent_runtime(
        **agent_runtimes.wanted(
            f"agent_{home.replace('-', '_')}", authorizerConfiguration=_authorizer(home)
        )
    )["agentRuntimeArn"]
    world.settle()
    return arn


def _role_of(company: str) -> str:
    return f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{company}/agent"
