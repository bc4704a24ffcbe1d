"""Parts of an agent, made before the first request."""

import gc
from collections.abc import Iterator

import pytest

from serving.warming import make


@pytest.fixture(autouse=True)
def no_garbage_is_collected() -> Iterator[None]:
    """As in the program of an agent until its parts are there."""
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


def test_garbage_is_collected_once_the_parts_are_made() -> None:
    made: list[bool] = []
    make(lambda: made.append(gc.isenabled())).join(5)
    assert (made, gc.isenabled()) == ([False], True)


def fail() -> None:
    raise LookupError("SUPPORT_AGENT_ARN")


def test_garbage_is_collected_also_if_they_cannot_be_made() -> None:
    make(fail, LookupError).join(5)
    assert gc.isenabled()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_garbage_is_collected_also_after_a_bug() -> None:
    make(fail, ValueError).join(5)
    assert gc.isenabled()
