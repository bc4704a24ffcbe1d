"""`make bench`: print every table, and write the figures to .local/bench.json."""

import argparse
import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import metadata

from benchmarks import (
    agent_start,
    cold_imports,
    deployed,
    gateways,
    large_gateway,
    memory_search,
    policy_decisions,
)
from benchmarks.effort import FULL, QUICK, Effort
from benchmarks.faq import sections as faq
from benchmarks.processes import LOG, ROOT
from benchmarks.report import Row, Section, rendered, write_json
from benchmarks.request_routing import sections as routing
from benchmarks.tool_search import sections as tool_search

RESULTS = ROOT / ".local" / "bench.json"

BENCHMARKS: Mapping[str, Callable[[Effort], Iterator[Section]]] = {
    "imports": cold_imports.sections,
    "faq": faq.sections,
    "tool-search": tool_search.sections,
    "routing": routing.sections,
    "gateways": gateways.sections,
    "memory": memory_search.sections,
    "large-gateway": large_gateway.sections,
    "policy": policy_decisions.sections,
    "agent-start": agent_start.sections,
    "deployed": deployed.sections,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what was asked for."""
    asked = _parser().parse_args(arguments)
    LOG.unlink(missing_ok=True)
    found: list[Section] = []
    try:
        for name in asked.only or BENCHMARKS:
            for section in BENCHMARKS[name](QUICK if asked.quick else FULL):
                print(rendered(section), flush=True)
                found.append(section)
    finally:
        write_json(found, RESULTS, conditions={"quick": str(asked.quick), **_conditions()})
        print(f"figures: {RESULTS.relative_to(ROOT)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds: does it all still work?")
    parser.add_argument("--only", action="append", choices=BENCHMARKS, help="may be repeated")
    return parser


def _conditions() -> Row:
    ours = ("fastmcp", "cedarpy", "aws-lambda-powertools", "uvicorn", "httpx")
    versions = {name: metadata.version(name) for name in ours}
    return {
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        **versions,
        "localcore-gateway": _peer_version("localcore-gateway"),
    }


def _peer_version(name: str) -> str | None:
    """Return the version of a package in the peers' own environment."""
    packages = sorted(ROOT.glob(".local/bench/lib/python3*/site-packages"))
    found = metadata.distributions(name=name, path=[str(path) for path in packages])
    return next((each.version for each in found), None)


if __name__ == "__main__":
    main()
