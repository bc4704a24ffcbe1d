"""A gateway with a target that has a credential provider, and all that is behind both."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass

from localcloud.agentcore.control.areas import Operation
from localcloud.agentcore.gateway import gateway_app
from localcloud.agentcore.identity.model import Workload
from localcloud.agentcore.identity.seal import Seal
from localcloud.agentcore.identity.service import IdentityService
from localcloud.agentcore.model import HttpBinding, JsonObject, Parameter, Tool
from tests.contract.agentcore_gateway.world import GATEWAY_ID, NOW, World, json_response
from tests.support.fake_cloud import CALLER, Sent
from tests.support.identity_plane import (
    API_KEY,
    DIRECTORY,
    RETURN_URL,
    VAULT,
    FixedIdentities,
    custom,
)
from tests.support.oauth_server import OauthServer

HOST = "https://weather.example.com"
TOOL = Tool(
    "Forecast",
    "Tell the weather",
    {"type": "object", "properties": {"city": {"type": "string"}, "key": {"type": "string"}}},
    HttpBinding("GET", f"{HOST}/v1", (Parameter("city", "query"), Parameter("key", "query"))),
)
KEY_ARN = f"{VAULT}/apikeycredentialprovider/weather"
OAUTH_ARN = f"{VAULT}/oauth2credentialprovider/crm"
CITY = {"city": "Nice & warm"}
IDENTITY = f"{DIRECTORY}/workload-identity/{GATEWAY_ID}"


@dataclass
class Keyed:
    """A world whose gateway has one target with a credential provider."""

    world: World
    identity: IdentityService
    server: OauthServer

    async def provide(self, operation: str, **members: object) -> None:
        """Do an operation on credential providers."""
        do: Operation = self.identity.area.operations[operation]
        output = do(CALLER, members)
        if not isinstance(output, dict):
            await output

    def target(self, kind: str, **provider: object) -> None:
        """Add the target."""
        member = "apiKeyCredentialProvider" if kind == "API_KEY" else "oauthCredentialProvider"
        arn = KEY_ARN if kind == "API_KEY" else OAUTH_ARN
        configured = {member: {"providerArn": arn} | provider}
        credentials: JsonObject = {
            "credentialProviderType": kind,
            "credentialProvider": configured,
        }
        self.world.target(TOOL, name="Weather", credentials=[credentials])

    async def call(self, arguments: JsonObject | None = None, token: str | None = None) -> Sent:
        """Call the tool; return what the target got at last."""
        result = await self.world.call("Weather___Forecast", arguments or CITY, token=token)
        assert not result["isError"], result
        return self.world.sent_to(HOST)[-1]

    async def failure(self, token: str | None = None) -> str:
        """Call the tool; return why that failed."""
        result = await self.world.call("Weather___Forecast", CITY, token=token)
        assert result["isError"]
        text: str = result["content"][0]["text"]
        return text


@asynccontextmanager
async def keyed_world() -> AsyncIterator[Keyed]:
    """Make both providers, and a gateway that tells why calls fail."""
    world, server = World(), OauthServer()
    server.join(world.cloud)
    own = FixedIdentities((Workload(GATEWAY_ID, NOW, NOW, (RETURN_URL,), linked=True),))
    with closing(sqlite3.connect(":memory:")) as database:
        identity = IdentityService(database, Seal(b"k" * 32), world.cloud, lambda: world.now, own)
        world.app = gateway_app(
            world.reader, world.cloud, lambda: world.now, credentials=identity.gateways
        )
        world.gateway(exceptionLevel="DEBUG")
        world.cloud.answer("GET", f"{HOST}/*", json_response({"sky": "clear"}))
        keyed = Keyed(world, identity, server)
        await keyed.provide("CreateApiKeyCredentialProvider", name="weather", apiKey=API_KEY)
        await keyed.provide(
            "CreateOauth2CredentialProvider",
            name="crm",
            credentialProviderVendor="CustomOauth2",
            oauth2ProviderConfigInput=custom(
                onBehalfOfTokenExchangeConfig={"grantType": "TOKEN_EXCHANGE"}
            ),
        )
        yield keyed
