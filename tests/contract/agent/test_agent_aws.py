"""The agent against moto: stack outputs, the demo user's secret, Cognito, and the whole command."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from assistant.ask import main
from assistant.cognito import PasswordLogin, claims
from assistant.errors import LoginRefused, StackUnreadable
from assistant.stack import read_machine, read_stack, read_user
from assistant.tokens import RefreshRefused
from tests.contract.agent.agent_world import gateway
from tests.support.agent_tools import GET_PET, LIST_PETS

REGION = "us-east-1"
USERNAME, PASSWORD = "demo", "Correct-horse-1"
NOW_S = 1_700_000_000.0


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    for name in ("AWS_PROFILE", "AGENT_MODEL", "GROQ_API_KEY", "STACK_NAME", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield


@dataclass(frozen=True)
class Deployed:
    """What of a stack the agent looks at."""

    pool_id: str
    client_id: str
    machine_id: str
    secret_arn: str


def deploy(gateway_url: str = "https://gateway.test/mcp", **changed: str) -> Deployed:
    """Make what the real template makes, as far as the agent looks at it."""
    cognito: Any = boto3.client("cognito-idp")
    pool_id = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
    client_id = _app_client(pool_id)
    machine_id = _app_client(
        pool_id,
        GenerateSecret=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=["petstore/tools"],
    )
    cognito.admin_create_user(UserPoolId=pool_id, Username=USERNAME)
    cognito.admin_set_user_password(
        UserPoolId=pool_id, Username=USERNAME, Password=PASSWORD, Permanent=True
    )
    secret: Any = boto3.client("secretsmanager")
    user = json.dumps({"username": USERNAME, "password": PASSWORD})
    arn = secret.create_secret(Name="demo-user", SecretString=user)["ARN"]
    outputs = {
        "GatewayUrl": gateway_url,
        "UserPoolId": pool_id,
        "UserPoolClientId": client_id,
        "MachineClientId": machine_id,
        "TokenUrl": "https://pets.test/oauth2/token",
        "DemoUserSecretArn": arn,
        **changed,
    }
    _stack("petstore", outputs)
    return Deployed(pool_id, client_id, machine_id, arn)


def _app_client(pool_id: str, **rest: Any) -> str:  # noqa: ANN401 - boto3's own parameters
    cognito: Any = boto3.client("cognito-idp")
    made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="client", **rest)
    client_id: str = made["UserPoolClient"]["ClientId"]
    return client_id


def _stack(name: str, outputs: dict[str, str]) -> None:
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {key: {"Value": value} for key, value in outputs.items() if value},
    }
    boto3.client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(template))


def login(deployed: Deployed, **changed: Any) -> PasswordLogin:  # noqa: ANN401 - any field
    fields = {
        "cognito": boto3.client("cognito-idp"),
        "client_id": deployed.client_id,
        "username": USERNAME,
        "password": PASSWORD,
        "now_s": lambda: NOW_S,
    }
    return PasswordLogin(**{**fields, **changed})


def test_the_outputs_say_where_everything_is() -> None:
    deployed = deploy()
    stack = read_stack(boto3.client("cloudformation"), "petstore")
    assert stack.gateway_url == "https://gateway.test/mcp"
    assert (stack.user_pool_id, stack.client_id) == (deployed.pool_id, deployed.client_id)
    assert stack.region == REGION


def test_the_demo_user_is_read_from_its_secret_and_does_not_show() -> None:
    user = read_user(boto3.client("secretsmanager"), deploy().secret_arn)
    assert (user.username, user.password) == (USERNAME, PASSWORD)
    assert PASSWORD not in repr(user)


def test_the_machine_client_is_read_from_its_pool_and_its_secret_does_not_show() -> None:
    deploy()
    stack = read_stack(boto3.client("cloudformation"), "petstore")
    machine = read_machine(boto3.client("cognito-idp"), stack)
    assert machine.scopes == ("petstore/tools",)
    assert machine.client_secret
    assert machine.client_secret not in repr(machine)


def test_a_stack_without_machines_is_read_and_says_how_to_have_them() -> None:
    deploy(MachineClientId="", TokenUrl="")
    stack = read_stack(boto3.client("cloudformation"), "petstore")
    with pytest.raises(StackUnreadable, match=r"petstore has no .* with MachineAccess=enabled"):
        read_machine(boto3.client("cognito-idp"), stack)


def test_a_missing_stack_is_named() -> None:
    with pytest.raises(StackUnreadable, match="cannot read stack nowhere: ValidationError"):
        read_stack(boto3.client("cloudformation"), "nowhere")


def test_a_missing_output_is_named() -> None:
    deploy(DemoUserSecretArn="")
    with pytest.raises(StackUnreadable, match="has no output DemoUserSecretArn"):
        read_stack(boto3.client("cloudformation"), "petstore")


@pytest.mark.parametrize("value", ["not json: hunter2", '{"user": "hunter2"}', '["hunter2"]'])
def test_a_secret_of_another_shape_is_refused_and_not_quoted(value: str) -> None:
    secrets = boto3.client("secretsmanager")
    arn = secrets.create_secret(Name="odd", SecretString=value)["ARN"]
    with pytest.raises(StackUnreadable) as refused:
        read_user(secrets, arn)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_login_gives_an_access_token_and_its_end() -> None:
    deployed = deploy()
    grant = login(deployed).log_in()
    shown = claims(grant.access_token)
    assert shown["token_use"] == "access"
    assert shown["client_id"] == deployed.client_id
    assert grant.expires_at_s == NOW_S + 3600


def test_a_refresh_gives_another_access_token_and_keeps_the_refresh_token() -> None:
    entrance = login(deploy())
    first = entrance.log_in()
    assert first.refresh_token
    second = entrance.renew(first.refresh_token)
    assert claims(second.access_token)["token_use"] == "access"
    assert second.refresh_token == first.refresh_token


def test_a_refresh_token_that_is_none_is_refused() -> None:
    with pytest.raises(RefreshRefused):
        login(deploy()).renew("made up")


def test_a_wrong_password_is_refused_with_cognitos_words_and_without_the_password() -> None:
    with pytest.raises(LoginRefused, match="NotAuthorizedException") as refused:
        login(deploy(), password="Wrong-horse-1").log_in()
    assert "Wrong-horse-1" not in str(refused.value)


def test_a_challenge_is_named() -> None:
    deployed = deploy()
    cognito: Any = boto3.client("cognito-idp")
    cognito.admin_create_user(
        UserPoolId=deployed.pool_id, Username="new", TemporaryPassword=PASSWORD
    )
    with pytest.raises(LoginRefused, match="asks for NEW_PASSWORD_REQUIRED"):
        login(deployed, username="new").log_in()


class Run:
    """The command, with what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *argv: str) -> tuple[int, str, str]:
        code = main(argv)
        printed = self._capsys.readouterr()
        return code, printed.out, printed.err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(capsys)


