"""Gateways with scripted neighbours: a control plane in memory, a fake cloud, keys of our own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from starlette.types import ASGIApp

from localcloud.agentcore.gateway import Choices, gateway_app
from localcloud.agentcore.gateway.search.model import tool_model
from localcloud.agentcore.gateway.search.reading import Reads
from localcloud.agentcore.model import (
    Gateway,
    HttpBinding,
    JsonObject,
    LambdaBinding,
    Parameter,
    Status,
    Target,
    Tool,
)
from localcloud.cloud import Request, Response
from minilm.embedding import Embedder
from tests.support.asgi import ask
from tests.support.fake_cloud import ACCOUNT_ID, FakeCloud, Sent

GATEWAY_ID = "petstore-abc1234567"
HOST = f"{GATEWAY_ID}.gateway.bedrock-agentcore.us-east-1.amazonaws.com"
GATEWAY_ARN = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT_ID}:gateway/{GATEWAY_ID}"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT_ID}:role/gateway"
API = "https://api1234567.execute-api.us-east-1.amazonaws.com/prod"
FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT_ID}:function:notes"
ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool"
DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"
JWKS = f"{ISSUER}/.well-known/jwks.json"
CLIENT = "client-one"
NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)

LIST_PETS = Tool(
    name="ListPets",
    description="List pets",
    input_schema={
        "type": "object",
        "properties": {
            "type": {"type": "string", "enum": ["dog", "cat", "fish"]},
            "limit": {"type": "integer", "minimum": 1},
            "tag": {"type": "array", "items": {"type": "string"}},
        },
    },
    binding=HttpBinding(
        "GET",
        f"{API}/pets",
        (Parameter("type", "query"), Parameter("limit", "query"), Parameter("tag", "query")),
        "execute-api",
    ),
)
GET_PET = Tool(
    name="GetPetById",
    description="Get one pet",
    input_schema={
        "type": "object",
        "properties": {"petId": {"type": "string"}},
        "required": ["petId"],
    },
    binding=HttpBinding(
        "GET", f"{API}/pets/{{petId}}", (Parameter("petId", "path"),), "execute-api"
    ),
    output_schema={"type": "object", "properties": {"petId": {"type": "string"}}},
)
NOTE = Tool(
    name="add_note",
    description="Keep a note",
    input_schema={
        "type": "object",
        "properties": {"text": {"type": "string"}, "pinned": {"type": "boolean"}},
        "required": ["text"],
    },
    binding=LambdaBinding(FUNCTION_ARN),
)
ROLE_CREDENTIALS = [{"credentialProviderType": "GATEWAY_IAM_ROLE"}]


@cache
def rsa_key(key_id: str = "k1") -> RSAKey:
    """Return a key pair that stays the same for the whole run."""
    return RSAKey.generate_key(2048, {"kid": key_id, "use": "sig", "alg": "RS256"})


@cache
def ec_key(key_id: str = "e1") -> ECKey:
    return ECKey.generate_key("P-256", {"kid": key_id})


@cache
def sentence_model() -> Embedder:
    """Return one model for the whole run: its weights take longer to read than a test."""
    return tool_model(Embedder())


def access_token(**claims: object) -> str:
    """Return a Cognito access token for `CLIENT`; a claim that is None is left out."""
    return signed(
        {
            "iss": ISSUER,
            "sub": "user-1",
            "client_id": CLIENT,
            "token_use": "access",
            "scope": "aws.cognito.signin.user.admin",
            "exp": int(NOW.timestamp()) + 3600,
        }
        | claims
    )


def signed(
    claims: dict[str, Any],
    *,
    key: RSAKey | ECKey | OctKey | None = None,
    header: Mapping[str, Any] | None = None,
) -> str:
    used = key or rsa_key()
    full = {"alg": "RS256", "kid": used.kid} | dict(header or {})
    present = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(full, present, used, algorithms=[full["alg"]])


def json_response(body: object, status: int = 200, **headers: str) -> Response:
    return Response(
        status, {"content-type": "application/json", **headers}, json.dumps(body).encode()
    )


@dataclass
class Reader:
    """The control plane's state."""

    gateways: dict[str, Gateway] = field(default_factory=dict)
    by_gateway: dict[str, tuple[Target, ...]] = field(default_factory=dict)

    def gateway(self, gateway_id: str) -> Gateway | None:
        return self.gateways.get(gateway_id)

    def targets(self, gateway_id: str) -> tuple[Target, ...]:
        return self.by_gateway.get(gateway_id, ())


