"""Rules every definition in `statemachines/` keeps."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.template import template

ROOT = Path(__file__).parents[3]
DEFINITIONS = sorted((ROOT / "statemachines").glob("*.asl.yaml"))
MAX_WAIT_S = 300
"""The end of any wait loop: agentcore_resources.kind.MAX_WAIT_SECONDS."""

VISITS = {
    "provision": {
        # A resource that is stuck is removed and made again; what was made is removed in the end.
        "Apply": 2,
        "Check": 2,
        "Verify": 2,
        "Remove": 2,
    }
}
"""How often a run may come to a state, where more than once; a loop of waits is one visit."""

type States = dict[str, dict[str, Any]]


def load(path: Path) -> dict[str, Any]:
    definition: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return definition


def machines(definition: dict[str, Any]) -> Iterator[States]:
    """Yield the states of a machine, and those of the machines inside its Map states."""
    yield definition["States"]
    for state in definition["States"].values():
        if "ItemProcessor" in state:
            yield from machines(state["ItemProcessor"])


def tasks(definition: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: state
        for states in machines(definition)
        for name, state in states.items()
        if state["Type"] == "Task"
    }


def test_there_are_definitions() -> None:
    assert DEFINITIONS


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.stem)
def test_every_task_has_a_timeout_a_retry_and_a_last_catch_of_everything(path: Path) -> None:
    for name, state in tasks(load(path)).items():
        assert state.get("TimeoutSeconds"), name
        assert state.get("Retry"), name
        assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"], name


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.stem)
@pytest.mark.fidelity("provisioner.targets.five-at-once")
def test_a_map_catches_everything_and_keeps_to_the_service_s_limit(path: Path) -> None:
    for states in machines(load(path)):
        for name, state in states.items():
            if state["Type"] == "Map":
                assert state["MaxConcurrency"] == 5, name
                assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"], name


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.stem)
def test_a_caught_failure_never_ends_in_success(path: Path) -> None:
    """Outside of iterations, which keep their failures, every caught path answers FAILED."""
    states = load(path)["States"]
    for name, state in states.items():
        for catcher in state.get("Catch", []):
            ends = reachable_ends(states, catcher["Next"], failed=True)
            assert ends <= {"ProvisioningFailed", "NotAnswered"}, name


def reachable_ends(states: States, start: str, *, failed: bool) -> set[str]:
    """Return the last states of the paths from `start`.

    After a failure the removal loop leaves by its default: `undo` says `then: fail`.
    """
    ends, seen, todo = set(), set(), [start]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        state = states[name]
        if state.get("End") or state["Type"] in {"Fail", "Succeed"}:
            ends.add(name)
        if failed and name == "Removed":
            todo += [state["Default"], "WaitForRemoval"]
            continue
        todo += [state[key] for key in ("Next", "Default") if key in state]
        todo += [choice["Next"] for choice in state.get("Choices", [])]
        todo += [catcher["Next"] for catcher in state.get("Catch", [])]
    return ends


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.stem)
def test_an_execution_that_answers_failed_reads_failed(path: Path) -> None:
    states = load(path)["States"]
    assert states["AnswerFailure"]["Next"] == "ProvisioningFailed"
    assert states["ProvisioningFailed"]["Type"] == "Fail"


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.stem)
def test_the_machine_s_limit_is_above_the_worst_case(path: Path) -> None:
    definition = load(path)
    visits = VISITS[path.name.removesuffix(".asl.yaml")]
    worst_s = sum(
        worst_case_s(name, states) * visits.get(name, 1)
        for states in machines(definition)
        for name in states
        if states[name]["Type"] == "Task" and name != "AnswerSuccess"  # nor both answers
    )
    assert worst_s < definition["TimeoutSeconds"]


def worst_case_s(name: str, states: States) -> float:
    """Return the longest a visit may take, in seconds: every try to its timeout, every pause.

    A task that is waited for in a loop takes the longest wait, and one more look at its end.
    """
    state = states[name]
    tries = 1 + sum(retrier["MaxAttempts"] for retrier in state["Retry"])
    pauses = sum(
        retrier["IntervalSeconds"] * retrier["BackoffRate"] ** attempt
        for retrier in state["Retry"]
        for attempt in range(retrier["MaxAttempts"])
    )
    waited_for = any(s["Type"] == "Wait" and s["Next"] == name for s in states.values())
    tried: float = tries * state["TimeoutSeconds"] + pauses
    return tried + (MAX_WAIT_S if waited_for else 0)


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.stem)
def test_cloudformation_waits_longer_than_the_machine_may_run(path: Path) -> None:
    resources = template()["Resources"]
    gateway = resources["PetStoreGateway"]["Properties"]
    assert load(path)["TimeoutSeconds"] < gateway["ServiceTimeout"] <= 3600


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.stem)
def test_placeholders_are_the_template_s_substitutions(path: Path) -> None:
    placeholders = set(re.findall(r"\$\{(\w+)\}", path.read_text(encoding="utf-8")))
    uri = path.relative_to(ROOT).as_posix()
    (machine,) = (
        resource["Properties"]
        for resource in template()["Resources"].values()
        if resource["Properties"].get("DefinitionUri") == uri
    )
    assert placeholders == machine["DefinitionSubstitutions"].keys()
    assert machine["Logging"]["IncludeExecutionData"] is False


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.stem)
def test_tasks_have_longer_than_their_functions(path: Path) -> None:
    """Or a function would go on working after its task has been given up."""
    resources = template()["Resources"]
    longest = max(
        resources[name]["Properties"]["Timeout"]
        for name in ("ProvisionerFunction", "AgentCoreResourcesFunction")
    )
    assert all(state["TimeoutSeconds"] > longest for state in tasks(load(path)).values())


def test_every_step_has_a_task_and_every_task_its_step() -> None:
    from provisioner.app import STEPS  # noqa: PLC0415 - one test's business

    asked = {
        state["Parameters"]["Payload"]["step"]
        for path in DEFINITIONS
        for state in tasks(load(path)).values()
        if "step" in state["Parameters"]["Payload"]
    }
    assert asked == STEPS.keys()
