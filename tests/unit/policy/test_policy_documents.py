"""The commands that docs/extend.md gives for policies."""

import io
import re
import shlex

import pytest

from policy.__main__ import main, parser
from tests.support.laptop import ROOT

COMMAND = re.compile(r"^    \.venv/bin/python -m policy (.+)$", re.MULTILINE)
COMMANDS = COMMAND.findall((ROOT / "docs" / "extend.md").read_text("utf-8"))


def test_every_command_is_shown() -> None:
    assert {each.split()[0] for each in COMMANDS} == {"test", "mutate", "replay", "promote"}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_read(command: str) -> None:
    assert parser().parse_args(shlex.split(command)).command == command.split()[0]


@pytest.mark.parametrize("command", [each for each in COMMANDS if " " not in each])
def test_a_command_that_needs_no_log_and_no_cloud_succeeds(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    out = io.StringIO()
    assert main([command], out=out) == 0, out.getvalue()
