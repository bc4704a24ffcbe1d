import pytest

from localcloud.agentcore.wire.requests import MAX_BODY_BYTES
from localcloud.cloud import Request, Response
from tests.support.asgi import ask
from tests.support.control_plane import (
    API_GATEWAY_TARGET,
    GATEWAY,
    ROLE_ARN,
    Client,
    Laptop,
    ready_gateway,
)
from tests.support.fake_cloud import ACCOUNT_ID, CALLER

GATEWAYS = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT_ID}:gateway"
SIGNED = (("authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/x"),)


def test_an_unknown_key_is_refused_before_anything_else(laptop: Laptop) -> None:
    with (
        laptop.client(access_key_id="AKIDUNKNOWN") as client,
        pytest.raises(client.exceptions.ClientError) as no,
    ):
        client.create_gateway(name="_")
    assert no.value.response["Error"]["Code"] == "UnrecognizedClientException"
    assert no.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.fidelity("agentcore-control.iam.denied")
def test_a_refusal_by_policy_says_who_what_and_on_what(laptop: Laptop, client: Client) -> None:
    laptop.cloud.denied.append(("bedrock-agentcore:CreateGateway", "*"))
    with pytest.raises(client.exceptions.AccessDeniedException) as refused:
        client.create_gateway(**GATEWAY)
    assert refused.value.response["Error"]["Message"] == (
        f"User: {CALLER.arn} is not authorized to perform: bedrock-agentcore:CreateGateway on "
        f"resource: {GATEWAYS}/* because no identity-based policy allows the "
        "bedrock-agentcore:CreateGateway action"
    )
    headers = refused.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amzn-errortype"] == "AccessDeniedException"
    assert headers["x-amzn-requestid"] == "request-1"


@pytest.mark.fidelity("agentcore-control.iam.resources")
def test_each_operation_is_asked_for_on_its_own_resource(laptop: Laptop, client: Client) -> None:
    gateway_id = ready_gateway(laptop, client, tags={"team": "pets"})
    client.list_gateways()
    target_id = client.create_gateway_target(gatewayIdentifier=gateway_id, **API_GATEWAY_TARGET)[
        "targetId"
    ]
    laptop.settle()
    client.get_gateway_target(gatewayIdentifier=gateway_id, targetId=target_id)
    client.untag_resource(resourceArn=f"{GATEWAYS}/{gateway_id}", tagKeys=["team"])

    asked = [(one.action.partition(":")[2], one.resource) for one in laptop.cloud.authorizations]
    directory = (
        f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT_ID}:workload-identity-directory/default"
    )
    assert asked == [
        ("CreateGateway", f"{GATEWAYS}/*"),
        ("PassRole", ROLE_ARN),
        ("CreateWorkloadIdentity", directory),
        ("CreateWorkloadIdentity", f"{directory}/workload-identity/{gateway_id}"),
        ("ListGateways", f"{GATEWAYS}/*"),
        ("CreateGatewayTarget", f"{GATEWAYS}/{gateway_id}"),
        ("GetGatewayTarget", f"{GATEWAYS}/{gateway_id}"),
        ("UntagResource", f"{GATEWAYS}/{gateway_id}"),
    ]
    contexts = [one.context for one in laptop.cloud.authorizations]
    assert contexts[0] == {
        "bedrock-agentcore:GatewayAuthorizerType": "AWS_IAM",
        "bedrock-agentcore:ProtocolType": "MCP",
        "aws:RequestTag/team": "pets",
    }
    assert contexts[1] == {"iam:PassedToService": "bedrock-agentcore.amazonaws.com"}
    assert contexts[-1] == {"aws:ResourceTag/team": "pets"}


@pytest.mark.fidelity("agentcore-control.iam.pass-role")
def test_a_role_must_be_passable_to_create_and_to_update(laptop: Laptop, client: Client) -> None:
    gateway_id = ready_gateway(laptop, client)
    laptop.cloud.denied.append(("iam:PassRole", ROLE_ARN))
    with pytest.raises(client.exceptions.AccessDeniedException, match="iam:PassRole"):
        client.create_gateway(**GATEWAY | {"name": "other"})
    with pytest.raises(client.exceptions.AccessDeniedException, match="iam:PassRole"):
        client.update_gateway(gatewayIdentifier=gateway_id, **GATEWAY)