@pytest.fixture
def deployed_gateway() -> Iterator[Deployed]:
    allowed: set[str] = set()

    def accepts(token: str) -> bool:
        shown = claims(token)
        return shown.get("token_use") == "access" and shown.get("client_id") in allowed

    with gateway(accepts) as (url, _):
        deployed = deploy(url)
        allowed.add(deployed.client_id)
        yield deployed


@pytest.mark.usefixtures("deployed_gateway")
def test_a_question_is_answered(run: Run) -> None:
    code, out, err = run("Which pets cost less than 100?")
    assert (code, err) == (0, "")
    assert out == "I found 2 pets:\n- Nemo (fish): $12.99\n- Whiskers (cat): $99.50\n"


def test_the_trace_shows_claims_tools_and_calls_and_no_token(
    run: Run, deployed_gateway: Deployed
) -> None:
    _, out, _ = run("Tell me about pet-2", "--trace")
    stack, token, tools, call, answered, answer = out.splitlines()
    assert stack.startswith("stack   name petstore, gateway http://127.0.0.1:")
    assert f"client_id {deployed_gateway.client_id}, token_use access" in token
    assert "eyJ" not in out
    assert f"2: {LIST_PETS}, {GET_PET}" in tools
    assert call.startswith(f'call    {GET_PET} {{"petId": "pet-2"}} -> ok, ')
    assert answered.startswith("answer  model offline, ")
    assert answer.startswith("Whiskers (cat) costs $99.50.")


@pytest.mark.usefixtures("deployed_gateway")
def test_the_same_is_there_for_machines(run: Run) -> None:
    code, out, _ = run("How much is Nemo?", "--json")
    said = json.loads(out)
    assert code == 0
    assert said["question"] == "How much is Nemo?"
    assert said["answer"].startswith("Nemo (fish) costs $12.99.")
    assert [one["step"] for one in said["steps"]] == ["stack", "token", "tools", "call", "answer"]
    assert all(one["elapsedMs"] >= 0 for one in said["steps"])
    assert "eyJ" not in out


@pytest.mark.usefixtures("deployed_gateway")
def test_tools_are_listed(run: Run) -> None:
    code, out, _ = run("--list-tools")
    assert code == 0
    assert out.splitlines()[::2] == [LIST_PETS, GET_PET]
    _, out, _ = run("--list-tools", "--json")
    assert [one["name"] for one in json.loads(out)["tools"]] == [LIST_PETS, GET_PET]


@pytest.mark.usefixtures("deployed_gateway")
def test_a_tool_is_called_by_hand(run: Run) -> None:
    code, out, _ = run("--call", GET_PET, '{"petId": "pet-1"}')
    assert (code, json.loads(out)["name"]) == (0, "Buddy")
    code, out, _ = run("--call", GET_PET, '{"petId": "pet-9"}')
    assert (code, json.loads(out)["detail"]) == (7, "There is no pet pet-9.")


@pytest.mark.usefixtures("deployed_gateway")
def test_an_unknown_tool_is_one_clear_line(run: Run) -> None:
    assert run("--call", "ListPets", "{}") == (5, "", "call-refused: Unknown tool: ListPets\n")


def test_a_missing_stack_is_one_clear_line(run: Run) -> None:
    code, out, err = run("--list-tools")
    assert (code, out) == (3, "")
    assert err == (
        "stack-unreadable: cannot read stack petstore: "
        "ValidationError: Stack with id petstore does not exist\n"
    )


def test_a_gateway_that_lets_nobody_in_is_one_clear_line(run: Run) -> None:
    with gateway(lambda _: False) as (url, _):
        deploy(url)
        code, out, err = run("What pets do you have?")
    assert (code, out) == (4, "")
    assert err.startswith("token-rejected: the gateway refuses the access token")
    assert err.count("\n") == 1


@pytest.mark.usefixtures("deployed_gateway")
def test_a_model_that_is_not_there_is_one_clear_line(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENT_MODEL", "groq:some-model")
    code, out, err = run("What pets do you have?", "--json")
    assert (code, err) == (6, "")
    said = json.loads(out)
    assert said["error"] == {
        "code": "model-unavailable",
        "message": "groq:some-model needs GROQ_API_KEY in the environment",
    }


def test_no_region_is_one_clear_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    code, _, err = run("--list-tools")
    assert (code, err) == (3, "stack-unreadable: cannot call AWS: You must specify a region.\n")
