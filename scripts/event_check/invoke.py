"""One run of `sam local invoke`."""

import json
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.laptop import Laptop

END_OF_METADATA = "\0" * 8
"""What follows status and headers of an answer that is streamed, and precedes its body."""

TIMEOUT_S = 180.0
"""For one run. The first builds the image with the functions' layer."""


@dataclass(frozen=True)
class Invoked:
    """What a function returned, in how many seconds all told, and what was logged."""

    returned: Any
    seconds: float
    log: str


def command(
    function: str,
    *,
    template: Path,
    variables: Path,
    event: Path,
    image: str | None,
    overrides: str,
) -> list[str]:
    """Return the command line; without an image, AWS's own is pulled."""
    line = ["sam", "local", "invoke", function, "--template-file", str(template)]
    line += ["--env-vars", str(variables), "--event", str(event)]
    line += ["--parameter-overrides", overrides]
    return line if image is None else [*line, "--skip-pull-image", "--invoke-image", image]


def invoke(line: Sequence[str], laptop: Laptop) -> Invoked:
    """Run a command line; what it prints is JSON if the function came to an end."""
    began = time.monotonic()
    try:
        done = subprocess.run(  # noqa: S603 - a line of ours
            line,
            cwd=laptop.settings.home,
            env=laptop.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Invoked(None, time.monotonic() - began, f"no end in {TIMEOUT_S:.0f} s")
    return Invoked(returned_by(done.stdout), time.monotonic() - began, done.stderr)


def returned_by(output: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what a function returned: JSON, or an HTTP answer that it streamed; else the text."""
    metadata, streamed, body = output.partition(END_OF_METADATA)
    try:
        returned = json.loads(metadata)
    except ValueError:
        return output
    return {**returned, "body": body} if streamed else returned
