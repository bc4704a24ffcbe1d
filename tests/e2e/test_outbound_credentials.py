"""Targets with credential providers, on a real laptop cloud: its IAM, its Cognito, its database."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.e2e.test_lambda_target import role, until_gone, until_ready
from tests.support.laptop import Laptop
from tests.support.loopback import serve
from tests.support.rpc import Gateway

pytestmark = pytest.mark.laptop

NAME = "outbound"
ROLE = "outbound-gateway"
API_KEY = "a-key-of-the-weather-service"
SCOPE = "weather/read"
ACTIONS = [
    "bedrock-agentcore:GetWorkloadAccessToken",
    "bedrock-agentcore:GetResourceApiKey",
    "bedrock-agentcore:GetResourceOauth2Token",
]


@dataclass
class Weather:
    """A service behind an OpenAPI target, and what it got."""

    got: list[dict[str, str]] = field(default_factory=list)

    async def answer(self, request: Request) -> JSONResponse:
        """Tell the weather to whoever has brought something."""
        self.got.append(dict(request.headers))
        return JSONResponse({"sky": "clear"})

    def document(self, url: str) -> str:
        """Return the service's OpenAPI document."""
        operation = {
            "operationId": "Forecast",
            "description": "Tell the weather",
            "responses": {"200": {"description": "the sky"}},
        }
        return json.dumps(
            {
                "openapi": "3.0.1",
                "info": {"title": "Weather", "version": "1"},
                "servers": [{"url": url}],
                "paths": {"/forecast": {"get": operation}},
            }
        )


@dataclass
class Outbound:
    """An open gateway whose role may do nothing yet, and the service it is to reach."""

    laptop: Laptop
    weather: Weather
    url: str
    made: dict[str, Any]

    def target(self, kind: str, **provider: Any) -> None:  # noqa: ANN401 - JSON
        """Add a target of this name and kind of credential, and wait."""
        control = self.laptop.client("bedrock-agentcore-control")
        member = "apiKeyCredentialProvider" if kind == "API_KEY" else "oauthCredentialProvider"
        schema = {"openApiSchema": {"inlinePayload": self.weather.document(self.url)}}
        names = {"gatewayIdentifier": self.made["gatewayId"]}
        target = control.create_gateway_target(
            **names,
            name=kind.replace("_", ""),
            targetConfiguration={"mcp": schema},
            credentialProviderConfigurations=[
                {"credentialProviderType": kind, "credentialProvider": {member: provider}}
            ],
        )
        until_ready(lambda: control.get_gateway_target(**names, targetId=target["targetId"]))

    def call(self, target: str) -> dict[str, Any]:
        """Call a target's tool."""
        gateway = Gateway(self.made["gatewayUrl"], self.laptop, None)
        return gateway.call(f"{target}___Forecast")

    def allow(self, *resources: str, secrets: str) -> None:
        """Let the gateway's role use providers, and read these secrets."""
        statements = [
            {"Effect": "Allow", "Action": ACTIONS, "Resource": list(resources)},
            {
                "Effect": "Allow",
                "Action": "secretsmanager:GetSecretValue",
                "Resource": f"arn:aws:secretsmanager:*:*:secret:{secrets}",
            },
        ]
        self.laptop.client("iam").put_role_policy(
            RoleName=ROLE,
            PolicyName="credentials",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
        )


@pytest.fixture
def outbound(laptop: Laptop) -> Iterator[Outbound]:
    control = laptop.client("bedrock-agentcore-control")
    made = control.create_gateway(
        name=NAME,
        roleArn=role(laptop, ROLE, "bedrock-agentcore.amazonaws.com"),
        protocolType="MCP",
        authorizerType="NONE",
        exceptionLevel="DEBUG",
    )
    names = {"gatewayIdentifier": made["gatewayId"]}
    until_ready(lambda: control.get_gateway(**names))
    weather = Weather()
    with serve(Starlette(routes=[Route("/forecast", weather.answer)])) as url:
        yield Outbound(laptop, weather, url, made)
    for target in control.list_gateway_targets(**names)["items"]:
        control.delete_gateway_target(**names, targetId=target["targetId"])
    until_gone(lambda: control.list_gateway_targets(**names)["items"])
    control.delete_gateway(**names)
    iam = laptop.client("iam")
    for policy in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]:
        iam.delete_role_policy(RoleName=ROLE, PolicyName=policy)
    iam.delete_role(RoleName=ROLE)


def vault(laptop: Laptop, *parts: str) -> list[str]:
    prefix = f"arn:aws:bedrock-agentcore:us-east-1:{laptop.settings.account_id}"
    directory = f"{prefix}:workload-identity-directory/default"
    own = f"{directory}/workload-identity/{NAME}-*"
    return [f"{prefix}:token-vault/default", directory, own, *parts]


