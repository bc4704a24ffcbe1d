"""The laptop cloud is killed in the middle of a deploy, and started again."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.laptop import Laptop, Stack, deploy_command
from tests.support.leftovers import leftovers
from tests.support.project import Project
from tests.support.rpc import Gateway

pytestmark = pytest.mark.laptop

STACK = "petstore"
GATEWAY_EXISTS = ("gateway", "exists")
POINTS = (
    (STACK, "CREATE_IN_PROGRESS"),
    ("DemoUserSecret", "CREATE_COMPLETE"),
    ("PetsTable", "CREATE_COMPLETE"),
    ("PetSeeds", "CREATE_IN_PROGRESS"),  # its function is being called
    ("PetStoreApi", "CREATE_COMPLETE"),
    ("PetStoreApiprodStage", "CREATE_COMPLETE"),
    ("UserPool", "CREATE_COMPLETE"),
    ("DemoUser", "CREATE_IN_PROGRESS"),
    ("PetStoreGateway", "CREATE_IN_PROGRESS"),
    GATEWAY_EXISTS,  # the state machine is under way
)
UPDATE_POINTS = (("PetStoreLogGroup", "UPDATE_COMPLETE"), ("PetStoreGateway", "UPDATE_IN_PROGRESS"))
DEADLINE_S = 60.0
LOOK_EVERY_S = 0.05
"""Seconds between looks: the cloud that is watched has a deploy to do."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    laptop = Laptop(tmp_path_factory.mktemp("kill"))
    laptop.start()
    yield laptop
    laptop.stop()


class Watch:
    """What happens to the stack from now on."""

    def __init__(self, laptop: Laptop) -> None:
        self._control = laptop.client("bedrock-agentcore-control")
        self._events = laptop.client("cloudformation").get_paginator("describe_stack_events")
        self._already = {event["EventId"] for event in self._all()}

    def saw(self, point: tuple[str, str]) -> bool:
        """Tell whether a resource has come to a status since."""
        if point == GATEWAY_EXISTS:
            return bool(self._control.list_gateways()["items"])
        return point in {
            (event["LogicalResourceId"], event["ResourceStatus"])
            for event in self._all()
            if event["EventId"] not in self._already
        }

    def _all(self) -> list[dict[str, Any]]:
        try:
            pages = self._events.paginate(StackName=STACK)
            return [event for page in pages for event in page["StackEvents"]]
        except ClientError:  # no such stack yet
            return []


def kill_in_deploy(laptop: Laptop, command: tuple[str, ...], point: tuple[str, str]) -> None:
    """Begin a deploy, and kill the cloud at a point of it."""
    watch = Watch(laptop)
    deploying = laptop.begin(*command)
    deadline_s = time.monotonic() + DEADLINE_S
    while not watch.saw(point):
        if ended_within(deploying, LOOK_EVERY_S) or time.monotonic() > deadline_s:
            pytest.fail(f"{point} did not come: {end(deploying)}")
    laptop.kill()
    end(deploying)


def ended_within(deploying: "subprocess.Popen[str]", timeout_s: float) -> bool:
    try:
        deploying.wait(timeout_s)
    except subprocess.TimeoutExpired:
        return False
    return True


def end(deploying: "subprocess.Popen[str]") -> str:
    """End a command, and return what it printed."""
    deploying.kill()
    return deploying.communicate(timeout=DEADLINE_S)[0]


def delete(laptop: Laptop) -> None:
    cloudformation = laptop.client("cloudformation")
    cloudformation.delete_stack(StackName=STACK)
    waiter = cloudformation.get_waiter("stack_delete_complete")
    waiter.wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


@pytest.mark.parametrize("point", POINTS, ids=" ".join)
def test_a_create_that_was_cut_short_can_be_deployed_and_deleted(
    home: Laptop, point: tuple[str, str]
) -> None:
    kill_in_deploy(home, deploy_command(STACK), point)
    home.start()

    assert {k: v for k, v in leftovers(home).items() if k != "stacks"} == {}
    deployed = home.run(*deploy_command(STACK))
    assert deployed.status == 0, deployed.output
    gateway = Gateway.of(home, Stack.read(home, STACK))
    assert gateway.call("PetStoreTarget___ListPets")["isError"] is False
    delete(home)
    assert leftovers(home) == {}


@pytest.mark.parametrize("point", UPDATE_POINTS, ids=" ".join)
def test_an_update_that_was_cut_short_leaves_the_stack_as_it_was(
    home: Laptop, tmp_path: Path, point: tuple[str, str]
) -> None:
    assert home.run(*deploy_command(STACK)).status == 0
    before = Stack.read(home, STACK)
    project = Project(tmp_path)
    project.gateway["Description"] = f"cut short at {point[0]}"
    project.template["Parameters"]["LogRetentionDays"]["Default"] = 7
    changed = deploy_command(STACK, project.write())

    kill_in_deploy(home, changed, point)
    home.start()

    assert Stack.read(home, STACK) == before
    assert len(Gateway.of(home, before).tool_names()) == 2
    again = home.run(*changed)
    assert again.status == 0, again.output
    delete(home)
    assert leftovers(home) == {}


def test_a_killed_cloud_leaves_no_process_behind(home: Laptop) -> None:
    kill_in_deploy(home, deploy_command(STACK), GATEWAY_EXISTS)

    deadline_s = time.monotonic() + DEADLINE_S
    while home.processes():
        assert time.monotonic() < deadline_s, home.processes()

    home.start()
    assert leftovers(home).get("functions") is None
