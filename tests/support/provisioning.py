"""CloudFormation's side of the custom resources, in process: events out, answers in.

Door, state machine and tasks are the real ones; only the network between them is missing.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from agentcore_resources import app as door_app
from agentcore_resources.gateway import GATEWAY
from agentcore_resources.kind import StatedKind
from agentcore_resources.resource import MachineDriven
from provisioner import app as provisioner_app
from provisioner.errors import Busy, Throttled
from provisioner.ports import Kind
from tests.support.account import Account
from tests.support.control_plane import Laptop
from tests.support.objects import Objects
from tests.support.state_machine import ROOT, Execution, Interpreter, load_definition

DEFINITION = ROOT / "statemachines" / "provision.asl.yaml"
SUBSTITUTIONS = {"ProvisionerFunctionArn": "provisioner", "AnswerFunctionArn": "door"}
MOTO, LAPTOP, AWS = "moto", "laptop", "aws"
RESPONSE_URL = "https://cloudformation.example/answer?X-Amz-Signature=presigned"
STACK_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/petstore/1a2b3c4d-0000"
LOGICAL_ID = "PetStoreGateway"
ROLE_ARN = "arn:aws:iam::123456789012:role/gateway"
DISCOVERY_URL = "https://idp.example/.well-known/openid-configuration"
REST_API_ID = "abc123"

type Json = dict[str, Any]

API_GATEWAY: Json = {
    "RestApiId": REST_API_ID,
    "Stage": "prod",
    "ApiGatewayToolConfiguration": {"ToolFilters": [{"FilterPath": "/pets", "Methods": ["GET"]}]},
}


def target(name: str = "PetStoreTarget", **changes: object) -> Json:
    """Return a target's properties. `changes` replace members; None drops one."""
    stated = {
        "Name": name,
        "TargetConfiguration": {"Mcp": {"ApiGateway": API_GATEWAY}},
        "CredentialProviderConfigurations": [{"CredentialProviderType": "GATEWAY_IAM_ROLE"}],
        "Revision": "deployment-1",
    } | changes
    return {name: value for name, value in stated.items() if value is not None}


def properties(**changes: object) -> Json:
    """Return a gateway's properties, as a template has them. `changes` as above."""
    stated = {
        "Name": "petstore-gw",
        "RoleArn": ROLE_ARN,
        "ProtocolType": "MCP",
        "ProtocolConfiguration": {"Mcp": {"SupportedVersions": ["2025-06-18"]}},
        "AuthorizerType": "CUSTOM_JWT",
        "AuthorizerConfiguration": {
            "CustomJWTAuthorizer": {
                "DiscoveryUrl": DISCOVERY_URL,
                "AllowedClients": ["people", "machines"],
            }
        },
        "Targets": [target()],
    } | changes
    return {name: value for name, value in stated.items() if value is not None}


