"""The sample events are complete: for each function, good cases and bad, each with its outcome."""

import pytest

from scripts.event_check.cases import NOBODY, SUFFIX, Case, read_all
from tests.support.template import PLATFORM, ROOT, resources, template

EVENTS = ROOT / "events"
CASES = read_all(EVENTS)
FUNCTIONS = resources("AWS::Serverless::Function") | resources(
    "AWS::Serverless::Function", PLATFORM
)
LOGICAL_IDS = [*template()["Resources"], *template(PLATFORM)["Resources"]]


def of(function: str) -> list[Case]:
    return [case for case in CASES if case.function == function]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_of_the_template_has_a_good_case_and_a_bad_one(function: str) -> None:
    assert {case.good for case in of(function)} == {True, False}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_events_of_a_function_are_in_the_folder_of_its_package(function: str) -> None:
    package = FUNCTIONS[function]["Properties"]["Handler"].partition(".")[0]
    assert {case.name.partition("/")[0] for case in of(function)} == {package}


def test_every_expectation_belongs_to_an_event() -> None:
    events = {f"{case.name}{SUFFIX}" for case in CASES}
    assert {str(path.relative_to(EVENTS)) for path in EVENTS.glob(f"*/*{SUFFIX}")} == events


def test_events_need_only_what_is_in_the_template_and_name_what_they_need() -> None:
    for case in CASES:
        assert case.needs.keys() <= set(LOGICAL_IDS), case.name
        for example in filter(None, case.needs.values()):
            assert f'"{example}"' in (EVENTS / f"{case.name}.json").read_text(), case.name


def test_what_is_answered_says_also_what_happens_when_nobody_listens() -> None:
    for case in CASES:
        assert (case.answers is None) == (case.unanswered is None), case.name
        if case.answers is not None:
            url = case.event.get("event", case.event)["ResponseURL"]
            assert url == NOBODY, case.name


def test_a_logical_id_is_of_one_stack_so_that_events_can_name_it() -> None:
    assert len(set(LOGICAL_IDS)) == len(LOGICAL_IDS)


def test_requests_that_start_executions_are_not_deliveries_of_one_another() -> None:
    started = [case.event["RequestId"] for case in CASES if "ProvisionMachine" in case.needs]
    assert len(set(started)) == len(started) > 0
