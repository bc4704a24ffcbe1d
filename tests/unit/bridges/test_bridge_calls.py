"""From a gateway's invocation to the tool: names, keys, arguments, refusals and logs."""

import io
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from bridges import backends, errors
from bridges.arguments import Arguments, Line
from bridges.call import tool_call
from bridges.errors import BadArguments, BridgeError, UnknownBackend, UnknownTool
from bridges.serve import serve
from bridges.toolbox import Tool, Toolbox
from tests.support.bridges import from_gateway
from tests.support.petstore import Context


class Echo(Arguments):
    text: Line
    times: int = 1


TOOLBOX = Toolbox({"echo": Tool(Echo, lambda asked, at: {"said": asked.text, "key": at.key})})


LOGGED = io.StringIO()
LOGGER = Logger(service="test-bridge", stream=LOGGED)


def call(event: Any, context: object) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return serve(event, context, toolbox=lambda: TOOLBOX, logger=LOGGER)


def test_the_event_is_the_arguments_and_the_tool_is_named_without_its_target() -> None:
    found = tool_call({"text": "hi"}, from_gateway("MyTarget___echo"))
    assert (found.tool, found.arguments) == ("echo", {"text": "hi"})


def test_a_tool_with_the_separator_in_its_own_name_keeps_it() -> None:
    assert tool_call({}, from_gateway("MyTarget___a___b")).tool == "a___b"


def test_deliveries_of_one_call_have_one_key_and_other_calls_have_others() -> None:
    first, again, in_the_same_batch, later = (
        tool_call({}, from_gateway("T___echo", request=request, message=message)).key
        for request, message in (("r1", 1), ("r1", 1), ("r1", 2), ("r2", 1))
    )
    assert first == again
    assert len({first, in_the_same_batch, later}) == 3


def test_without_a_gateway_the_event_names_the_tool() -> None:
    found = tool_call({"tool": "echo", "arguments": {"text": "hi"}}, Context())
    assert (found.tool, found.arguments) == ("echo", {"text": "hi"})
    assert found.key == Context().aws_request_id


def test_through_a_gateway_the_event_cannot_name_another_tool() -> None:
    event = {"tool": "delete_everything", "arguments": {}}
    found = tool_call(event, from_gateway("T___echo"))
    assert (found.tool, found.arguments) == ("echo", event)


@pytest.mark.parametrize("event", [{}, {"text": "hi"}, {"tool": "echo"}])
def test_without_either_there_is_no_call(event: dict[str, Any]) -> None:
    with pytest.raises(BadArguments, match=r"tool: Field required|arguments: Field required"):
        tool_call(event, Context())


def test_a_tool_answers_with_what_it_did() -> None:
    answer = call({"text": " hi "}, from_gateway("T___echo"))
    assert answer == {"said": "hi", "key": "gateway/target/request-1/1"}


def test_an_unknown_tool_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownTool, match=r"^unknown_tool: There is no shout; there are echo\.$"):
        call({}, from_gateway("T___shout"))


def test_every_wrong_argument_is_named_and_none_is_shown() -> None:
    with pytest.raises(BadArguments) as refused:
        call({"text": "", "times": "secret", "other": "secret"}, from_gateway("T___echo"))
    said = str(refused.value)
    assert said.startswith("bad_arguments: ")
    assert all(name in said for name in ("text: ", "times: ", "other: "))
    assert "secret" not in said


def test_logs_name_tool_and_outcome_and_hold_no_arguments() -> None:
    LOGGED.truncate(0)
    call({"text": "secret"}, from_gateway("T___echo"))
    with pytest.raises(BadArguments):
        call({"txt": "secret"}, from_gateway("T___echo"))
    logged = LOGGED.getvalue()
    assert '"tool":"echo"' in logged
    assert '"code":"bad_arguments"' in logged
    assert "secret" not in logged
    assert '"level":"INFO"' in logged


def test_every_refusal_has_a_code_of_its_own() -> None:
    refusals = [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, BridgeError)
    ]
    assert len({one.code for one in refusals}) == len(refusals) > 5


def test_the_environment_chooses_the_system_and_the_table_is_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {"store": lambda: "table", "vendor": lambda: "api"}
    monkeypatch.delenv(backends.VARIABLE, raising=False)
    assert backends.chosen(known) == "table"
    monkeypatch.setenv(backends.VARIABLE, "vendor")
    assert backends.chosen(known) == "api"


def test_a_system_without_an_adapter_is_refused_with_those_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(backends.VARIABLE, "another")
    with pytest.raises(UnknownBackend, match=r"^unknown_backend: BACKEND is none of store\.$"):
        backends.chosen({"store": lambda: None})
