import re

import pytest
from botocore.exceptions import ClientError

from tests.support.control_plane import (
    API_GATEWAY_TARGET,
    GATEWAY,
    ROLE_ARN,
    Client,
    Laptop,
    ready_gateway,
    ready_target,
)
from tests.support.fake_cloud import ACCOUNT_ID, CALLER

TOKEN = "0123456789abcdef0123456789abcdef0"


@pytest.mark.fidelity("agentcore-control.gateway.create")
def test_a_created_gateway_is_creating_and_then_ready(laptop: Laptop, client: Client) -> None:
    created = client.create_gateway(**GATEWAY)
    assert created["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert created["status"] == "CREATING"
    laptop.settle()

    found = client.get_gateway(gatewayIdentifier=created["gatewayId"])
    assert found["status"] == "READY"
    assert "statusReasons" not in found
    assert laptop.cloud.assumed == [(ROLE_ARN, found["gatewayArn"])]


@pytest.mark.fidelity("agentcore-control.gateway.identifiers")
def test_id_arn_url_and_workload_identity_follow_from_the_name(client: Client) -> None:
    created = client.create_gateway(**GATEWAY)
    gateway_id = created["gatewayId"]
    arn = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT_ID}"
    assert re.fullmatch(r"petstore-[0-9a-z]{10}", gateway_id)
    assert created["gatewayArn"] == f"{arn}:gateway/{gateway_id}"
    assert created["gatewayUrl"] == (
        f"https://{gateway_id}.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp"
    )
    assert created["workloadIdentityDetails"]["workloadIdentityArn"] == (
        f"{arn}:workload-identity-directory/default/workload-identity/{gateway_id}"
    )


@pytest.mark.fidelity("agentcore-control.gateway.url-without-protocol")
def test_the_url_of_a_gateway_without_protocol_is_the_bare_host(client: Client) -> None:
    wanted = {name: value for name, value in GATEWAY.items() if name != "protocolType"}
    assert client.create_gateway(**wanted)["gatewayUrl"].endswith(".amazonaws.com")


@pytest.mark.fidelity("agentcore-control.gateway.failed")
def test_a_gateway_whose_role_cannot_be_taken_fails_and_says_why(
    laptop: Laptop, client: Client
) -> None:
    laptop.cloud.unassumable.append("*")
    found = client.get_gateway(gatewayIdentifier=ready_gateway(laptop, client))
    assert found["status"] == "FAILED"
    assert found["statusReasons"] == [
        f"Role validation failed for '{ROLE_ARN}'. Please verify that the role exists and its "
        "trust policy allows assumption by this service"
    ]


@pytest.mark.fidelity("agentcore-control.gateway.workload-identity")
def test_a_caller_who_may_not_create_workload_identities_gets_a_failed_gateway(
    laptop: Laptop, client: Client
) -> None:
    laptop.cloud.denied.append(("bedrock-agentcore:CreateWorkloadIdentity", "*"))
    found = client.get_gateway(gatewayIdentifier=ready_gateway(laptop, client))
    assert found["status"] == "FAILED"
    (reason,) = found["statusReasons"]
    assert reason.startswith(f"Failed to create gateway dependencies: User: {CALLER.arn} is not")


@pytest.mark.fidelity("agentcore-control.gateway.conflict")
def test_two_gateways_cannot_have_one_name(laptop: Laptop, client: Client) -> None:
    ready_gateway(laptop, client)
    with pytest.raises(client.exceptions.ConflictException):
        client.create_gateway(**GATEWAY)


@pytest.mark.fidelity("agentcore-control.gateway.update-replaces")
def test_an_update_replaces_the_whole_configuration(laptop: Laptop, client: Client) -> None:
    described = {"description": "pets", "exceptionLevel": "DEBUG"}
    gateway_id = ready_gateway(laptop, client, **described, tags={"team": "pets"})
    updated = client.update_gateway(gatewayIdentifier=gateway_id, **GATEWAY)
    assert updated["status"] == "UPDATING"
    laptop.settle()

    found = client.get_gateway(gatewayIdentifier=gateway_id)
    assert found["status"] == "READY"
    assert not described.keys() & found.keys()
    assert found["updatedAt"] > found["createdAt"]
    tags = client.list_tags_for_resource(resourceArn=found["gatewayArn"])["tags"]
    assert tags == {"team": "pets"}


