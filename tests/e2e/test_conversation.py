"""The way a question takes: token, gateway, REST API, function, and back."""

import json

import httpx
import pytest

from tests.support.laptop import ROOT, Cloud, Laptop, Stack
from tests.support.rpc import Gateway


def test_the_gateway_exports_only_the_operations_that_read(cloud: Cloud, stack: Stack) -> None:
    gateway = Gateway.of(cloud, stack)

    assert gateway.tool_names() == ["PetStoreTarget___GetPetById", "PetStoreTarget___ListPets"]


def test_a_tool_call_ends_in_the_table_of_pets(cloud: Cloud, stack: Stack) -> None:
    result = Gateway.of(cloud, stack).call("PetStoreTarget___GetPetById", petId="pet-1")

    assert result["isError"] is False
    assert json.loads(result["content"][0]["text"])["name"] == "Buddy"


def test_a_machine_gets_in_with_client_credentials(cloud: Cloud, stack: Stack) -> None:
    if "MachineClientId" not in stack.outputs:
        pytest.skip("needs a stack with MachineAccess=enabled")
    client = cloud.client("cognito-idp").describe_user_pool_client(
        UserPoolId=stack.outputs["UserPoolId"], ClientId=stack.outputs["MachineClientId"]
    )["UserPoolClient"]
    with Gateway.http(cloud) as http:
        answer = http.post(
            stack.outputs["TokenUrl"],
            data={"grant_type": "client_credentials", "scope": "petstore/tools"},
            auth=(client["ClientId"], client["ClientSecret"]),
        )
    token = answer.json()["access_token"]

    assert Gateway.of(cloud, stack, token=token).tool_names()


@pytest.mark.parametrize(
    ("question", "expected", "unexpected"),
    [
        ("What pets do you have?", ["Buddy", "Whiskers", "Nemo"], []),
        ("Which pets cost less than 100?", ["Whiskers", "Nemo"], ["Buddy"]),
        ("Tell me about pet-1", ["Buddy", "$249.99"], ["Whiskers"]),
    ],
)
def test_the_agent_answers_with_what_the_tools_said(
    cloud: Cloud, stack: Stack, question: str, expected: list[str], unexpected: list[str]
) -> None:
    python = str(ROOT / ".venv" / "bin" / "python")
    done = cloud.run(python, "-m", "assistant.ask", question, extra={"STACK_NAME": stack.name})

    assert done.status == 0, done.output
    assert all(word in done.output for word in expected)
    assert not any(word in done.output for word in unexpected)


@pytest.mark.laptop
def test_clients_that_know_no_proxy_reach_the_gateway_by_its_loopback_url(
    laptop: Laptop, stack: Stack
) -> None:
    gateway_id = stack.outputs["GatewayId"]
    with httpx.Client(verify=laptop.ssl_context(), trust_env=False) as http:
        answer = http.post(
            f"{laptop.settings.url}/_gateways/{gateway_id}/mcp",
            headers={"authorization": f"Bearer {stack.tokens(laptop)['AccessToken']}"},
            json={"jsonrpc": "2.0", "id": 1, "method": "ping"},
        )

    assert answer.json() == {"jsonrpc": "2.0", "id": 1, "result": {}}
