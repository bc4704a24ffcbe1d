"""The product as it is deployed on a laptop: how long its commands take, how fast tools answer.

These are seconds and milliseconds, not ratios: nothing else does this. The laptop cloud is one of
its own, in a folder that goes away with it.
"""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.effort import Effort
from benchmarks.gateways import measured, row
from benchmarks.report import Row, Section, met
from benchmarks.rpc import Endpoint
from tests.support.laptop import BUILT_TEMPLATE, Laptop, Stack, deploy_command

STACK, OTHER_STACK = "bench", "bench-other"
PREFIX = "PetStoreTarget___"
CREATE_S = 20
UPDATE_S = 8

CLIENTS = (1, 4)
"""Fewer than the gateways alone get: each call under way needs an execution environment, which on a
laptop is a process, and takes seconds to start."""


class CommandFailed(Exception):
    """A command of the SAM CLI did not succeed; the message is its output."""


def sections(effort: Effort) -> Iterator[Section]:
    """Measure everything here.

    Raises:
        CommandFailed: a deploy or a delete did not succeed, or there is no built template.
    """
    if not BUILT_TEMPLATE.exists():
        raise CommandFailed("make build first")
    with _laptop() as laptop:
        title = "The SAM CLI's commands on the laptop, from start to end"
        yield Section("deploys", title, _deploys(laptop, effort))
        title = "The product as deployed: TLS, gateway, API Gateway, Lambda, DynamoDB"
        yield Section("deployed", title, _answers(laptop, effort))


def _deploys(laptop: Laptop, effort: Effort) -> list[Row]:
    first_s = _taken_s(laptop, deploy_command(STACK))
    runs = {
        "update": partial(_taken_s, laptop, deploy_command(STACK)),
        "create": partial(_taken_s, laptop, deploy_command(OTHER_STACK)),
        "delete": partial(_taken_s, laptop, _delete_command(OTHER_STACK, laptop)),
    }
    rounds = [{name: run() for name, run in runs.items()} for _ in range(effort.deploy_rounds)]
    medians_s = {name: statistics.median(each[name] for each in rounds) for name in runs}
    return [
        _row("sam deploy: create, the first in a new cloud", first_s, None),
        _row("sam deploy: create, warm", medians_s["create"], CREATE_S),
        _row("sam deploy: update without a change", medians_s["update"], UPDATE_S),
        _row("sam delete", medians_s["delete"], None),
    ]


def _delete_command(stack: str, laptop: Laptop) -> tuple[str, ...]:
    region = laptop.settings.region
    return ("sam", "delete", "--no-prompts", "--stack-name", stack, "--region", region)


@contextmanager
def _laptop() -> Iterator[Laptop]:
    with TemporaryDirectory(prefix="bench") as home:
        laptop = Laptop(Path(home))
        laptop.start()
        try:
            yield laptop
        finally:
            laptop.stop()


def _taken_s(laptop: Laptop, command: tuple[str, ...]) -> float:
    started_s = time.perf_counter()
    done = laptop.run(*command)
    if done.status != 0:
        raise CommandFailed(done.output)
    return time.perf_counter() - started_s


def _answers(laptop: Laptop, effort: Effort) -> list[Row]:
    stack = Stack.read(laptop, STACK)
    url = f"{laptop.settings.url}/_gateways/{stack.outputs['GatewayId']}/mcp"
    token = stack.tokens(laptop)["AccessToken"]
    endpoint = Endpoint(url, PREFIX, token, laptop.ssl_context())
    results = measured({STACK: endpoint.jobs()}, effort, CLIENTS)
    return [
        {"operation": load.operation, "clients": load.clients, **row(figures)}
        for (load, _), figures in results.items()
    ]


def _row(what: str, taken_s: float, at_most_s: int | None) -> Row:
    aim = met(taken_s, at_most=at_most_s) if at_most_s else None
    return {"command": what, "s": taken_s, "aim: at most s": at_most_s, "met": aim}
