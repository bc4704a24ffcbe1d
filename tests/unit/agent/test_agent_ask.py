import subprocess
import sys

import pytest

from assistant.ask import EXIT_CODES, describe, main
from assistant.errors import AgentError
from assistant.steps import Step

HEAVY = ("boto3", "botocore", "mcp", "httpx2", "langchain_core", "langgraph", "groq", "pydantic")


def test_every_reason_to_fail_has_an_exit_code() -> None:
    assert set(EXIT_CODES) == set(AgentError.__subclasses__())
    assert not {0, 1, 2} & set(EXIT_CODES.values())


def test_the_reasons_have_codes_of_their_own() -> None:
    codes = [one.code for one in AgentError.__subclasses__()]
    assert len(set(codes)) == len(codes)


def test_importing_the_command_loads_nothing_heavy() -> None:
    code = f"import sys, assistant.ask; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=30, check=True)
    assert done.stdout.decode().strip() == "[]"


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["a question", "--list-tools"],
        ["--call", "name", "not json"],
        ["--call", "name", "[]"],
        ["--call", "name"],
        ["--nonsense"],
    ],
)
def test_wrong_usage_exits_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(argv)
    assert stopped.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (
            Step("token", {"client_id": "c", "token_use": "access", "elapsedMs": 2.5}),
            "token   client_id c, token_use access, 2.5 ms",
        ),
        (Step("tools", {"names": ["A", "B"], "elapsedMs": 1.0}), "tools   2: A, B, 1.0 ms"),
        (
            Step(
                "call", {"name": "A", "arguments": {"x": "1"}, "isError": False, "elapsedMs": 3.0}
            ),
            'call    A {"x": "1"} -> ok, 3.0 ms',
        ),
        (
            Step("call", {"name": "A", "arguments": {}, "isError": True, "elapsedMs": 3.0}),
            "call    A {} -> error, 3.0 ms",
        ),
    ],
)
def test_a_step_is_one_line(step: Step, line: str) -> None:
    assert describe(step) == line