def as_strings(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Turn primitives into strings, as CloudFormation does to properties of custom resources."""
    if isinstance(value, dict):
        return {key: as_strings(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_strings(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


class Context:
    """What a function is told of its invocation."""

    function_name = "door"
    memory_limit_in_mb = 128
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:door"
    aws_request_id = "invocation-1"

    def get_remaining_time_in_millis(self) -> int:
        """Return plenty."""
        return 60_000


@dataclass
class ControlPlane:
    """A control plane: `client` speaks to it, `laptop` is what is behind it if it is ours.

    `changes` are the calls that change something, in order. `account` is whose it is on AWS.
    """

    name: str
    client: Any
    laptop: Laptop | None
    changes: list[str]
    account: Account | None = None
    objects: Objects = field(default_factory=Objects)

    @property
    def ours(self) -> Laptop:
        """Return the laptop's insides, for tests of what moto cannot be made to do."""
        assert self.laptop is not None
        return self.laptop

    def gateways(self) -> list[str]:
        """Return the names of the gateways there are; in an account, of the tests' own."""
        names = [item["name"] for item in self.client.list_gateways()["items"]]
        if self.account is None:
            return names
        return [seen for name in names if (seen := self.account.seen(name))]

    def targets(self, gateway_id: str) -> list[Json]:
        """Return a gateway's targets in full, by name."""
        found = self.client.list_gateway_targets(gatewayIdentifier=gateway_id)["items"]
        return [
            self.client.get_gateway_target(gatewayIdentifier=gateway_id, targetId=item["targetId"])
            for item in sorted(found, key=lambda item: str(item["name"]))
        ]


@dataclass
class Stack:
    """A stack with one resource in it, a gateway unless said otherwise.

    `answers` is what CloudFormation was told. `defaults` are the resource's properties, to which
    the tests state changes.
    """

    kind: Kind
    stated_kind: StatedKind[Any] = GATEWAY
    resource_type: str = "Custom::AgentCoreGateway"
    logical_id: str = LOGICAL_ID
    defaults: Callable[..., Json] = properties
    interpreter: Interpreter = field(init=False)
    stack_id: str = STACK_ID
    answers: list[Json] = field(default_factory=list)
    executions: list[Execution] = field(default_factory=list)
    physical_id: str = ""
    stated: Json = field(default_factory=dict)
    refuse_answers: list[Exception] = field(default_factory=list)
    account: Account | None = None
    answered: threading.Event = field(default_factory=threading.Event)
    _started: dict[str, Json] = field(default_factory=dict)
    _requests: int = 0

    def __post_init__(self) -> None:
        self._door = MachineDriven(self.stated_kind, start=self._start, deliver=self._deliver)
        functions: dict[str, Callable[[Json], object]] = {
            "provisioner": lambda event: provisioner_app.take(event, lambda *_: self.kind),
            "door": self.invoke_door,
        }
        self.interpreter = Interpreter(
            load_definition(DEFINITION, SUBSTITUTIONS), functions, live=self.account is not None
        )

    def create(self, **changes: object) -> Json:
        """Create the resource and return CloudFormation's answer."""
        self.stated = self.defaults(**changes)
        return self.send("Create", self.stated)

    def update(self, **changes: object) -> Json:
        """Update the resource in place."""
        old, self.stated = self.stated, self.defaults(**changes)
        return self.send("Update", self.stated, OldResourceProperties=as_strings(old))

    def delete(self) -> Json:
        """Delete the resource."""
        return self.send("Delete", self.stated)

    def send(self, request_type: str, stated: Json, **more: object) -> Json:
        """Send one event and, if it starts an execution, run that to its end."""
        event = self.event(request_type, stated, **more)
        self.invoke_door(event)
        if event["RequestId"] in self._started:
            self.run(event["RequestId"])
        answer = self.answers[-1]
        assert answer["RequestId"] == event["RequestId"]
        if self.account is not None:
            physical_id = answer["PhysicalResourceId"]
            answer |= {"PhysicalResourceId": self.account.seen(physical_id) or physical_id}
        self.physical_id = answer["PhysicalResourceId"]
        return answer

    def event(self, request_type: str, stated: Json, **more: object) -> Json:
        """Return CloudFormation's next event."""
        self._requests += 1
        event = {
            "RequestType": request_type,
            "RequestId": f"request-{self._requests}",
            "ResponseURL": RESPONSE_URL,
            "StackId": self.stack_id,
            "LogicalResourceId": self.logical_id,
            "ResourceType": self.resource_type,
            "ResourceProperties": as_strings(
                stated | {"ServiceToken": "arn:door", "ServiceTimeout": 3600}
            ),
        } | more
        if request_type != "Create":
            event["PhysicalResourceId"] = self.physical_id
        return event if self.account is None else dict(self.account.placed(event))

    def invoke_door(self, event: Json) -> dict[str, str]:
        """Call the door as Lambda does."""
        return door_app.serve(event, Context(), lambda _: self._door)

    def run(self, name: str) -> Execution:
        """Run a started execution."""
        self.interpreter.calls.clear()
        self.executions.append(self.interpreter.run(name, self._started[name]))
        return self.executions[-1]

    @property
    def started(self) -> dict[str, Json]:
        """Return the inputs of the executions, by name."""
        return self._started

    def _start(self, name: str, document: Json) -> None:
        self._started.setdefault(name, document)

    def _deliver(self, url: str, answer: Json) -> None:
        assert url == RESPONSE_URL
        if self.refuse_answers:
            raise self.refuse_answers.pop(0)
        self.answers.append(answer)
        self.answered.set()


class Troubled:
    """A kind of resource that raises what it is told to before it does what it is asked.

    `troubles` holds, by method, the exceptions of the next calls; None lets a call through.
    """

    def __init__(self, kind: Kind, **troubles: Sequence[Exception | None]) -> None:
        self._kind = kind
        self._troubles = {method: list(pending) for method, pending in troubles.items()}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever it is
        method = getattr(self._kind, name)
        if not callable(method):
            return method
        pending = self._troubles.get(name, [])

        def call(*arguments: object) -> object:
            trouble = pending.pop(0) if pending else None
            if trouble is not None:
                raise trouble
            return method(*arguments)

        return call


class LosesOneReply(Troubled):
    """A kind whose first create, or `method`, gets no reply though it is done.

    The second is told that the name is taken, also by moto, which knows no client tokens.
    """

    def __init__(self, kind: Kind, method: str = "create") -> None:
        super().__init__(kind)
        self._method, self._lost = method, False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as above
        method = super().__getattr__(name)
        if name != self._method:
            return method

        def call(*arguments: object) -> None:
            if self._lost:
                raise Busy("one of this name exists")
            self._lost = True
            method(*arguments)
            raise Throttled("no connection")

        return call