@dataclass
class World:
    """One gateway, and everything around it."""

    cloud: FakeCloud = field(default_factory=FakeCloud)
    reader: Reader = field(default_factory=Reader)
    now: datetime = NOW
    choices: Choices = field(default_factory=Choices)
    model: Reads = field(default_factory=sentence_model)

    def __post_init__(self) -> None:
        self.app: ASGIApp = gateway_app(
            self.reader,
            self.cloud,
            lambda: self.now,
            choices=self.choices,
            new_id=lambda: "req-1",
            model=self.model,
        )
        self.publish(rsa_key())
        self.cloud.answer("GET", f"{API}/pets*", json_response({"items": []}))

    def publish(self, *keys: RSAKey | ECKey) -> None:
        """Let the identity provider publish these keys."""
        public = [key.as_dict(private=False) for key in keys]
        self.cloud.answer("GET", DISCOVERY, json_response({"issuer": ISSUER, "jwks_uri": JWKS}))
        self.cloud.answer("GET", JWKS, json_response({"keys": public}))

    def gateway(self, **config: object) -> Gateway:
        """Keep a gateway with this configuration beside what it must have."""
        gateway = Gateway(
            gateway_id=GATEWAY_ID,
            name="petstore",
            config={"roleArn": ROLE_ARN, "protocolType": "MCP", "authorizerType": "NONE"} | config,
            status=Status.READY,
            created_at=NOW,
            updated_at=NOW,
        )
        self.reader.gateways[GATEWAY_ID] = gateway
        return gateway

    def jwt_gateway(self, config: JsonObject | None = None, **authorizer: object) -> Gateway:
        """Keep a gateway that takes tokens of the identity provider."""
        jwt_authorizer = {"discoveryUrl": DISCOVERY} | authorizer
        return self.gateway(
            authorizerType="CUSTOM_JWT",
            authorizerConfiguration={"customJWTAuthorizer": jwt_authorizer},
            **config or {},
        )

    def mcp_gateway(self, **mcp: object) -> Gateway:
        """Keep an open gateway with this `protocolConfiguration.mcp`."""
        return self.gateway(protocolConfiguration={"mcp": mcp})

    def target(
        self,
        *tools: Tool,
        name: str = "PetStoreTarget",
        status: Status = Status.READY,
        credentials: list[JsonObject] | None = None,
    ) -> Target:
        """Add a target."""
        listed = self.reader.targets(GATEWAY_ID)
        target = Target(
            target_id=f"target{len(listed):04}",
            gateway_id=GATEWAY_ID,
            name=name,
            config={
                "targetConfiguration": {},
                "credentialProviderConfigurations": ROLE_CREDENTIALS
                if credentials is None
                else credentials,
            },
            status=status,
            created_at=NOW,
            updated_at=NOW,
            tools=tools,
        )
        self.reader.by_gateway[GATEWAY_ID] = (*listed, target)
        return target

    def change(self, target: Target, **changes: Any) -> None:  # noqa: ANN401 - fields of Target
        """Replace a target."""
        changed = replace(target, **changes)
        listed = self.reader.targets(GATEWAY_ID)
        self.reader.by_gateway[GATEWAY_ID] = tuple(
            changed if each.target_id == target.target_id else each for each in listed
        )

    async def request(
        self,
        method: str = "POST",
        path: str = "/mcp",
        *,
        host: str = HOST,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send one request as it is."""
        own = {"host": host, "content-type": "application/json"} | dict(headers or {})
        request = Request(method, path, headers=tuple(own.items()), body=body)
        return await ask(self.app, request)

    async def rpc(
        self,
        method: str,
        params: object = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        id_: object = 1,
    ) -> Response:
        """Send one JSON-RPC request."""
        message: JsonObject = {"jsonrpc": "2.0", "id": id_, "method": method}
        if params is not None:
            message["params"] = params
        all_headers = dict(headers or {})
        if token is not None:
            all_headers["authorization"] = f"Bearer {token}"
        return await self.request(body=json.dumps(message).encode(), headers=all_headers)

    async def result(self, method: str, params: object = None, **more: Any) -> JsonObject:  # noqa: ANN401
        """Send one JSON-RPC request and return its result."""
        response = await self.rpc(method, params, **more)
        assert response.status == 200, response.body
        answer = json.loads(response.body)
        assert "result" in answer, answer
        result: JsonObject = answer["result"]
        return result

    async def call(
        self,
        tool: str,
        arguments: JsonObject | None = None,
        **more: Any,  # noqa: ANN401
    ) -> JsonObject:
        """Call a tool and return its result."""
        return await self.result("tools/call", {"name": tool, "arguments": arguments or {}}, **more)

    def sent_to(self, prefix: str) -> list[Sent]:
        """Return what went out to URLs that begin so."""
        return [sent for sent in self.cloud.sent if sent.url.startswith(prefix)]


def error_of(response: Response) -> JsonObject:
    """Return the JSON-RPC error of a response."""
    error: JsonObject = json.loads(response.body)["error"]
    return error