def test_a_key_reaches_the_target_once_the_role_may_read_it(
    laptop: Laptop, outbound: Outbound
) -> None:
    control = laptop.client("bedrock-agentcore-control")
    made = control.create_api_key_credential_provider(name="weather", apiKey=API_KEY)
    arn = made["credentialProviderArn"]
    outbound.target("API_KEY", providerArn=arn, credentialParameterName="x-api-key")

    def said() -> str:
        text: str = outbound.call("APIKEY")["content"][0]["text"]
        return text

    assert "not authorized to perform: bedrock-agentcore:GetWorkloadAccessToken" in said()
    outbound.allow(*vault(laptop, arn), secrets="bedrock-agentcore-identity!default/oauth2/*")
    assert "not authorized to perform: secretsmanager:GetSecretValue" in said()
    assert outbound.weather.got == []

    outbound.allow(*vault(laptop, arn), secrets="bedrock-agentcore-identity!default/apikey/*")
    assert json.loads(said()) == {"sky": "clear"}
    assert outbound.weather.got[-1]["x-api-key"] == API_KEY
    control.delete_api_key_credential_provider(name="weather")
    assert "not found" in said()


def test_a_token_of_cognito_reaches_the_target(laptop: Laptop, outbound: Outbound) -> None:
    pools = laptop.client("cognito-idp")
    pool_id = pools.create_user_pool(PoolName=NAME)["UserPool"]["Id"]
    pools.create_user_pool_domain(UserPoolId=pool_id, Domain=NAME)
    pools.create_resource_server(
        UserPoolId=pool_id,
        Identifier="weather",
        Name="weather",
        Scopes=[{"ScopeName": "read", "ScopeDescription": "read"}],
    )
    client = pools.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName=NAME,
        GenerateSecret=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=[SCOPE],
        AllowedOAuthFlowsUserPoolClient=True,
    )["UserPoolClient"]
    control = laptop.client("bedrock-agentcore-control")
    config = {
        "issuer": f"https://cognito-idp.us-east-1.amazonaws.com/{pool_id}",
        "authorizationEndpoint": f"https://{NAME}.auth.us-east-1.amazoncognito.com/oauth2/authorize",
        "tokenEndpoint": f"https://{NAME}.auth.us-east-1.amazoncognito.com/oauth2/token",
        "clientId": client["ClientId"],
        "clientSecret": client["ClientSecret"],
    }
    arn = control.create_oauth2_credential_provider(
        name="pool",
        credentialProviderVendor="CognitoOauth2",
        oauth2ProviderConfigInput={"includedOauth2ProviderConfig": config},
    )["credentialProviderArn"]
    outbound.target("OAUTH", providerArn=arn, scopes=[SCOPE], grantType="CLIENT_CREDENTIALS")
    outbound.allow(*vault(laptop, arn), secrets="bedrock-agentcore-identity!default/oauth2/*")

    result = outbound.call("OAUTH")
    assert not result["isError"], result
    scheme, _, token = outbound.weather.got[-1]["authorization"].partition(" ")
    assert (scheme, token.count(".")) == ("Bearer", 2)

    outbound.call("OAUTH")
    assert outbound.weather.got[-1]["authorization"] == f"Bearer {token}"
    control.delete_oauth2_credential_provider(name="pool")
    pools.delete_user_pool_domain(UserPoolId=pool_id, Domain=NAME)
    pools.delete_user_pool(UserPoolId=pool_id)


@pytest.mark.fidelity("identity.sealed")
def test_a_cloud_that_has_ended_leaves_no_secret_in_its_files(other_laptop: Laptop) -> None:
    control = other_laptop.client("bedrock-agentcore-control")
    data = other_laptop.client("bedrock-agentcore")
    control.create_workload_identity(name="desk")
    control.create_api_key_credential_provider(name="weather", apiKey=API_KEY)
    token = data.get_workload_access_token(workloadName="desk")["workloadAccessToken"]
    wanted = {"workloadIdentityToken": token, "resourceCredentialProviderName": "weather"}
    assert data.get_resource_api_key(**wanted)["apiKey"] == API_KEY
    other_laptop.stop()

    home, database = other_laptop.settings.home, other_laptop.settings.database
    assert b"weather" in database.read_bytes()
    files = [path for path in home.rglob("*") if path.is_file()]
    assert other_laptop.settings.token_vault_key in files
    found = [path for path in files if API_KEY.encode() in path.read_bytes()]
    assert found == []

    other_laptop.start()
    again = other_laptop.client("bedrock-agentcore")
    assert again.get_resource_api_key(**wanted)["apiKey"] == API_KEY
