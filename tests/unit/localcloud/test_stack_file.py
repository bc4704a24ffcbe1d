import json
from pathlib import Path
from typing import Any

import pytest

from localcloud.settings import Settings
from localcloud.stack_file import describe, direct_url, invitation, write

BASE = "https://127.0.0.1:4566"


class FakeCloudFormation:
    def describe_stacks(self, **_: str) -> dict[str, Any]:
        outputs = {
            "GatewayUrl": "https://g-1.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp",
            "UserPoolId": "us-east-1_abc",
            "ChatUrl": "https://abc.execute-api.us-east-1.amazonaws.com/prod/chat",
            "AgentApiKeyId": "key-id",
            "DemoUserSecretArn": "arn:secret",
        }
        listed = [{"OutputKey": k, "OutputValue": v} for k, v in outputs.items()]
        return {"Stacks": [{"Outputs": listed}]}


class FakeSecrets:
    def get_secret_value(self, **_: str) -> dict[str, Any]:
        return {"SecretString": json.dumps({"username": "demo", "password": "secret"})}


class FakeApiGateway:
    def get_api_key(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3 has it
        assert asked == {"apiKey": "key-id", "includeValue": True}
        return {"value": "the key"}


CLIENTS = {
    "cloudformation": FakeCloudFormation(),
    "secretsmanager": FakeSecrets(),
    "apigateway": FakeApiGateway(),
}
CHAT = "/_aws/execute-api/abc/prod/chat"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "https://g-1.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp",
            f"{BASE}/_gateways/g-1/mcp",
        ),
        (
            "https://abc.execute-api.us-east-1.amazonaws.com/prod",
            f"{BASE}/_aws/execute-api/abc/prod",
        ),
        (
            "https://cognito-idp.us-east-1.amazonaws.com/pool/.well-known/openid-configuration",
            f"{BASE}/pool/.well-known/openid-configuration",
        ),
        ("https://pets.auth.us-east-1.amazoncognito.com/oauth2/token", f"{BASE}/oauth2/token"),
        ("https://example.org/", None),
        ("us-east-1_abc", None),
    ],
)
def test_a_url_of_aws_has_a_loopback_form(url: str, expected: str | None) -> None:
    assert direct_url(url, BASE) == expected


def test_the_file_has_outputs_direct_urls_and_the_user(tmp_path: Path) -> None:
    content = describe("petstore", Settings(tmp_path), CLIENTS.__getitem__)

    assert content["stackName"] == "petstore"
    assert content["direct"] == {
        "GatewayUrl": f"{BASE}/_gateways/g-1/mcp",
        "ChatUrl": f"{BASE}{CHAT}",
    }
    assert content["user"] == {"username": "demo", "password": "secret"}
    assert content["apiKey"] == "the key"


def test_a_browser_has_plain_urls_of_what_it_can_reach(tmp_path: Path) -> None:
    content = describe("petstore", Settings(tmp_path, proxy_port=4999), CLIENTS.__getitem__)

    assert content["browser"] == {"ChatUrl": f"http://127.0.0.1:4999{CHAT}"}


def test_a_person_is_told_where_the_page_and_the_key_are_and_not_the_key(tmp_path: Path) -> None:
    content = describe("petstore", Settings(tmp_path), CLIENTS.__getitem__)

    told = invitation(content, tmp_path / "stack.json")

    assert told == (
        f"Ask the agent at http://127.0.0.1:4567{CHAT}\n"
        f'Its key is "apiKey" in {tmp_path / "stack.json"}'
    )
    assert invitation({**content, "browser": {}}, tmp_path) is None


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "stack.json"

    write(path, {"stackName": "petstore"})

    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text("utf-8")) == {"stackName": "petstore"}
