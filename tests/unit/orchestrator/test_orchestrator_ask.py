"""The command for people: what it prints, and its exit codes."""

from typing import Any

import pytest

from assistant.errors import LoginRefused, StackUnreadable
from orchestrator import ask
from orchestrator.errors import AgentBusy, TokenRefused

FIRST = {"agent": "support-agent", "by": "classifier", "confidence": 0.8, "reason": "It says so."}
SECOND = {"agent": "sales-agent", "by": "hand-over", "confidence": 1.0, "reason": "Handed over."}
REPLY = {"response": "It costs $40.", "routing": {**SECOND, "via": [FIRST]}}


def test_the_answer_is_printed_and_beside_it_who_was_asked_and_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ask, "_ask", lambda _: REPLY)
    assert ask.main(["How much?", "--as", "sales"]) == 0
    printed = capsys.readouterr()
    assert printed.out == "It costs $40.\n"
    assert printed.err == (
        "support-agent (classifier, 0.80): It says so.\n"
        "sales-agent (hand-over, 1.00): Handed over.\n"
    )


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StackUnreadable("no such stack"), 3),
        (LoginRefused("no such user"), 4),
        (TokenRefused("the service answered 401"), 4),
        (AgentBusy("the service answered 429"), 5),
    ],
)
def test_each_failure_has_an_exit_code_and_its_own_code_printed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    code: int,
) -> None:
    def fail(_: object) -> Any:  # noqa: ANN401
        raise error

    monkeypatch.setattr(ask, "_ask", fail)
    assert ask.main(["How much?"]) == code
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", f"{getattr(error, 'code', '')}: {error}\n")


def test_without_a_question_the_usage_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        ask.main([])
    assert ended.value.code == 2
    assert "usage: python -m orchestrator.ask" in capsys.readouterr().err
