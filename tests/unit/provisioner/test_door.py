"""What the door says to CloudFormation, and how dearly it is imported."""

import json
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from agentcore_resources import delivery
from agentcore_resources.errors import NotDelivered
from agentcore_resources.outcome import MAX_REASON_CHARACTERS, reason, shortened
from provisioner.calls import Calls
from provisioner.errors import Busy, Denied, ProvisioningError, Refused, RoleNotReady, Throttled

FUNCTIONS = Path(__file__).parents[3] / "functions"
DENIED = (
    "User: arn:aws:sts::123456789012:assumed-role/Provisioner/p is not authorized to perform: "
    "bedrock-agentcore:CreateGateway on resource: arn:aws:bedrock-agentcore:::gateway/*"
)
HEAVY = {"boto3", "botocore.client", "crhelper", "pydantic"}


def failure(error: str, message: str) -> dict[str, str]:
    return {"Error": error, "Cause": json.dumps({"errorMessage": message, "errorType": error})}


@pytest.mark.fidelity("provisioner.error-names")
def test_a_reason_is_the_message_and_the_error_s_name() -> None:
    document = {"failure": failure("PartFailed", "Target A is FAILED: no responses")}
    assert reason(document) == "Target A is FAILED: no responses (PartFailed)"


def test_step_functions_own_errors_are_text_or_nothing() -> None:
    assert reason({"failure": {"Error": "States.Timeout", "Cause": "too long"}}) == (
        "too long (States.Timeout)"
    )
    assert reason({"failure": {"Error": "States.Timeout", "Cause": ""}}) == "States.Timeout"
    assert reason({}) == "States.Unknown"


def test_a_failed_removal_is_said_alone_or_beside_what_came_before() -> None:
    removal = failure("WaitedTooLong", "Still there: gateway gw-1")
    assert reason({"removalFailure": removal}) == "Still there: gateway gw-1 (WaitedTooLong)"
    assert reason({"failure": failure("X", "bad"), "removalFailure": removal}).startswith("bad (X)")


def test_a_long_reason_keeps_its_beginning() -> None:
    said = shortened("Target A is FAILED: " + "x" * 5000)
    assert said.startswith("Target A is FAILED: ")
    assert said.endswith("…")
    assert len(said) == MAX_REASON_CHARACTERS


def test_an_unreachable_url_is_not_named() -> None:
    with pytest.raises(NotDelivered) as refusal:
        delivery.put("https://127.0.0.1:1/answer?X-Amz-Signature=secret", {"Status": "SUCCESS"})
    assert "secret" not in str(refusal.value)
    assert not isinstance(refusal.value.__cause__, ssl.SSLError)


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("ThrottlingException", "Rate exceeded", Throttled),
        ("InternalServerException", "oops", Throttled),
        ("ConflictException", "exists", Busy),
        ("AccessDeniedException", DENIED, Denied),
        ("AccessDeniedException", "Could not assume role arn", RoleNotReady),
        ("ValidationException", "Role validation failed for 'arn'. Please verify", RoleNotReady),
        ("ValidationException", "1 validation error detected", Refused),
        ("ServiceQuotaExceededException", "too many gateways", Refused),
    ],
)
def test_aws_s_errors_become_ours_and_keep_their_words(
    code: str, message: str, expected: type[ProvisioningError]
) -> None:
    class Client:
        def create_gateway(self, **_: object) -> None:
            raise ClientError({"Error": {"Code": code, "Message": message}}, "CreateGateway")

    with pytest.raises(expected) as refusal:
        Calls(Client())("create_gateway")
    assert str(refusal.value) == f"CreateGateway: {code}: {message}"


def test_no_connection_is_tried_again() -> None:
    class Client:
        def get_gateway(self, **_: object) -> None:
            raise ConnectTimeoutError(endpoint_url="https://agentcore")

    with pytest.raises(Throttled, match=r"^GetGateway: ConnectTimeoutError$"):
        Calls(Client()).found("get_gateway")


def test_class_names_are_the_codes_that_step_functions_sees() -> None:
    assert all(error.code == error.__name__ for error in ProvisioningError.__subclasses__())


def modules_after(script: str) -> set[str]:
    return set(
        subprocess.run(
            [sys.executable, "-c", f"import sys; {script}; print(*sys.modules)"],
            cwd=FUNCTIONS,
            env={},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout.split()
    )


@pytest.mark.parametrize("module", ["agentcore_resources.app", "provisioner.app"])
def test_a_handler_imports_nothing_heavy_beyond_an_empty_one(module: str) -> None:
    empty = "from aws_lambda_powertools import Logger, Tracer; Logger(), Tracer()"
    more = modules_after(f"import {module}") - modules_after(empty)
    assert HEAVY.isdisjoint(more)
    assert len(more) < 30
