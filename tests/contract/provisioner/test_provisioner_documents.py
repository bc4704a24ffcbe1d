"""The documents of targets: put into S3 with a target, changed with it, and gone with it."""

import hashlib
import json

import pytest

from provisioner.errors import Refused
from tests.support.objects import BUCKET
from tests.support.provisioning import ControlPlane, Json, Stack, Troubled, target

FIRST = json.dumps({"openapi": "3.0.1", "info": {"title": "First", "version": "1"}, "paths": {}})
SECOND = "openapi: 3.0.1\ninfo: {title: Second, version: '2'}\npaths: {}\n"


def documented(text: object, member: str = "OpenApiSchema", **more: object) -> Json:
    role: Json = {"CredentialProviderType": "GATEWAY_IAM_ROLE"}
    if member == "OpenApiSchema":
        role["CredentialProvider"] = {"IamCredentialProvider": {"Service": "execute-api"}}
    return target(
        "Documented",
        TargetConfiguration={"Mcp": {member: {"Document": text, **more}}},
        CredentialProviderConfigurations=[role],
        Revision=None,
    )


def key(gateway_id: str, text: str, kind: str) -> str:
    return f"gateway-documents/{gateway_id}/{hashlib.sha256(text.encode()).hexdigest()}.{kind}"


@pytest.mark.parametrize(
    ("member", "schema"), [("OpenApiSchema", "openApiSchema"), ("SmithyModel", "smithyModel")]
)
def test_a_document_goes_into_s3_and_the_target_points_there(
    stack: Stack, control_plane: ControlPlane, member: str, schema: str
) -> None:
    answer = stack.create(Targets=[documented(FIRST, member)])
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "")
    gateway_id = answer["Data"]["GatewayId"]
    place = key(gateway_id, FIRST, "json")
    assert control_plane.objects.content == {place: FIRST.encode()}
    (made,) = control_plane.targets(gateway_id)
    assert made["targetConfiguration"]["mcp"] == {schema: {"s3": {"uri": f"s3://{BUCKET}/{place}"}}}


@pytest.mark.fidelity("provisioner.target-document")
def test_the_same_document_changes_nothing_and_another_one_takes_its_place(
    laptop_stack: Stack, laptop_plane: ControlPlane
) -> None:
    """On the laptop's: moto leaves a target that is updated UPDATING for ever."""
    stack, control_plane = laptop_stack, laptop_plane
    created = stack.create(Targets=[documented(FIRST)])
    gateway_id = created["Data"]["GatewayId"]
    control_plane.changes.clear()
    assert stack.update(Targets=[documented(FIRST)])["Status"] == "SUCCESS"
    assert control_plane.changes == []
    answer = stack.update(Targets=[documented(SECOND)])
    assert (answer["Status"], answer["Data"]) == ("SUCCESS", created["Data"])
    assert control_plane.changes == ["UpdateGatewayTarget"]
    place = key(gateway_id, SECOND, "yaml")
    assert control_plane.objects.content == {place: SECOND.encode()}
    (changed,) = control_plane.targets(gateway_id)
    uri = changed["targetConfiguration"]["mcp"]["openApiSchema"]["s3"]["uri"]
    assert uri == f"s3://{BUCKET}/{place}"


@pytest.mark.fidelity("provisioner.mcp-revision")
def test_a_new_version_of_an_mcp_server_has_its_tools_fetched_anew(
    laptop_stack: Stack, laptop_plane: ControlPlane
) -> None:
    def server(version: str) -> Json:
        endpoint = "https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/arn/invocations"
        return documented("") | {
            "TargetConfiguration": {"Mcp": {"McpServer": {"Endpoint": endpoint}}},
            "Revision": version,
        }

    laptop_stack.create(Targets=[server("1")])
    laptop_plane.changes.clear()
    fetched = len(laptop_plane.ours.importer.imported)
    assert laptop_stack.update(Targets=[server("1")])["Status"] == "SUCCESS"
    assert laptop_plane.changes == []
    assert laptop_stack.update(Targets=[server("2")])["Status"] == "SUCCESS"
    assert laptop_plane.changes == ["UpdateGatewayTarget"]
    assert len(laptop_plane.ours.importer.imported) == fetched + 1


def test_an_update_that_fails_keeps_the_document_in_use(
    stack: Stack, control_plane: ControlPlane
) -> None:
    gateway_id = stack.create(Targets=[documented(FIRST)])["Data"]["GatewayId"]
    stack.kind = Troubled(stack.kind, update_part=[Refused("UpdateGatewayTarget: no")])
    assert stack.update(Targets=[documented(SECOND)])["Status"] == "FAILED"
    assert key(gateway_id, FIRST, "json") in control_plane.objects.content
    assert stack.update(Targets=[documented(FIRST)])["Status"] == "SUCCESS"
    assert list(control_plane.objects.content) == [key(gateway_id, FIRST, "json")]


def test_documents_go_with_their_target_and_with_the_gateway(
    stack: Stack, control_plane: ControlPlane
) -> None:
    control_plane.objects.content["gateway-documents/another-0123456789/1.json"] = b"{}"
    others = dict(control_plane.objects.content)
    stack.create(Targets=[documented(FIRST), target()])
    assert stack.update(Targets=[target()])["Status"] == "SUCCESS"
    assert control_plane.objects.content == others
    stack.update(Targets=[documented(FIRST)])
    assert control_plane.objects.content != others
    assert stack.delete()["Status"] == "SUCCESS"
    assert control_plane.objects.content == others


def test_a_gateway_that_could_not_be_made_leaves_no_document(
    stack: Stack, control_plane: ControlPlane
) -> None:
    stack.kind = Troubled(stack.kind, part=[Refused("GetGatewayTarget: no")])
    assert stack.create(Targets=[documented(FIRST)])["Status"] == "FAILED"
    assert control_plane.gateways() == []
    assert control_plane.objects.content == {}


@pytest.mark.parametrize(
    ("stated", "problem"),
    [
        (documented({"openapi": "3.0.1"}), "expected a string"),
        (documented(FIRST, S3={"Uri": "s3://a/b"}), "Document: unknown property"),
        (documented(FIRST, "Lambda"), "Document: unknown property"),
    ],
)
def test_a_document_is_a_text_and_the_only_place_of_a_schema(
    stack: Stack, control_plane: ControlPlane, stated: Json, problem: str
) -> None:
    answer = stack.create(Targets=[stated])
    assert answer["Status"] == "FAILED"
    assert problem in answer["Reason"]
    assert control_plane.changes == []
