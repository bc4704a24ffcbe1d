from importlib.util import find_spec

import pytest

from benchmarks.cold_imports import BASELINES, FUNCTIONS, Function
from tests.support.template import PLATFORM, TEMPLATE, resources

AGENTS = {"faq.lambda_handler"}
"""What is measured from a process's start to its first answer instead."""


def test_every_function_of_the_templates_is_measured() -> None:
    handlers = {
        function["Properties"]["Handler"].rpartition(".")[0]
        for path in (TEMPLATE, PLATFORM)
        for function in resources("AWS::Serverless::Function", path).values()
    }
    assert {function.handler for function in FUNCTIONS} == handlers - AGENTS


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.handler)
def test_what_is_imported_is_there(function: Function) -> None:
    modules = (function.handler, *BASELINES[function.like], *function.first_event)
    assert all(find_spec(name) for name in modules)
