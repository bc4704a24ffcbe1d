"""The platform's demo users, and its gateway as they see it."""

import json
from dataclasses import dataclass
from typing import Any

from tests.support.laptop import Cloud, Stack
from tests.support.rpc import Gateway

type Json = dict[str, Any]


@dataclass(frozen=True)
class Users:
    """Logs users in with the password that they share."""

    cloud: Cloud
    stack: Stack

    def gateway(self, username: str) -> Gateway:
        """Return the platform's gateway, with a user's access token."""
        secrets = self.cloud.client("secretsmanager")
        secret = secrets.get_secret_value(SecretId=self.stack.outputs["PlatformUsersSecretArn"])
        password = json.loads(secret["SecretString"])["password"]
        answer = self.cloud.client("cognito-idp").initiate_auth(
            ClientId=self.stack.outputs["UserPoolClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )
        token = answer["AuthenticationResult"]["AccessToken"]
        return Gateway(self.stack.outputs["PlatformGatewayUrl"], self.cloud, token)


def said(result: Json) -> Json:
    """Return what a tool answered, as JSON."""
    assert not result["isError"], result
    found: Json = json.loads(result["content"][0]["text"])
    return found


def refusal(gateway: Gateway, name: str, /, **arguments: object) -> str:
    """Call a tool that policies deny; return the message of the error."""
    answer = gateway.request("tools/call", {"name": name, "arguments": arguments})
    assert answer["error"]["code"] == -32002, answer
    message: str = answer["error"]["message"]
    assert message.startswith("Tool Execution Denied: "), message
    return message
