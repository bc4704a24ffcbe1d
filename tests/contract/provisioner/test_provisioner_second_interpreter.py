"""Moto's Step Functions interpreter, not kin to MiniStack's, reads the definition the same way."""

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils

from provisioner.calls import Calls
from provisioner.errors import Refused
from provisioner.kinds.gateways import Gateways
from tests.support.objects import Objects
from tests.support.provisioning import (
    DEFINITION,
    Json,
    Stack,
    Troubled,
    as_strings,
    properties,
    target,
)
from tests.support.state_machine import load_definition

LIMIT_S = 60.0
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:"


class MotoMachine:
    """Runs a stack's executions on moto; its waits are real, so only runs without any."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._states = boto3.client("stepfunctions")
        substitutions = {
            "ProvisionerFunctionArn": f"{FUNCTION}provisioner",
            "AnswerFunctionArn": f"{FUNCTION}door",
        }
        self._arn = self._states.create_state_machine(
            name="provision",
            definition=json.dumps(load_definition(DEFINITION, substitutions)),
            roleArn="arn:aws:iam::123456789012:role/machine",
        )["stateMachineArn"]

    def send(self, request_type: str, stated: Json, **more: object) -> tuple[str, Json]:
        """Send one event; return how the execution ended, and the answer."""
        event = self._stack.event(request_type, stated, **more)
        self._stack.invoke_door(event)
        document = self._stack.started[event["RequestId"]]
        execution = self._states.start_execution(
            stateMachineArn=self._arn, name=event["RequestId"], input=json.dumps(document)
        )["executionArn"]
        assert self._stack.answered.wait(LIMIT_S)
        self._stack.answered.clear()
        status, end = "RUNNING", time.monotonic() + LIMIT_S
        while status == "RUNNING" and time.monotonic() < end:
            status = self._states.describe_execution(executionArn=execution)["status"]
        answer = self._stack.answers[-1]
        self._stack.physical_id = answer["PhysicalResourceId"]
        return status, answer

    def invoke(self, parameters: Json, region: str, state_credentials: object) -> Json:
        """Stand in for Lambda's Invoke."""
        payload = parameters["Payload"]
        event = json.loads(payload) if isinstance(payload, str | bytes) else payload
        function = self._stack.interpreter.functions[parameters["FunctionName"].split(":")[-1]]
        try:
            answer: Any = json.loads(json.dumps(function(event)))
        except Exception as error:  # noqa: BLE001 - whatever a function raises is its outcome
            answer = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": answer}
        return {"StatusCode": 200, "Payload": answer}


@pytest.fixture
def machine(aws_environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[MotoMachine]:
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        calls = Calls(boto3.client("bedrock-agentcore-control"))
        stack = Stack(Gateways(calls, Objects().documents()))
        machine = MotoMachine(stack)
        monkeypatch.setattr(lambda_eval_utils, "_invoke_lambda_function", machine.invoke)
        yield machine


def test_a_life_without_waits(machine: MotoMachine) -> None:
    first, second = properties(), properties(Targets=[target("Other")])
    third = properties(Targets=[target("Other"), target("Refused")])
    status, answer = machine.send("Create", first)
    assert (status, answer["Status"], answer["Reason"]) == ("SUCCEEDED", "SUCCESS", "")
    status, answer = machine.send("Update", second, OldResourceProperties=as_strings(first))
    assert (status, answer["Status"], answer["Reason"]) == ("SUCCEEDED", "SUCCESS", "")
    stack = machine._stack
    stack.kind = Troubled(stack.kind, create_part=[Refused("CreateGatewayTarget: no")])
    status, answer = machine.send("Update", third, OldResourceProperties=as_strings(second))
    assert (status, answer["Status"]) == ("FAILED", "FAILED")
    assert answer["Reason"] == "CreateGatewayTarget: no (PartFailed)"
    status, answer = machine.send("Delete", second)
    assert (status, answer["Status"]) == ("SUCCEEDED", "SUCCESS")
