"""The platform's demo users, and its gateway as they see it."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from tests.support.laptop import Cloud, Stack
from tests.support.rpc import Gateway

type Json = dict[str, Any]

SESSION_HEADER = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
RUNTIME_SESSION = "the-session-of-all-tests-of-agents"


@dataclass(frozen=True)
class Users:
    """Logs users in with the password that they share."""

    cloud: Cloud
    stack: Stack

    def gateway(self, username: str) -> Gateway:
        """Return the platform's gateway, with a user's access token."""
        return Gateway(self.stack.outputs["PlatformGatewayUrl"], self.cloud, self.token(username))

    def ask(
        self, username: str, agent: str, prompt: str, session_id: str, customer_id: str = "ACME-001"
    ) -> Json:
        """Ask one of the platform's agents, such as `Support`; return its reply."""
        payload = {"prompt": prompt, "customer_id": customer_id, "session_id": session_id}
        answer = self.post(agent, payload, self.token(username))
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def post(self, agent: str, payload: Json, token: str | None) -> httpx.Response:
        """Invoke an agent's runtime over HTTPS; each agent has one session, and so starts once."""
        arn = quote(self.stack.outputs[f"{agent}AgentRuntimeArn"], safe="")
        host = self.cloud.client("bedrock-agentcore").meta.endpoint_url
        headers = {SESSION_HEADER: RUNTIME_SESSION}
        if token:
            headers["authorization"] = f"Bearer {token}"
        with Gateway.http(self.cloud) as http:
            url = f"{host}/runtimes/{arn}/invocations?qualifier=DEFAULT"
            return http.post(url, json=payload, headers=headers)

    def token(self, username: str) -> str:
        """Log a user in; return the access token."""
        secrets = self.cloud.client("secretsmanager")
        secret = secrets.get_secret_value(SecretId=self.stack.outputs["PlatformUsersSecretArn"])
        password = json.loads(secret["SecretString"])["password"]
        answer = self.cloud.client("cognito-idp").initiate_auth(
            ClientId=self.stack.outputs["UserPoolClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )
        token: str = answer["AuthenticationResult"]["AccessToken"]
        return token


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
