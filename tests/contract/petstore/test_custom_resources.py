"""The custom resources of the stack, from CloudFormation's event to its answer over HTTPS."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

import agentcore_resources.app
import crm_seeds.app
import demo_user.app
import demo_user.service
import pet_seeds.app
from agentcore_resources.errors import NotDelivered
from custom_resources import tenants
from petstore.store import PetTable
from tests.support.expectations import differences
from tests.support.petstore import BUDDY, NOW, Context
from tests.support.template import ROOT, resource

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]
type Handler = Callable[[Json, Any], dict[str, str]]

PASSWORD = "Correct-Horse-7-Battery"
HANDLERS: dict[str, Handler] = {
    "PetSeedsFunction": pet_seeds.app.lambda_handler,
    "DemoUserFunction": demo_user.app.lambda_handler,
    "CrmSeedsFunction": crm_seeds.app.lambda_handler,
}


@pytest.fixture(autouse=True)
def fresh(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Open clients anew for each test's cloud, and undo what crhelper does to the root logger."""
    monkeypatch.setenv("STACK_NAME", "petstore")
    level = logging.root.level
    cached = (demo_user.app.resource, pet_seeds.app.resource, crm_seeds.app.resource)
    cached += (demo_user.service._users, demo_user.service._secrets, tenants._session)  # type: ignore[assignment]
    for opened in cached:
        opened.cache_clear()
    yield
    for opened in cached:
        opened.cache_clear()
    logging.root.setLevel(level)


@pytest.fixture
def answers(cloudformation: HTTPServer) -> list[Json]:
    """Collect what CloudFormation is told."""
    taken: list[Json] = []

    def take(request: Request) -> Response:
        taken.append(json.loads(request.data))
        return Response(status=200)

    cloudformation.expect_request("/answer", method="PUT").respond_with_handler(take)
    return taken


@pytest.fixture
def deliver(cloudformation: HTTPServer, answers: list[Json]) -> Callable[[Json], Json]:
    """Deliver an event and return the answer to it."""

    def deliver(event: Json) -> Json:
        handler = HANDLERS[f"{event['LogicalResourceId']}Function"]
        handler(event | {"ResponseURL": cloudformation.url_for("/answer")}, Context())
        return answers[-1]

    return deliver


def sample(name: str) -> Json:
    event: Json = json.loads((ROOT / "events" / f"{name}.json").read_text())
    return event


def test_a_type_that_nobody_serves_is_refused_at_once_and_can_be_deleted(
    cloudformation: HTTPServer, answers: list[Json]
) -> None:
    """Without an answer CloudFormation would wait for the ServiceTimeout: an hour."""
    event = sample("pet_seeds/create") | {
        "ResourceType": "Custom::Nothing",
        "ResponseURL": cloudformation.url_for("/answer"),
    }
    agentcore_resources.app.lambda_handler(event, Context())
    assert answers[0]["Status"] == "FAILED"
    assert answers[0]["Reason"] == "Custom::Nothing is not served here"

    made_up = {"PhysicalResourceId": answers[0]["PhysicalResourceId"]}
    returned = agentcore_resources.app.lambda_handler(
        event | {"RequestType": "Delete"} | made_up, Context()
    )
    assert returned["status"] == answers[1]["Status"] == "SUCCESS"


class User:
    """A pool and a secret in moto, and the events about their demo user."""

    def __init__(self) -> None:
        self.cognito: CognitoIdentityProviderClient = boto3.client("cognito-idp")
        self.secrets = boto3.client("secretsmanager")
        self.pool_id = self.cognito.create_user_pool(PoolName="users")["UserPool"]["Id"]
        client = self.cognito.create_user_pool_client(
            UserPoolId=self.pool_id,
            ClientName="people",
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )
        self.client_id = client["UserPoolClient"]["ClientId"]
        content = json.dumps({"username": "demo", "password": PASSWORD})
        self.secret_arn = self.secrets.create_secret(Name="demo", SecretString=content)["ARN"]

    def event(self, request_type: str, **properties: str) -> Json:
        """Return an event about the user, as CloudFormation sends it."""
        event = sample("demo_user/create") | {"RequestType": request_type}
        stated = {"UserPoolId": self.pool_id, "Username": "demo", "SecretArn": self.secret_arn}
        if request_type != "Create":
            event["PhysicalResourceId"] = f"{self.pool_id}/demo"
        return event | {"ResourceProperties": stated | properties}

    def signs_in(self, password: str) -> bool:
        """Tell whether the password gets tokens, as the demo's client asks for them."""
        try:
            answer = self.cognito.initiate_auth(
                ClientId=self.client_id,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": "demo", "PASSWORD": password},
            )
        except (
            self.cognito.exceptions.NotAuthorizedException,
            self.cognito.exceptions.UserNotFoundException,
        ):
            return False
        return "AccessToken" in answer["AuthenticationResult"]


