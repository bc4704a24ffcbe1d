"""What `make demo` shows once the stack is deployed, and whether it is right.

    python -m scripts.demo [--stack petstore]

Exit status 0 only if the gateway was provisioned, offers the two tools that read, the agent's
answers hold what the tools said, the FAQ agent answers a third party from the right entries, and
the platform's policies let its users do what they may and nothing else.
"""

import argparse
import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import boto3

from assistant import ask
from assistant.stack import DEFAULT_STACK_NAME
from scripts import door_demo, platform_demo
from scripts.platform_decisions import PlatformFailed

MACHINE = "ProvisionMachine"
TARGET = "PetStoreTarget"


@dataclass(frozen=True)
class Question:
    """A question, and words its answer must and must not have."""

    text: str
    expected: tuple[str, ...]
    unexpected: tuple[str, ...] = ()


QUESTIONS = (
    Question("What pets do you have?", ("Buddy", "Whiskers", "Nemo")),
    Question("Which pets cost less than 100?", ("Whiskers", "Nemo"), ("Buddy",)),
    Question("Tell me about pet-1", ("Buddy", "$249.99"), ("Nemo",)),
)


class DemoFailed(Exception):
    """Something the demo shows is not right."""

    code = "DemoFailed"


def main(arguments: Sequence[str]) -> int:
    """Show everything in turn; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.demo", description=__doc__)
    parser.add_argument("--stack", default=DEFAULT_STACK_NAME)
    stack = parser.parse_args(arguments).stack
    os.environ["STACK_NAME"] = stack
    try:
        show_provisioning(stack)
        show_tools()
        for question in QUESTIONS:
            show_answer(question)
        heading("A third party asks the FAQ agent, with an API key and curl")
        door_demo.show(door_demo.Door.of_stack())
        show_platform(stack)
    except (DemoFailed, door_demo.DoorFailed, PlatformFailed) as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 1
    print('All as it should be. Ask more: make ask Q="How much is Nemo?"')
    return 0


def show_provisioning(stack: str) -> None:
    """Print the steps of the state machine's last run for each resource, with their times."""
    heading("How AgentCore was provisioned, the last time")
    for resource, history in _histories(stack).items():
        print(resource)
        began = history[0]["timestamp"]
        for event in history:
            if event["type"].endswith("StateEntered"):
                elapsed_s = (event["timestamp"] - began).total_seconds()
                print(f"{elapsed_s:7.2f} s  {event['stateEnteredEventDetails']['name']}")
        if history[-1]["type"] != "ExecutionSucceeded":
            raise DemoFailed(f"provisioning {resource} ended with {history[-1]['type']}")


def _histories(stack: str) -> dict[str, list[dict[str, Any]]]:
    """Return the events of the last run for each of the latest resources, such as `gateway x`."""
    client: Any = boto3.client
    machine = client("cloudformation").describe_stack_resource(
        StackName=stack, LogicalResourceId=MACHINE
    )["StackResourceDetail"]["PhysicalResourceId"]
    states = client("stepfunctions")
    histories: dict[str, list[dict[str, Any]]] = {}
    for run in states.list_executions(stateMachineArn=machine, maxResults=20)["executions"]:
        found = states.describe_execution(executionArn=run["executionArn"])
        request = json.loads(found["input"])["request"]
        resource = f"{request['kind']} {request['name']}"
        if resource not in histories:
            pages = states.get_paginator("get_execution_history")
            pages = pages.paginate(executionArn=run["executionArn"])
            histories[resource] = [event for page in pages for event in page["events"]]
    return histories


def show_tools() -> None:
    """List the tools, and call both."""
    heading("The tools of the gateway")
    _require(_run("--trace", "--list-tools"), (f"{TARGET}___ListPets", f"{TARGET}___GetPetById"))
    heading("Both tools, called by hand")
    _require(_run("--trace", "--call", f"{TARGET}___ListPets", '{"type": "cat"}'), ("Whiskers",))
    _require(_run("--trace", "--call", f"{TARGET}___GetPetById", '{"petId": "pet-3"}'), ("Nemo",))


def show_answer(question: Question) -> None:
    """Ask the agent, and check what it says."""
    heading(question.text)
    printed = _run("--trace", question.text)
    _require(printed, question.expected)
    answer = printed.partition("\nanswer")[2]
    if any(word in answer for word in question.unexpected):
        raise DemoFailed(f"the answer has one of {question.unexpected}")


def show_platform(stack: str) -> None:
    """Show the platform, if the stack has it."""
    client: Any = boto3.client
    found = client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in found}
    heading("The platform: who may do what, and which policy decides")
    if "PlatformGatewayUrl" in outputs:
        platform_demo.show(outputs)
    else:
        print("The stack is deployed with Platform=disabled.")


def heading(text: str) -> None:
    """Print a heading."""
    print(f"\n--- {text} ---", flush=True)


def _run(*arguments: str) -> str:
    with tee() as printed:
        status = ask.main(arguments)
    if status != 0:
        raise DemoFailed(f"assistant.ask {' '.join(arguments)} ended with {status}")
    return printed.getvalue()


def _require(printed: str, words: Sequence[str]) -> None:
    missing = [word for word in words if word not in printed]
    if missing:
        raise DemoFailed(f"{missing} should have been printed")


class _Tee(io.StringIO):
    """Keeps what it prints."""

    def __init__(self, stream: Any) -> None:  # noqa: ANN401  # any text stream
        super().__init__()
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(text)
        return super().write(text)

    def flush(self) -> None:
        self._stream.flush()


@contextlib.contextmanager
def tee() -> Iterator[_Tee]:
    """Let what is printed be read as well."""
    kept = _Tee(sys.stdout)
    with contextlib.redirect_stdout(kept):
        yield kept


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
