"""Cases in the style of Cedar's integration tests, through our adapter and past it.

A file holds policies, entities, and requests with decision, deciding policies (`reason`) and
policies that failed (`errors`), as those of cedar-policy/cedar-integration-tests do. What is ours
is beside it: the input schema that gives the arguments their types.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import cedarpy
import pytest

from policy.decider import Decider
from policy.model import JsonObject, Policy, Principal, PrincipalKind, ToolSchema
from policy.statement import check_statement
from policy.trees import handle

FOLDER = Path(__file__).parent / "corpus"


def cases() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.json")):
        document = json.loads(path.read_text("utf-8"))
        for request in document["requests"]:
            yield pytest.param(document, request, id=f"{path.stem}: {request['description']}")


def expected(request: JsonObject) -> tuple[bool, set[str], set[str]]:
    return request["decision"] == "allow", set(request["reason"]), set(request["errors"])


def plain(document: JsonObject, request: JsonObject) -> tuple[bool, set[str], set[str]]:
    """Ask cedarpy, with the case's own entities and context."""
    nodes = {id_: check_statement(text).node for id_, text in document["policies"].items()}
    asked = {name: request[name] for name in ("principal", "action", "resource", "context")}
    result = cedarpy.is_authorized(asked, handle(nodes), document["entities"])
    errors = {id_ for id_ in nodes for line in result.diagnostics.errors if f"`{id_}`" in line}
    return result.allowed, set(result.diagnostics.reasons), errors


def ours(document: JsonObject, request: JsonObject) -> tuple[bool, set[str], set[str]]:
    """Ask the decider for a caller, a tool and plain JSON arguments."""
    decider = Decider(
        [Policy(id_, id_, text) for id_, text in document["policies"].items()],
        request["resource"]["id"],
        [ToolSchema(each, document["inputSchema"]) for each in ("Shop___sell", "Shop___send")],
    )
    caller = document["entities"][0]
    kind = cast("PrincipalKind", caller["uid"]["type"].rpartition("::")[2])
    principal = Principal(kind, caller["uid"]["id"], caller.get("tags", {}))
    context = _unwrapped(request["context"])
    now = datetime.fromisoformat(context["system"]["now"])
    decision = decider.decide(principal, request["action"]["id"], context["input"], now)
    errors = {line.partition(":")[0] for line in decision.errors}
    return decision.allowed, set(decision.determining), errors


def _unwrapped(value: Any) -> Any:  # noqa: ANN401 (any JSON)
    """Return Cedar's JSON as what a client would have sent."""
    match value:
        case {"__extn": {"fn": "decimal", "arg": number}}:
            return float(number)
        case {"__extn": {"arg": text}}:
            return text
        case dict():
            return {name: _unwrapped(each) for name, each in value.items()}
        case _:
            return value


@pytest.mark.parametrize(("document", "request_"), list(cases()))
def test_a_case_is_decided_as_recorded_by_cedar_and_by_us(
    document: JsonObject, request_: JsonObject
) -> None:
    assert plain(document, request_) == expected(request_)
    assert ours(document, request_) == expected(request_)


def test_the_corpus_is_large_enough_and_decides_both_ways() -> None:
    decisions = [case.values[1]["decision"] for case in cases()]
    assert len(decisions) >= 60
    assert min(decisions.count("allow"), decisions.count("deny")) >= 25