@pytest.mark.fidelity("agentcore-control.iam.before-existence")
def test_who_may_not_look_does_not_learn_what_exists(laptop: Laptop, client: Client) -> None:
    gateway_id = ready_gateway(laptop, client)
    laptop.cloud.denied.append(("bedrock-agentcore:*", "*"))
    for identifier in (gateway_id, "absent-0000000000", "NOT AN ID"):
        with pytest.raises(client.exceptions.AccessDeniedException):
            client.get_gateway(gatewayIdentifier=identifier)


@pytest.mark.fidelity("agentcore-control.gateway.arn-as-identifier")
def test_an_arn_is_no_gateway_identifier(laptop: Laptop, client: Client) -> None:
    gateway_id = ready_gateway(laptop, client)
    with pytest.raises(client.exceptions.AccessDeniedException) as refused:
        client.get_gateway(gatewayIdentifier=f"{GATEWAYS}/{gateway_id}")
    assert refused.value.response["Error"]["Message"] == (
        f"User: {CALLER.arn} is not authorized to perform: bedrock-agentcore:GetGateway"
    )


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", "/policy-engines", "CreatePolicyEngine"),
        ("POST", "/gateways/pets-0123456789/rate-limits", "CreateGatewayRateLimit"),
        ("POST", "/memories/mem-0123456789/events", "CreateEvent"),
    ],
)
def test_an_operation_that_is_not_served_is_named(
    laptop: Laptop, method: str, path: str, operation: str
) -> None:
    response = _ask(laptop, Request(method, path, headers=SIGNED, body=b"{}"))
    assert (response.status, response.headers["x-amzn-errortype"]) == (
        501,
        "NotImplementedException",
    )
    assert response.body == f'{{"message": "{operation} is not available on this cloud"}}'.encode()


def test_a_path_of_no_operation_is_an_unknown_operation(laptop: Laptop) -> None:
    response = _ask(laptop, Request("PATCH", "/gateways/", headers=SIGNED))
    assert response.status == 404
    assert response.headers["x-amzn-errortype"] == "UnknownOperationException"


def test_a_body_that_is_too_large_is_refused(laptop: Laptop) -> None:
    body = b" " * (MAX_BODY_BYTES + 1)
    response = _ask(laptop, Request("POST", "/gateways/", headers=SIGNED, body=body))
    assert response.status == 413
    assert response.headers["x-amzn-errortype"] == "RequestEntityTooLargeException"


@pytest.mark.fidelity("agentcore-control.wire.cannot-parse")
@pytest.mark.parametrize("body", [b"{", b"[1]", b"null", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_object_cannot_be_parsed(laptop: Laptop, body: bytes) -> None:
    response = _ask(laptop, Request("POST", "/gateways/", headers=SIGNED, body=body))
    assert response.status == 400
    assert b'"reason": "CannotParse"' in response.body


def test_a_body_nested_too_deeply_is_refused(laptop: Laptop) -> None:
    deep = b'{"type": "array", "items": ' * 400 + b"1" + b"}" * 400
    tool = b'{"name": "t", "description": "d", "inputSchema": ' + deep + b"}"
    body = (
        b'{"name": "t", "targetConfiguration": {"mcp": {"lambda": {"lambdaArn": "a", '
        b'"toolSchema": {"inlinePayload": [' + tool + b"]}}}}}"
    )
    path = "/gateways/pets-0123456789/targets/"
    response = _ask(laptop, Request("POST", path, headers=SIGNED, body=body))
    assert response.status == 400


def test_a_bug_is_answered_without_its_details(
    laptop: Laptop, caplog: pytest.LogCaptureFixture
) -> None:
    laptop.database.execute("DROP TABLE agentcore_client_tokens")
    with laptop.client() as client, pytest.raises(client.exceptions.InternalServerException) as no:
        client.create_gateway(**GATEWAY)
    assert no.value.response["Error"]["Message"] == "Internal server error"
    assert "agentcore_client_tokens" in caplog.text


def _ask(laptop: Laptop, request: Request) -> Response:
    return laptop.loop.run(ask(laptop.app, request))
