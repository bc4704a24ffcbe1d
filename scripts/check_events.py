"""Run every sample event under `sam local invoke` and compare the outcome with its file.

    python -m scripts.check_events [--invoke-image IMAGE] [NAME ...]

Needs a container engine with Docker's API on this machine, the rights to use it, and what
`sam build` built. See events/README.md. Exit status 0 only if every run is as its file says.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from localcloud.process import CloudProcessError
from scripts.event_check import cases
from scripts.event_check.cases import Names, Run
from scripts.event_check.doors import Answers
from scripts.event_check.engine import Bridge, NoEngine, bridge
from scripts.event_check.invoke import Invoked, command, invoke
from scripts.event_check.surroundings import (
    NotDeployed,
    Shelf,
    Surroundings,
    parameters,
    write_template,
)
from tests.support.laptop import BUILT_TEMPLATE, ROOT, Laptop

EVENTS = ROOT / "events"
MACHINE = "ProvisionMachine"
LOG_LINES = 15


def main(arguments: Sequence[str]) -> int:
    """Check the events; return the exit status."""
    options = _parser().parse_args(arguments)
    runs = [run for case in cases.read_all(EVENTS) for run in case.runs()]
    runs = [run for run in runs if run.case.name.startswith(tuple(options.names) or "")]
    if not runs:
        return _give_up("No event has such a name.")
    if not BUILT_TEMPLATE.exists():
        return _give_up("Nothing is built: make build first.")
    try:
        with tempfile.TemporaryDirectory(prefix="events-") as folder:
            return _check(runs, Path(folder), bridge(), options.invoke_image)
    except (NoEngine, NotDeployed, CloudProcessError) as error:
        return _give_up(str(error))
    except KeyboardInterrupt:
        return _give_up("Stopped.")


def _check(runs: Sequence[Run], folder: Path, network: Bridge, image: str | None) -> int:
    began = time.monotonic()
    with (
        _deployed(folder) as surroundings,
        surroundings.doors(network) as (relay, answers),
        closing(Shelf(surroundings)) as shelf,
    ):
        code = folder / "code"
        code.mkdir()
        template, variables = write_template(code, surroundings, relay.address)
        print(f"A laptop cloud with the stack: {time.monotonic() - began:.1f} s", flush=True)
        checker = Checker(surroundings, shelf, answers, template, variables, image)
        # One at a time: podman's bridge takes another hardware address when a container comes or
        # goes, and the containers that stay do not find it for seconds.
        # What starts executions comes last: they go on in the cloud and make gateways there.
        in_order = sorted(runs, key=lambda run: MACHINE in run.case.needs)
        wrong = sum(not checker.check(run) for run in in_order)
    print(f"{len(runs) - wrong} of {len(runs)} as expected, {time.monotonic() - began:.1f} s")
    return 1 if wrong else 0


@contextmanager
def _deployed(home: Path) -> Iterator[Surroundings]:
    laptop = Laptop(home / "cloud")
    laptop.start()
    try:
        surroundings = Surroundings(laptop)
        surroundings.deploy()
        yield surroundings
    finally:
        laptop.stop()


@dataclass(frozen=True)
class Checker:
    """Runs events and prints what came of each."""

    surroundings: Surroundings
    shelf: Shelf
    answers: Answers
    template: Path
    variables: Path
    image: str | None

    def check(self, run: Run) -> bool:
        """Check one; tell whether it was right."""
        if "PetsTable" in run.case.needs:
            self.shelf.restore()
        names = Names(self.surroundings.physical, run.case.needs)
        path = f"/{run.case.name}"
        event = run.event(names, self.answers.url(path))
        invoked = self._invoke(run, event)
        found = run.differences(invoked.returned, self.answers.taken.pop(path, None), names)
        print(report(run.name, invoked, found), flush=True)
        return not found

    def _invoke(self, run: Run, event: object) -> Invoked:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(event, file)
            file.flush()
            line = command(
                run.case.function,
                template=self.template,
                variables=self.variables,
                event=Path(file.name),
                image=self.image,
                overrides=parameters(),
            )
            return invoke(line, self.surroundings.laptop)


def report(name: str, invoked: Invoked, found: Sequence[str]) -> str:
    """Return the line about a run; if it went wrong, with the differences and the log's end."""
    lines = [f"{'differs' if found else 'ok':8}{invoked.seconds:6.1f} s  {name}"]
    if found:
        lines += [f"          {one}" for one in found]
        lines += [f"          | {one}" for one in invoked.log.splitlines()[-LOG_LINES:]]
    return "\n".join(lines)


def _give_up(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.check_events", description=__doc__)
    parser.add_argument(
        "--invoke-image",
        default=os.environ.get("SAM_LOCAL_IMAGE"),
        help="image to run functions in, which the engine has; default: $SAM_LOCAL_IMAGE, or "
        "AWS's image, which is pulled",
    )
    parser.add_argument("names", nargs="*", help="only events whose names begin so")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
