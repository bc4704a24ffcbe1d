import asyncio
import re
from typing import Any

import pytest

from localcloud.agentcore.control.faults import Effect, Fault
from tests.support.control_plane import (
    API_GATEWAY_TARGET,
    FUNCTION_ARN,
    GATEWAY,
    TOOL,
    Client,
    Laptop,
    ready_gateway,
    ready_target,
)
from tests.support.fake_cloud import CALLER

TOKEN = "0123456789abcdef0123456789abcdef0"
SCHEMA = [{"name": "ping", "description": "Pings", "inputSchema": {"type": "object"}}]
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "apiGateway": API_GATEWAY_TARGET["targetConfiguration"]["mcp"]["apiGateway"],
    "lambda": {"lambdaArn": FUNCTION_ARN, "toolSchema": {"inlinePayload": SCHEMA}},
    "mcpServer": {"endpoint": "https://mcp.example/mcp"},
    "openApiSchema": {"inlinePayload": "{}"},
    "smithyModel": {"inlinePayload": "{}"},
}
PROVIDER = "arn:aws:bedrock-agentcore:us-east-1:123456789012:token-vault/default/provider/x"
IAM = {"iamCredentialProvider": {"service": "execute-api"}}
KEY = {"apiKeyCredentialProvider": {"providerArn": PROVIDER}}


def oauth(grant: str) -> dict[str, Any]:
    provider = {"providerArn": PROVIDER, "scopes": [], "grantType": grant}
    return {"oauthCredentialProvider": provider}


WAYS: dict[str, dict[str, Any] | None] = {
    "none": None,
    "role": {"credentialProviderType": "GATEWAY_IAM_ROLE"},
    "role for a service": {"credentialProviderType": "GATEWAY_IAM_ROLE", "credentialProvider": IAM},
    "client credentials": {
        "credentialProviderType": "OAUTH",
        "credentialProvider": oauth("CLIENT_CREDENTIALS"),
    },
    "authorization code": {
        "credentialProviderType": "OAUTH",
        "credentialProvider": oauth("AUTHORIZATION_CODE"),
    },
    "token exchange": {
        "credentialProviderType": "OAUTH",
        "credentialProvider": oauth("TOKEN_EXCHANGE"),
    },
    "key": {"credentialProviderType": "API_KEY", "credentialProvider": KEY},
    "caller": {"credentialProviderType": "CALLER_IAM_CREDENTIALS"},
    "passed token": {"credentialProviderType": "JWT_PASSTHROUGH"},
    "key without provider": {"credentialProviderType": "API_KEY"},
    "role with a key": {"credentialProviderType": "GATEWAY_IAM_ROLE", "credentialProvider": KEY},
}
GRANTS = {"client credentials", "authorization code", "token exchange"}
ALLOWED = {
    "apiGateway": {"none", "role", "key"},
    "lambda": {"role"},
    "mcpServer": {"none", "role for a service", "key"} | GRANTS,
    "openApiSchema": {"none", "role for a service", "key"} | GRANTS,
    "smithyModel": {"role", "client credentials"},
}


@pytest.fixture
def gateway_id(laptop: Laptop, client: Client) -> str:
    return ready_gateway(laptop, client)


