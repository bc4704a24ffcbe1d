"""Policies for people: test them, doubt the tests, try them on what happened, enforce them.

    python -m policy test                                  run the table
    python -m policy mutate                                see whether the table would notice
    python -m policy replay LOG --candidate policies       decide recorded calls again
    python -m policy promote --gateway-id ID --log LOG     ENFORCE; --back goes to LOG_ONLY

The status is 1 where something is not as it should be. `promote` is about the policies of the
gateway's own engine, and takes the account and the region from the environment.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO, cast

import boto3

from policy.commands import mutate, promote, replay, test
from policy.errors import PolicyError
from policy.promotion import ControlPlane


def main(
    arguments: Sequence[str] | None = None,
    *,
    out: TextIO = sys.stdout,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    control: Callable[[], ControlPlane] | None = None,
    wait: Callable[[float], object] = time.sleep,
) -> int:
    """Run one command, and return its status."""
    asked = parser().parse_args(arguments)
    commands: dict[str, Callable[[], bool]] = {
        "test": lambda: test(asked, out, now()),
        "mutate": lambda: mutate(asked, out, now()),
        "replay": lambda: replay(asked, out),
        "promote": lambda: promote(asked, out, now(), (control or _control)(), wait),
    }
    try:
        return 0 if commands[asked.command]() else 1
    except PolicyError as error:
        print(f"{error.code}: {error}", file=out)
        return 1


def _control() -> ControlPlane:
    # The client's own types name every member; the protocol names what is used here.
    return cast("ControlPlane", boto3.client("bedrock-agentcore-control"))


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    made = argparse.ArgumentParser(
        prog="python -m policy", description=(__doc__ or "").partition("\n")[0]
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--policies", type=Path, default=Path("policies"), metavar="FOLDER")
    common.add_argument("--tools", type=Path, default=Path("policies/tools.json"))
    common.add_argument("--cases", type=Path, default=Path("policies/cases.yaml"))
    commands = made.add_subparsers(dest="command", required=True)
    commands.add_parser("test", parents=[common], help="run the table of cases")
    commands.add_parser("mutate", parents=[common], help="change policies; the table must notice")
    replayed = commands.add_parser("replay", parents=[common], help="decide a log's calls again")
    replayed.add_argument("log", type=Path)
    replayed.add_argument("--candidate", type=Path, dest="policies", metavar="FOLDER")
    promoted = commands.add_parser("promote", parents=[common], help="enforce, or stop enforcing")
    promoted.add_argument("--gateway-id", required=True)
    promoted.add_argument("--log", type=Path)
    promoted.add_argument("--accept", action="store_true", help="even if allowed calls are lost")
    promoted.add_argument(
        "--back", action="store_true", help="back to LOG_ONLY, without conditions"
    )
    return made


if __name__ == "__main__":
    sys.exit(main())
