"""Ask the agent of a deployed stack: `python -m assistant.ask "Which pets cost less than 100?"`.

Environment: STACK_NAME (default `petstore`), AGENT_MODEL (see `assistant.models`), and what boto3,
SSL and proxies read. Nothing here knows whether the stack is on AWS or on a laptop.

Exit codes: 0 answered; 1 a bug (with a traceback); 2 wrong usage; 3 the stack cannot be read;
4 no token, or the gateway refuses it; 5 the gateway cannot be reached or refuses the call;
6 the model cannot be used or finds no answer; 7 the tool of `--call` reported an error.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.errors import (
    AgentError,
    CallRefused,
    GatewayUnreachable,
    LoginRefused,
    ModelUnavailable,
    StackUnreadable,
    TokenRejected,
    TooManySteps,
)
from assistant.steps import Reported, Step, Stopwatch

if TYPE_CHECKING:
    from assistant.client import Access

EXIT_CODES: dict[type[AgentError], int] = {
    StackUnreadable: 3,
    LoginRefused: 4,
    TokenRejected: 4,
    GatewayUnreachable: 5,
    CallRefused: 5,
    ModelUnavailable: 6,
    TooManySteps: 6,
}
TOOL_ERROR = 7


@dataclass(frozen=True)
class Outcome:
    """What to print in the end: the text for people, the same for machines, the exit code."""

    text: str
    data: Mapping[str, Any]
    exit_code: int = 0


@dataclass
class Trace:
    """The steps so far; with `live`, each is printed as it happens."""

    live: bool
    steps: list[Step] = field(default_factory=list)

    def __call__(self, step: Step) -> None:
        """Take a step."""
        self.steps.append(step)
        if self.live:
            print(describe(step), flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command, print its outcome, and return the exit code."""
    arguments = _parse(argv)
    trace = Trace(live=arguments.trace and not arguments.json)
    try:
        outcome = _run(arguments, trace)
    except AgentError as error:
        outcome = _failure(error)
    if arguments.json:
        steps = [{"step": one.kind, **one.data} for one in trace.steps]
        print(json.dumps({**outcome.data, "steps": steps}, indent=2))
    else:
        print(outcome.text, file=sys.stderr if "error" in outcome.data else sys.stdout)
    return outcome.exit_code


def _failure(error: AgentError) -> Outcome:
    data = {"error": {"code": error.code, "message": str(error)}}
    return Outcome(f"{error.code}: {error}", data, EXIT_CODES[type(error)])


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m assistant.ask", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("question", nargs="?", help="what to ask")
    what.add_argument("--list-tools", action="store_true", help="list the gateway's tools instead")
    what.add_argument(
        "--call", nargs=2, metavar=("NAME", "JSON"), help="call one tool with these arguments"
    )
    parser.add_argument("--trace", action="store_true", help="print every step with its time")
    parser.add_argument("--json", action="store_true", help="print outcome and steps as JSON")
    parser.add_argument(
        "--machine",
        action="store_true",
        help="log in as the stack's client for programs (MachineAccess=enabled)",
    )
    arguments = parser.parse_args(argv)
    if arguments.call:
        arguments.call[1] = _parse_object(parser, arguments.call[1])
    return arguments


def _parse_object(parser: argparse.ArgumentParser, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        parser.error(f"the arguments of --call are not JSON: {error}")
    if not isinstance(value, dict):
        parser.error("the arguments of --call are not a JSON object")
    return value


def _run(arguments: argparse.Namespace, trace: Trace) -> Outcome:
    # boto3, MCP and LangChain load from here on, so that --help and a slip of the finger are quick.
    from assistant.client import open_access  # noqa: PLC0415
    from assistant.stack import DEFAULT_STACK_NAME  # noqa: PLC0415

    access = open_access(
        os.environ.get("STACK_NAME") or DEFAULT_STACK_NAME,
        as_machine=arguments.machine,
        now_s=time.time,
        report=trace,
        clock=time.perf_counter,
    )
    return asyncio.run(_talk(access, arguments, trace))


async def _talk(access: Access, arguments: argparse.Namespace, trace: Trace) -> Outcome:
    from assistant.gateway import open_gateway  # noqa: PLC0415 - MCP

    async with open_gateway(access.url, access.tokens) as gateway:
        server = Reported(gateway, trace, time.perf_counter)
        if arguments.list_tools:
            return await _list_tools(server)
        if arguments.call:
            return await _call(server, *arguments.call)
        return await _answer(server, arguments.question, trace)


async def _list_tools(server: Reported) -> Outcome:
    tools = await server.list_tools()
    data = [
        {"name": one.name, "description": one.description, "inputSchema": one.input_schema}
        for one in tools
    ]
    text = "\n".join(f"{one.name}\n    {one.description}" for one in tools)
    return Outcome(text or "The gateway has no tools.", {"tools": data})


async def _call(server: Reported, name: str, arguments: dict[str, Any]) -> Outcome:
    reply = await server.call(name, arguments)
    data = {"isError": reply.is_error, "text": reply.text}
    return Outcome(reply.text, data, TOOL_ERROR if reply.is_error else 0)


async def _answer(server: Reported, question: str, trace: Trace) -> Outcome:
    from assistant.conversation import answer  # noqa: PLC0415 - LangGraph
    from assistant.models import choose, make_model  # noqa: PLC0415 - only this needs a model

    model = make_model(choose(os.environ), os.environ)
    watch = Stopwatch(time.perf_counter)
    text = await answer(question, server=server, model=model)
    trace(Step("answer", {"model": model.name, "elapsedMs": watch.ms()}))
    return Outcome(text, {"question": question, "answer": text})


def describe(step: Step) -> str:
    """Put a step on one line: `call    PetStoreTarget___ListPets {} -> ok, 12.3 ms`."""
    data = dict(step.data)
    time_taken = f"{data.pop('elapsedMs', 0.0)} ms"
    if step.kind == "tools":
        said = f"{len(data['names'])}: {', '.join(data['names'])}"
    elif step.kind == "call":
        outcome = "error" if data["isError"] else "ok"
        said = f"{data['name']} {json.dumps(data['arguments'])} -> {outcome}"
    else:
        said = ", ".join(f"{key} {value}" for key, value in data.items())
    return f"{step.kind:7} {said}, {time_taken}"


if __name__ == "__main__":
    sys.exit(main())