@pytest.mark.fidelity("agentcore-control.gateway.name-stays")
def test_an_update_cannot_rename_a_gateway(laptop: Laptop, client: Client) -> None:
    gateway_id = ready_gateway(laptop, client)
    with pytest.raises(client.exceptions.ValidationException) as refused:
        client.update_gateway(gatewayIdentifier=gateway_id, **GATEWAY | {"name": "Other"})
    assert refused.value.response["fieldList"][0]["name"] == "name"


def test_an_update_whose_role_cannot_be_taken_is_unsuccessful(
    laptop: Laptop, client: Client
) -> None:
    gateway_id = ready_gateway(laptop, client)
    laptop.cloud.unassumable.append("*")
    client.update_gateway(gatewayIdentifier=gateway_id, **GATEWAY)
    laptop.settle()
    found = client.get_gateway(gatewayIdentifier=gateway_id)
    assert found["status"] == "UPDATE_UNSUCCESSFUL"
    assert found["statusReasons"]


@pytest.mark.fidelity("agentcore-control.gateway.failed-is-final")
def test_a_failed_gateway_can_only_be_deleted(laptop: Laptop, client: Client) -> None:
    laptop.cloud.unassumable.append("*")
    gateway_id = ready_gateway(laptop, client)
    with pytest.raises(client.exceptions.ConflictException, match="it is in Failed state"):
        client.update_gateway(gatewayIdentifier=gateway_id, **GATEWAY)
    with pytest.raises(
        client.exceptions.ValidationException,
        match="Cannot perform operation CreateGatewayTarget when gateway is in FAILED status",
    ):
        client.create_gateway_target(gatewayIdentifier=gateway_id, **API_GATEWAY_TARGET)
    client.delete_gateway(gatewayIdentifier=gateway_id)
    laptop.settle()
    assert client.list_gateways()["items"] == []


@pytest.mark.fidelity("agentcore-control.gateway.delete-order")
def test_a_gateway_with_targets_cannot_be_deleted(laptop: Laptop, client: Client) -> None:
    gateway_id = ready_gateway(laptop, client)
    target_id = ready_target(laptop, client, gateway_id)
    with pytest.raises(client.exceptions.ValidationException) as refused:
        client.delete_gateway(gatewayIdentifier=gateway_id)
    assert refused.value.response["Error"]["Message"] == (
        f"Gateway {gateway_id} has targets associated with it. "
        "Delete all targets before deleting the gateway."
    )
    client.delete_gateway_target(gatewayIdentifier=gateway_id, targetId=target_id)
    laptop.settle()
    deleted = client.delete_gateway(gatewayIdentifier=gateway_id)
    assert (deleted["status"], deleted["ResponseMetadata"]["HTTPStatusCode"]) == ("DELETING", 202)
    laptop.settle()
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_gateway(gatewayIdentifier=gateway_id)


@pytest.mark.fidelity("agentcore-control.client-token.replay")
def test_the_same_request_twice_makes_one_gateway(laptop: Laptop, client: Client) -> None:
    first = client.create_gateway(clientToken=TOKEN, **GATEWAY)
    laptop.settle()
    again = client.create_gateway(clientToken=TOKEN, **GATEWAY)
    assert (again["gatewayId"], again["status"]) == (first["gatewayId"], "READY")
    assert len(client.list_gateways()["items"]) == 1


@pytest.mark.fidelity("agentcore-control.client-token.mismatch")
def test_a_client_token_cannot_be_used_for_another_request(client: Client) -> None:
    client.create_gateway(clientToken=TOKEN, **GATEWAY)
    with pytest.raises(client.exceptions.ValidationException) as refused:
        client.create_gateway(clientToken=TOKEN, **GATEWAY | {"name": "Other"})
    assert refused.value.response["reason"] == "IdempotentParameterMismatchException"


def test_a_client_token_whose_gateway_is_gone_makes_a_new_one(
    laptop: Laptop, client: Client
) -> None:
    first = client.create_gateway(clientToken=TOKEN, **GATEWAY)["gatewayId"]
    client.delete_gateway(gatewayIdentifier=first)
    laptop.settle()
    assert client.create_gateway(clientToken=TOKEN, **GATEWAY)["gatewayId"] != first


