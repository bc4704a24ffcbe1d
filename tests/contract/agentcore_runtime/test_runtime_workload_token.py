"""What an agent is given to act with: the workload access token of the user who asks."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from localcloud.cloud import Request
from tests.contract.agentcore_runtime.agents_written import PLAIN
from tests.support.agent_runtimes import Client, Laptop, ready_runtime
from tests.support.asgi import ask
from tests.support.fake_cloud import ACCOUNT_ID
from tests.support.identity_provider import IdentityProvider

RUNTIMES = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT_ID}:runtime"
ISSUER = "https://people.example.com"
SIGNED = ("authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/x")
USER = "x-amzn-bedrock-agentcore-runtime-user-id"
FAR = 2_000_000_000
"""A time in 2033, in seconds since the Unix epoch."""


def seen(laptop: Laptop, runtime_id: str, *headers: tuple[str, str]) -> dict[str, Any]:
    """Call an agent; return the headers it got."""
    path = f"/runtimes/{quote(f'{RUNTIMES}/{runtime_id}', safe='')}/invocations"
    request = Request("POST", path, "", (("host", "x"), *headers), b"{}")
    reply = laptop.loop.run(ask(laptop.app, request))
    assert reply.status == 200, reply.body
    got: dict[str, Any] = json.loads(reply.body)["headers"]
    return got


def key(data: Client, token: str) -> str:
    """Get the key that the agent's token is good for."""
    reply = data.get_resource_api_key(
        workloadIdentityToken=token, resourceCredentialProviderName="weather"
    )
    answer: str = reply["apiKey"]
    return answer


@pytest.mark.fidelity("agentcore-runtime.workload-token")
def test_a_signed_call_for_a_user_brings_a_token_of_the_runtimes_own_identity(
    laptop: Laptop, client: Client, data: Client
) -> None:
    laptop.upload({"main.py": PLAIN})
    runtime_id = ready_runtime(laptop, client)
    client.create_api_key_credential_provider(name="weather", apiKey="sesame")
    assert "workloadaccesstoken" not in seen(laptop, runtime_id, SIGNED)

    token = seen(laptop, runtime_id, SIGNED, (USER, "ann"))["workloadaccesstoken"]
    laptop.cloud.authorizations.clear()
    assert key(data, token) == "sesame"
    identities = [one.resource for one in laptop.cloud.authorizations]
    assert any(one.endswith(f"/workload-identity/{runtime_id}") for one in identities)

    with pytest.raises(data.exceptions.ValidationException, match="linked to a service"):
        data.get_workload_access_token(workloadName=runtime_id)
    client.delete_agent_runtime(agentRuntimeId=runtime_id)
    laptop.settle()
    with pytest.raises(data.exceptions.AccessDeniedException):
        key(data, token)


@pytest.mark.fidelity("agentcore-runtime.workload-token")
def test_an_inbound_token_brings_one_for_its_user_whatever_else_is_claimed(
    laptop: Laptop, client: Client, data: Client
) -> None:
    people = IdentityProvider(ISSUER)
    people.join(laptop.cloud)
    laptop.upload({"main.py": PLAIN})
    authorizer = {"discoveryUrl": people.discovery_url, "allowedAudience": ["agents"]}
    runtime_id = ready_runtime(
        laptop, client, authorizerConfiguration={"customJWTAuthorizer": authorizer}
    )
    client.create_api_key_credential_provider(name="weather", apiKey="sesame")
    user_token = people.token(aud="agents", exp=FAR)
    bearer = ("authorization", f"Bearer {user_token}")
    token = seen(laptop, runtime_id, bearer, (USER, "mallory"))["workloadaccesstoken"]
    assert user_token not in token
    assert key(data, token) == "sesame"
    nobody = ("authorization", f"Bearer {people.token(aud='agents', exp=FAR, sub=None)}")
    assert "workloadaccesstoken" not in seen(laptop, runtime_id, nobody)