@pytest.fixture
def user(aws: None) -> User:
    return User()


def test_the_demo_user_signs_in_with_the_password_of_the_secret(
    user: User, deliver: Callable[[Json], Json]
) -> None:
    answer = deliver(user.event("Create"))
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", f"{user.pool_id}/demo")
    assert user.signs_in(PASSWORD)


def test_a_create_delivered_twice_is_one_user(user: User, deliver: Callable[[Json], Json]) -> None:
    first, second = deliver(user.event("Create")), deliver(user.event("Create"))
    assert first == second
    assert user.signs_in(PASSWORD)


def test_an_update_gives_the_user_the_password_of_the_secret_now(
    user: User, deliver: Callable[[Json], Json]
) -> None:
    deliver(user.event("Create"))
    changed = json.dumps({"username": "demo", "password": "Another-Horse-8-Battery"})
    user.secrets.put_secret_value(SecretId=user.secret_arn, SecretString=changed)
    assert deliver(user.event("Update"))["Status"] == "SUCCESS"
    assert user.signs_in("Another-Horse-8-Battery")
    assert not user.signs_in(PASSWORD)


def test_a_deletion_leaves_no_user_and_may_be_repeated(
    user: User, deliver: Callable[[Json], Json]
) -> None:
    deliver(user.event("Create"))
    for _ in range(2):
        assert deliver(user.event("Delete"))["Status"] == "SUCCESS"
    assert user.cognito.list_users(UserPoolId=user.pool_id)["Users"] == []


def test_a_deletion_succeeds_when_the_pool_is_gone(
    user: User, deliver: Callable[[Json], Json]
) -> None:
    user.cognito.delete_user_pool(UserPoolId=user.pool_id)
    assert deliver(user.event("Delete"))["Status"] == "SUCCESS"


@pytest.mark.fidelity("petstore.failed-create-is-deleted")
def test_a_create_that_fails_half_way_can_be_deleted(
    user: User, deliver: Callable[[Json], Json]
) -> None:
    short = json.dumps({"username": "demo", "password": "short"})
    user.secrets.put_secret_value(SecretId=user.secret_arn, SecretString=short)
    answer = deliver(user.event("Create"))
    assert answer["Status"] == "FAILED"
    delete = user.event("Delete") | {"PhysicalResourceId": answer["PhysicalResourceId"]}
    assert deliver(delete)["Status"] == "SUCCESS"
    assert user.cognito.list_users(UserPoolId=user.pool_id)["Users"] == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"username": "someone", "password": "x"}', "The secret is for another user."),
        ("not JSON: hunter2", 'The secret is not {"username", "password"}.'),
        ('{"username": "demo", "pin": "hunter2"}', 'The secret is not {"username", "password"}.'),
    ],
)
def test_a_secret_that_is_not_the_users_is_refused(
    user: User, deliver: Callable[[Json], Json], content: str, reason: str
) -> None:
    user.secrets.put_secret_value(SecretId=user.secret_arn, SecretString=content)
    answer = deliver(user.event("Create"))
    assert (answer["Status"], answer["Reason"]) == ("FAILED", reason)


