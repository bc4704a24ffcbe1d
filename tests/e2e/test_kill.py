"""The laptop cloud is killed in the middle of a deploy, and started again."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.support.laptop import Laptop, Stack, deploy_command
from tests.support.leftovers import leftovers
from tests.support.project import Project
from tests.support.rpc import Gateway

pytestmark = pytest.mark.laptop

STACK = "petstore"
POINTS = (1, 10, 20, 30, 40, 50, 60, 70, 80, 86)
"""How many stack events a deploy may record before the kill; a whole create records 90 or so."""
DEADLINE_S = 60.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    laptop = Laptop(tmp_path_factory.mktemp("kill"))
    laptop.start()
    yield laptop
    laptop.stop()


def events_of(laptop: Laptop) -> set[str]:
    """Return the ids of the events that stacks of this name have recorded."""
    pages = laptop.client("cloudformation").get_paginator("describe_stack_events")
    try:
        found = pages.paginate(StackName=STACK)
        return {event["EventId"] for page in found for event in page["StackEvents"]}
    except (ClientError, BotoCoreError):
        return set()


def kill_in_deploy(laptop: Laptop, command: tuple[str, ...], events: int) -> None:
    """Begin a deploy, and kill the cloud once there are `events` more."""
    already = events_of(laptop)
    deploying = laptop.begin(*command)
    deadline_s = time.monotonic() + DEADLINE_S
    while (seen := len(events_of(laptop) - already)) < events:
        assert deploying.poll() is None, "the deploy ended before the kill"
        assert time.monotonic() < deadline_s, f"only {seen} events"
    laptop.kill()
    end(deploying)


def end(deploying: "subprocess.Popen[str]") -> None:
    deploying.kill()
    deploying.communicate(timeout=DEADLINE_S)


def delete(laptop: Laptop) -> None:
    cloudformation = laptop.client("cloudformation")
    cloudformation.delete_stack(StackName=STACK)
    waiter = cloudformation.get_waiter("stack_delete_complete")
    waiter.wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


@pytest.mark.parametrize("events", POINTS)
def test_a_create_that_was_cut_short_can_be_deployed_and_deleted(home: Laptop, events: int) -> None:
    kill_in_deploy(home, deploy_command(STACK), events)
    home.start()

    assert {k: v for k, v in leftovers(home).items() if k != "stacks"} == {}
    deployed = home.run(*deploy_command(STACK))
    assert deployed.status == 0, deployed.output
    gateway = Gateway.of(home, Stack.read(home, STACK))
    assert gateway.call("PetStoreTarget___ListPets")["isError"] is False
    delete(home)
    assert leftovers(home) == {}


@pytest.mark.parametrize("events", [3, 10])
def test_an_update_that_was_cut_short_leaves_the_stack_as_it_was(
    home: Laptop, tmp_path: Path, events: int
) -> None:
    assert home.run(*deploy_command(STACK)).status == 0
    before = Stack.read(home, STACK)
    project = Project(tmp_path)
    project.gateway["Description"] = f"cut short after {events} events"
    project.template["Parameters"]["LogRetentionDays"]["Default"] = 7
    changed = deploy_command(STACK, project.write())

    kill_in_deploy(home, changed, events)
    home.start()

    assert Stack.read(home, STACK) == before
    assert len(Gateway.of(home, before).tool_names()) == 2
    again = home.run(*changed)
    assert again.status == 0, again.output
    delete(home)
    assert leftovers(home) == {}


def test_a_killed_cloud_leaves_no_process_behind(home: Laptop) -> None:
    kill_in_deploy(home, deploy_command(STACK), 60)

    deadline_s = time.monotonic() + DEADLINE_S
    while home.processes():
        assert time.monotonic() < deadline_s, home.processes()

    home.start()
    assert leftovers(home).get("functions") is None
