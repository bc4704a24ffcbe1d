"""Tenants with platforms of their own, beside the one that they all could share.

    python -m tenants add acme globex    make them, or bring them up to the root stack
    python -m tenants list               who there is
    python -m tenants show acme          what its stack says: gateway, user pool, ...
    python -m tenants remove acme        and leave nothing (--all for every tenant)

Exit codes: 0 done, or nothing to do; 1 a bug (with a traceback); 2 wrong usage, or no name for a
tenant; 3 the root stack or the account cannot be used; 4 no such tenant; 5 its stack is not in a
state for this; 6 CloudFormation failed, or was not done in time; 7 something was left behind. Of
several tenants each is seen to, and the first failure is the status.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TextIO

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tenants.commands import COMMANDS
from tenants.errors import TenancyError
from tenants.registry import Registry
from tenants.stacks import Stacks

CLOUD_UNUSABLE = 3


def main(
    arguments: Sequence[str] | None = None,
    *,
    out: TextIO = sys.stdout,
    registry: Callable[[argparse.Namespace], Registry] | None = None,
) -> int:
    """Run one command, and return its exit code."""
    asked = parser().parse_args(arguments)
    try:
        return COMMANDS[asked.command]((registry or _registry)(asked), asked, out)
    except TenancyError as error:
        print(f"{error.code}: {error}", file=out)
        return error.exit_code
    except (BotoCoreError, ClientError) as error:
        print(f"CloudUnusable: {error}", file=out)
        return CLOUD_UNUSABLE


def _registry(asked: argparse.Namespace) -> Registry:
    stacks = Stacks(boto3.client("cloudformation"), poll_s=asked.poll)
    create: Callable[..., object] = boto3.client
    return Registry(asked.stack, stacks, create)


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    made = argparse.ArgumentParser(
        prog="python -m tenants",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--stack", default="petstore", help="the root stack (petstore)")
    common.add_argument("--poll", type=_seconds, default=5, help="seconds between looks (5)")
    commands = made.add_subparsers(dest="command", required=True)
    added = commands.add_parser("add", parents=[common], help="make tenants, or update them")
    added.add_argument("names", nargs="+", metavar="NAME")
    commands.add_parser("list", parents=[common], help="name all tenants")
    shown = commands.add_parser("show", parents=[common], help="show a tenant's outputs")
    shown.add_argument("name", metavar="NAME")
    shown.add_argument("--json", action="store_true", help="print them as JSON")
    removed = commands.add_parser("remove", parents=[common], help="remove tenants")
    who = removed.add_mutually_exclusive_group(required=True)
    who.add_argument("names", nargs="*", metavar="NAME", default=[])
    who.add_argument("--all", action="store_true", help="every tenant of the root stack")
    return made


def _seconds(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 60:
        raise argparse.ArgumentTypeError("1 to 60 seconds")
    return value


if __name__ == "__main__":
    sys.exit(main())
