"""`python -m localcloud serve | up | down | status`."""

import argparse
import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

from localcloud import process
from localcloud.settings import Settings
from minilm.threads import use_one


def main(arguments: list[str]) -> int:
    """Run one command; return the exit status."""
    options = _parser().parse_args(arguments)
    settings = Settings(
        home=options.home.resolve(),
        port=options.port,
        proxy_port=options.proxy_port,
        region=options.region,
        offline=options.offline,
        memory_model=options.memory_model,
    )
    try:
        return int(options.run(settings))
    except process.CloudProcessError as error:
        print(error, file=sys.stderr)
        return 1


def _serve(settings: Settings) -> int:
    use_one(os.environ)  # before the server, and with it numpy, is imported
    from localcloud.server import serve  # noqa: PLC0415  # `down` and `status` need none of it

    async def serve_and_leave() -> None:
        await serve(settings)
        # All is saved. Threads that wait for a custom resource's answer, up to an hour, would
        # keep the interpreter from ending; nobody will answer them any more.
        os._exit(0)

    asyncio.run(serve_and_leave())
    return 0


def _up(settings: Settings) -> int:
    found = process.running(settings)
    if found is None:
        found = process.start(settings.on_free_ports())
    elif (asked := found.get("memoryModel", "offline")) != settings.memory_model:
        print(f"It runs already, with MEMORY_MODEL={asked}: `down` first.", file=sys.stderr)
    chosen = replace(settings, port=found["port"], proxy_port=found["proxyPort"])
    print(f"The laptop cloud answers at {chosen.url}; source {chosen.env_file} to use it.")
    return 0


def _down(settings: Settings) -> int:
    print("Stopped." if process.stop(settings) else "It was not running.")
    return 0


def _status(settings: Settings) -> int:
    found = process.running(settings)
    print("not running" if found is None else f"running, process {found['pid']}")
    return 0 if found else 3


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="localcloud", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, run, text in (
        ("serve", _serve, "run in the foreground"),
        ("up", _up, "start in the background"),
        ("down", _down, "stop; the state is kept"),
        ("status", _status, "exit status 0 if it runs, 3 if not"),
    ):
        command = commands.add_parser(name, help=text)
        command.set_defaults(run=run)
        command.add_argument("--home", type=Path, default=Path(".local"), help="its folder")
        command.add_argument("--port", type=int, default=4566)
        command.add_argument("--proxy-port", type=int, default=4567)
        command.add_argument("--region", default="us-east-1")
        command.add_argument("--offline", action="store_true", help="reach no other host")
        command.add_argument(
            "--memory-model",
            default=os.environ.get("MEMORY_MODEL") or "offline",
            help="what memories' strategies ask, by default MEMORY_MODEL of the environment",
        )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