@pytest.mark.fidelity("agentcore-control.list.pages")
def test_lists_come_in_pages_that_neither_repeat_nor_skip(laptop: Laptop, client: Client) -> None:
    names = [f"gateway-{number}" for number in range(7)]
    for name in names:
        ready_gateway(laptop, client, name=name)
    pages = list(client.get_paginator("list_gateways").paginate(PaginationConfig={"PageSize": 3}))
    assert [len(page["items"]) for page in pages] == [3, 3, 1]
    assert [item["name"] for page in pages for item in page["items"]] == names
    assert "gatewayUrl" not in pages[0]["items"][0]


def test_a_page_token_of_another_list_is_refused(laptop: Laptop, client: Client) -> None:
    gateway_id = ready_gateway(laptop, client)
    ready_gateway(laptop, client, name="another")
    token = client.list_gateways(maxResults=1)["nextToken"]
    for wrong in (token, "not-a-token", "%%%"):
        with pytest.raises(client.exceptions.ValidationException, match="Invalid nextToken"):
            client.list_gateway_targets(gatewayIdentifier=gateway_id, nextToken=wrong)


@pytest.mark.fidelity("agentcore-control.gateway.quota")
def test_an_account_has_at_most_a_thousand_gateways(laptop: Laptop, client: Client) -> None:
    for number in range(1000):
        client.create_gateway(**GATEWAY | {"name": f"gateway-{number}"})
    laptop.settle()
    with pytest.raises(client.exceptions.ServiceQuotaExceededException) as refused:
        client.create_gateway(**GATEWAY)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 402


@pytest.mark.fidelity("agentcore-control.tags")
def test_tags_are_set_merged_and_removed(laptop: Laptop, client: Client) -> None:
    gateway_id = ready_gateway(laptop, client, tags={"team": "pets", "stage": "dev"})
    arn = client.get_gateway(gatewayIdentifier=gateway_id)["gatewayArn"]
    client.tag_resource(resourceArn=arn, tags={"stage": "prod", "cost": "1"})
    client.untag_resource(resourceArn=arn, tagKeys=["team", "absent"])
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"stage": "prod", "cost": "1"}
    with pytest.raises(client.exceptions.ValidationException, match="reserved"):
        client.tag_resource(resourceArn=arn, tags={"aws:owner": "me"})
    with pytest.raises(client.exceptions.ServiceQuotaExceededException):
        client.tag_resource(resourceArn=arn, tags={f"key-{n}": "" for n in range(50)})
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.list_tags_for_resource(resourceArn=f"{arn[:-10]}0000000009")


@pytest.mark.fidelity("agentcore-control.gateway.authorizer")
def test_a_jwt_gateway_needs_an_authorizer_and_a_rule(client: Client) -> None:
    jwt = GATEWAY | {"authorizerType": "CUSTOM_JWT"}
    with pytest.raises(
        client.exceptions.ValidationException,
        match="AuthorizerConfiguration is required for CUSTOM_JWT authorizer type",
    ):
        client.create_gateway(**jwt)

    authorizer = {"discoveryUrl": "https://id.example/.well-known/openid-configuration"}
    with pytest.raises(client.exceptions.ValidationException, match="allowedClients"):
        client.create_gateway(**jwt, authorizerConfiguration={"customJWTAuthorizer": authorizer})

    authorizer_configuration = {"customJWTAuthorizer": authorizer | {"allowedClients": ["abc"]}}
    created = client.create_gateway(**jwt, authorizerConfiguration=authorizer_configuration)
    assert created["authorizerConfiguration"] == authorizer_configuration
    with pytest.raises(client.exceptions.ValidationException, match="not supported for AWS_IAM"):
        client.create_gateway(
            **GATEWAY | {"name": "other"}, authorizerConfiguration=authorizer_configuration
        )


def test_deleting_what_is_not_there_is_not_found(client: Client) -> None:
    with pytest.raises(ClientError) as refused:
        client.delete_gateway(gatewayIdentifier="absent-0000000000")
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