@pytest.mark.fidelity("agentcore-control.target.create")
def test_a_created_target_is_creating_and_then_ready_with_its_tools(
    laptop: Laptop, client: Client, gateway_id: str
) -> None:
    created = client.create_gateway_target(gatewayIdentifier=gateway_id, **API_GATEWAY_TARGET)
    assert created["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert (created["status"], created["protocolType"]) == ("CREATING", "MCP")
    assert re.fullmatch("[0-9a-zA-Z]{10}", created["targetId"])
    laptop.settle()

    found = client.get_gateway_target(gatewayIdentifier=gateway_id, targetId=created["targetId"])
    assert found["status"] == "READY"
    assert found["targetConfiguration"] == API_GATEWAY_TARGET["targetConfiguration"]
    assert laptop.importer.imported == [("PetStore/PetStoreTarget", CALLER)]
    assert laptop.store.targets(gateway_id)[0].tools == (TOOL,)


@pytest.mark.fidelity("agentcore-control.target.failed")
def test_a_target_whose_tools_cannot_be_imported_fails_and_says_why(
    laptop: Laptop, client: Client, gateway_id: str
) -> None:
    laptop.importer.failure = "Operation GET /pets has no operationId"
    target_id = ready_target(laptop, client, gateway_id)
    found = client.get_gateway_target(gatewayIdentifier=gateway_id, targetId=target_id)
    assert found["status"] == "FAILED"
    assert found["statusReasons"] == ["Operation GET /pets has no operationId"]


@pytest.mark.fidelity("agentcore-control.target.gateway-status")
def test_targets_wait_for_their_gateway(laptop: Laptop, client: Client) -> None:
    laptop.faults.order("PetStore", Fault(Effect.HOLD))
    gateway_id = ready_gateway(laptop, client)
    with pytest.raises(
        client.exceptions.ValidationException,
        match="Cannot perform operation CreateGatewayTarget when gateway is in CREATING status",
    ):
        client.create_gateway_target(gatewayIdentifier=gateway_id, **API_GATEWAY_TARGET)


@pytest.mark.fidelity("agentcore-control.target.list")
def test_a_list_of_targets_names_their_type_and_no_configuration(
    laptop: Laptop, client: Client, gateway_id: str
) -> None:
    target_id = ready_target(laptop, client, gateway_id, description="pets")
    (item,) = client.list_gateway_targets(gatewayIdentifier=gateway_id)["items"]
    assert (item["targetId"], item["targetType"]) == (target_id, "API_GATEWAY")
    assert item["description"] == "pets"
    assert "targetConfiguration" not in item


@pytest.mark.fidelity("agentcore-control.target.update-replaces")
def test_an_update_replaces_the_whole_target_and_imports_again(
    laptop: Laptop, client: Client, gateway_id: str
) -> None:
    target_id = ready_target(laptop, client, gateway_id, description="pets")
    where = {"gatewayIdentifier": gateway_id, "targetId": target_id}
    updated = client.update_gateway_target(**where, **API_GATEWAY_TARGET)
    assert updated["status"] == "UPDATING"
    laptop.settle()
    found = client.get_gateway_target(**where)
    assert (found["status"], "description" in found) == ("READY", False)
    assert len(laptop.importer.imported) == 2


def test_an_update_that_fails_keeps_the_tools_there_were(
    laptop: Laptop, client: Client, gateway_id: str
) -> None:
    target_id = ready_target(laptop, client, gateway_id)
    laptop.importer.failure = "no such stage"
    where = {"gatewayIdentifier": gateway_id, "targetId": target_id}
    client.update_gateway_target(**where, **API_GATEWAY_TARGET)
    laptop.settle()
    found = client.get_gateway_target(**where)
    assert (found["status"], found["statusReasons"]) == ("UPDATE_UNSUCCESSFUL", ["no such stage"])
    assert laptop.store.targets(gateway_id)[0].tools == (TOOL,)


@pytest.mark.fidelity("agentcore-control.target.conflict")
def test_two_targets_of_a_gateway_cannot_have_one_name(
    laptop: Laptop, client: Client, gateway_id: str
) -> None:
    ready_target(laptop, client, gateway_id)
    other = ready_target(laptop, client, gateway_id, name="other")
    with pytest.raises(client.exceptions.ConflictException):
        client.create_gateway_target(gatewayIdentifier=gateway_id, **API_GATEWAY_TARGET)
    with pytest.raises(client.exceptions.ConflictException):
        client.update_gateway_target(
            gatewayIdentifier=gateway_id, targetId=other, **API_GATEWAY_TARGET
        )


@pytest.mark.fidelity("agentcore-control.target.transitional")
def test_a_target_that_is_changing_can_be_deleted_but_not_updated(
    laptop: Laptop, client: Client, gateway_id: str
) -> None:
    laptop.importer.gate = asyncio.Event()
    where = {"gatewayIdentifier": gateway_id}
    where["targetId"] = client.create_gateway_target(**where, **API_GATEWAY_TARGET)["targetId"]
    with pytest.raises(client.exceptions.ValidationException, match="when target is in CREATING"):
        client.update_gateway_target(**where, **API_GATEWAY_TARGET)
    assert client.delete_gateway_target(**where)["status"] == "DELETING"
    laptop.settle()
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_gateway_target(**where)


@pytest.mark.fidelity("agentcore-control.target.concurrency")
def test_five_targets_of_a_gateway_change_at_once(
    laptop: Laptop, client: Client, gateway_id: str
) -> None:
    laptop.importer.gate = asyncio.Event()
    wanted = API_GATEWAY_TARGET | {"gatewayIdentifier": gateway_id}
    for number in range(5):
        client.create_gateway_target(**wanted | {"name": f"target-{number}"})
    with pytest.raises(client.exceptions.ThrottlingException) as refused:
        client.create_gateway_target(**wanted)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429


@pytest.mark.fidelity("agentcore-control.target.quota")
def test_a_gateway_has_at_most_a_hundred_targets(
    laptop: Laptop, client: Client, gateway_id: str
) -> None:
    for number in range(100):
        ready_target(laptop, client, gateway_id, name=f"target-{number}")
    with pytest.raises(client.exceptions.ServiceQuotaExceededException):
        client.create_gateway_target(gatewayIdentifier=gateway_id, **API_GATEWAY_TARGET)


def test_the_same_target_request_twice_makes_one_target(client: Client, gateway_id: str) -> None:
    wanted = API_GATEWAY_TARGET | {"gatewayIdentifier": gateway_id, "clientToken": TOKEN}
    first = client.create_gateway_target(**wanted)["targetId"]
    assert client.create_gateway_target(**wanted)["targetId"] == first


@pytest.mark.fidelity("agentcore-control.target.credentials")
@pytest.mark.parametrize("kind", ALLOWED)
def test_each_kind_of_target_takes_the_credentials_of_the_table(
    laptop: Laptop, client: Client, gateway_id: str, kind: str
) -> None:
    taken = set()
    for way, credentials in WAYS.items():
        wanted: dict[str, Any] = {
            "gatewayIdentifier": gateway_id,
            "name": way.replace(" ", "-"),
            "targetConfiguration": {"mcp": {kind: CONFIGURATIONS[kind]}},
        }
        if credentials is not None:
            wanted["credentialProviderConfigurations"] = [credentials]
        try:
            client.create_gateway_target(**wanted)
        except client.exceptions.ValidationException as refusal:
            (problem,) = refusal.response["fieldList"]
            assert problem["name"] == "credentialProviderConfigurations"
        else:
            taken.add(way)
        laptop.settle()
    assert taken == ALLOWED[kind]


@pytest.mark.fidelity("agentcore-control.target.lambda-credentials")
def test_a_lambda_target_without_credentials_is_refused_in_awss_words(
    client: Client, gateway_id: str
) -> None:
    with pytest.raises(
        client.exceptions.ValidationException,
        match=r"^.*CredentialProviderConfigurations is required for Lambda targets$",
    ):
        client.create_gateway_target(
            gatewayIdentifier=gateway_id,
            name="pets",
            targetConfiguration={"mcp": {"lambda": CONFIGURATIONS["lambda"]}},
        )


@pytest.mark.fidelity("agentcore-control.target.protocol")
def test_http_targets_need_a_gateway_without_protocol(laptop: Laptop, client: Client) -> None:
    arn = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/agent-0123456789"
    wanted = {
        "name": "agent",
        "targetConfiguration": {"http": {"agentcoreRuntime": {"arn": arn}}},
        "credentialProviderConfigurations": [{"credentialProviderType": "CALLER_IAM_CREDENTIALS"}],
    }
    mcp_only = ready_gateway(laptop, client)
    with pytest.raises(client.exceptions.ValidationException, match="do not support http targets"):
        client.create_gateway_target(gatewayIdentifier=mcp_only, **wanted)

    both = {name: value for name, value in GATEWAY.items() if name != "protocolType"}
    open_to_both = client.create_gateway(**both | {"name": "both"})["gatewayId"]
    laptop.settle()
    created = client.create_gateway_target(gatewayIdentifier=open_to_both, **wanted)
    assert created["protocolType"] == "HTTP"
    passed = wanted | {
        "name": "passed",
        "credentialProviderConfigurations": [{"credentialProviderType": "JWT_PASSTHROUGH"}],
    }
    with pytest.raises(client.exceptions.ValidationException, match="requires a gateway with"):
        client.create_gateway_target(gatewayIdentifier=open_to_both, **passed)


@pytest.mark.fidelity("agentcore-control.target.headers")
@pytest.mark.parametrize("header", ["Authorization", "X-Amzn-Trace-Id", "Cookie", "with space"])
def test_some_headers_cannot_be_propagated(client: Client, gateway_id: str, header: str) -> None:
    with pytest.raises(client.exceptions.ValidationException, match="may not be propagated"):
        client.create_gateway_target(
            gatewayIdentifier=gateway_id,
            metadataConfiguration={"allowedRequestHeaders": [header]},
            **API_GATEWAY_TARGET,
        )


@pytest.mark.fidelity("agentcore-control.target.synchronize")
def test_only_mcp_servers_can_be_synchronized(
    laptop: Laptop, client: Client, gateway_id: str
) -> None:
    server = {"mcp": {"mcpServer": CONFIGURATIONS["mcpServer"]}}
    server_id = client.create_gateway_target(
        gatewayIdentifier=gateway_id, name="server", targetConfiguration=server
    )["targetId"]
    laptop.settle()
    where = {"gatewayIdentifier": gateway_id}
    begun = client.get_gateway_target(**where, targetId=server_id)["lastSynchronizedAt"]

    (view,) = client.synchronize_gateway_targets(**where, targetIdList=[server_id])["targets"]
    assert view["status"] == "SYNCHRONIZING"
    laptop.settle()
    found = client.get_gateway_target(**where, targetId=server_id)
    assert found["status"] == "READY"
    assert found["lastSynchronizedAt"] > begun

    laptop.importer.failure = "server does not answer"
    client.synchronize_gateway_targets(**where, targetIdList=[server_id])
    laptop.settle()
    found = client.get_gateway_target(**where, targetId=server_id)
    assert found["status"] == "SYNCHRONIZE_UNSUCCESSFUL"

    api_id = ready_target(laptop, client, gateway_id)
    with pytest.raises(client.exceptions.ValidationException, match="can be synchronized"):
        client.synchronize_gateway_targets(**where, targetIdList=[api_id])