def test_the_password_is_in_no_answer_and_in_no_log(
    user: User,
    deliver: Callable[[Json], Json],
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    told = json.dumps(deliver(user.event("Create")))
    printed = capsys.readouterr()
    assert PASSWORD not in told + caplog.text + printed.out + printed.err


def test_a_user_has_the_attributes_that_are_stated_last(
    user: User, deliver: Callable[[Json], Json]
) -> None:
    def attributes() -> dict[str, str]:
        found = user.cognito.admin_get_user(UserPoolId=user.pool_id, Username="demo")
        return {one["Name"]: one["Value"] for one in found["UserAttributes"]}

    user.cognito.add_custom_attributes(
        UserPoolId=user.pool_id,
        CustomAttributes=[{"Name": "role", "AttributeDataType": "String", "Mutable": True}],
    )
    for request_type, role in (("Create", "support"), ("Update", "manager")):
        event = user.event(request_type)
        event["ResourceProperties"]["Attributes"] = {"custom:role": role}
        assert deliver(event)["Status"] == "SUCCESS"
        assert attributes()["custom:role"] == role


def test_users_may_share_a_password_whose_secret_names_none(
    user: User, deliver: Callable[[Json], Json]
) -> None:
    user.secrets.put_secret_value(
        SecretId=user.secret_arn, SecretString=json.dumps({"password": PASSWORD})
    )
    assert deliver(user.event("Create"))["Status"] == "SUCCESS"
    assert user.signs_in(PASSWORD)


def seeds(dynamodb: "DynamoDBClient") -> list[str]:
    items = dynamodb.scan(TableName="pets")["Items"]
    return sorted(item["name"]["S"] for item in items)


def template_event(request_type: str) -> Json:
    """Return the event of the template's own seeds: CloudFormation makes numbers strings."""
    pets = [
        {name: str(value) for name, value in pet.items()}
        for pet in resource("PetSeeds")["Properties"]["Pets"]
    ]
    event = sample("pet_seeds/create") | {"RequestType": request_type}
    return event | {"ResourceProperties": {"TableName": "pets", "Pets": pets}}


@pytest.mark.fidelity("petstore.properties-are-strings")
def test_the_seeds_of_the_template_are_three_pets(
    dynamodb: "DynamoDBClient", deliver: Callable[[Json], Json]
) -> None:
    answer = deliver(template_event("Create"))
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "seeds-of-pets")
    assert seeds(dynamodb) == ["Buddy", "Nemo", "Whiskers"]


def test_an_update_brings_back_what_is_gone_and_overwrites_nothing(
    dynamodb: "DynamoDBClient", deliver: Callable[[Json], Json]
) -> None:
    deliver(template_event("Create"))
    table = PetTable(dynamodb, "pets")
    table.replace("pet-2", BUDDY, version=1, now=NOW)
    table.remove("pet-3", version=None)
    assert deliver(template_event("Update"))["Status"] == "SUCCESS"
    assert seeds(dynamodb) == ["Buddy", "Buddy", "Nemo"]


def test_deleting_the_seeds_leaves_the_pets_to_the_table(
    dynamodb: "DynamoDBClient", deliver: Callable[[Json], Json]
) -> None:
    deliver(template_event("Create"))
    delete = template_event("Delete") | {"PhysicalResourceId": "seeds-of-pets"}
    assert deliver(delete)["Status"] == "SUCCESS"
    assert len(seeds(dynamodb)) == 3


def samples() -> list[tuple[str, Json, Json]]:
    """Return the events with their expectations, but for those of a pool that is only on paper."""
    found = []
    for path in sorted((ROOT / "events").glob("*/*.expected.json")):
        name = f"{path.parent.name}/{path.name.removesuffix('.expected.json')}"
        expected = json.loads(path.read_text())
        if expected["function"] in HANDLERS and "UserPool" not in expected["needs"]:
            found.append((name, sample(name), expected))
    return found


@pytest.mark.parametrize(("name", "event", "expected"), samples())
def test_a_sample_event_comes_out_as_expected(
    name: str,
    event: Json,
    expected: Json,
    dynamodb: "DynamoDBClient",
    deliver: Callable[[Json], Json],
) -> None:
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    dynamodb.create_table(
        TableName="crm",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],  # type: ignore[typeddict-item]
        BillingMode="PAY_PER_REQUEST",
    )
    assert differences(expected["answers"], deliver(event)) == []

    with pytest.raises(NotDelivered):  # as it is: nobody listens
        HANDLERS[expected["function"]](event, Context())
    assert expected["unanswered"] == {"errorType": NotDelivered.__name__}


def test_what_a_function_returns_is_what_it_answered(
    cloudformation: HTTPServer, answers: list[Json]
) -> None:
    event = sample("demo_user/create_bad_pool")
    expected = json.loads((ROOT / "events/demo_user/create_bad_pool.expected.json").read_text())
    event["ResponseURL"] = cloudformation.url_for("/answer")
    assert HANDLERS["DemoUserFunction"](event, Context()) == expected["returns"]


@pytest.mark.fidelity("petstore.refused-answer")
def test_an_answer_that_cloudformation_refuses_fails_the_function_so_that_it_is_called_again(
    cloudformation: HTTPServer,
) -> None:
    cloudformation.expect_request("/answer").respond_with_data("expired", status=403)
    event = sample("pet_seeds/delete") | {"ResponseURL": cloudformation.url_for("/answer")}
    with pytest.raises(NotDelivered):
        HANDLERS["PetSeedsFunction"](event, Context())
