"""Write the documents of the platform's targets into the files that its template includes.

    python -m scripts.schemas

A target takes a document as one text, and CloudFormation includes YAML. What is written here is
committed, so that `sam build` alone is enough; a test says when it is no longer what the sources
say. CloudFormation fills in what is known only when the stack is deployed: `${...}`.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

import yaml

INTERNAL_API: Final = Path("functions/internal_api/openapi.yaml")
DYNAMODB: Final = Path("schemas/dynamodb-read.smithy.json")
FOLDER: Final = Path("stacks/platform")
HEADER: Final = """\
# Written by `python -m scripts.schemas` from {source}: change that.
"""
URL: Final = "https://${InternalApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod"
OPERATIONS: Final = {
    "GetItem": "Get one ticket as it is kept, with its comments.",
    "Scan": "Find tickets: all of them, or by a filter those of a status, priority or project.",
}
"""What the tickets are read with, and what for: tools are found by that. The table has no second
index, so that Query finds no more."""
TABLE: Final = "${TicketsTable}"
SAID: Final = "smithy.api#documentation"

type Json = dict[str, Any]


def main() -> int:
    """Write; return the exit status."""
    for name, text in included().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


def included() -> dict[str, str]:
    """Return the contents of the files by name: each has the `Document` of a target's schema."""
    return {
        "internal-api.yaml": _file(INTERNAL_API, internal_api(INTERNAL_API)),
        "tickets-table.yaml": _file(DYNAMODB, tickets_table(DYNAMODB)),
    }


def internal_api(source: Path) -> Json:
    """Return the API as a gateway takes it: with its URL, without what is API Gateway's alone.

    Security goes too: a gateway passes over it, for the target's credential provider has the key
    (AgentCore Developer Guide, OpenAPI targets).
    """
    document: Json = _public(yaml.safe_load(source.read_text("utf-8")))
    del document["components"]["securitySchemes"]
    return {"openapi": document.pop("openapi"), "servers": [{"url": URL}]} | document


def tickets_table(source: Path) -> Json:
    """Return the model of a service that reads the table of the tickets, and nothing else.

    IAM holds the gateway to the table; the model says which it is, for agents to know.
    """
    model: Json = json.loads(source.read_text("utf-8"))
    shapes = model["shapes"]
    service_id = next(name for name, one in shapes.items() if one["type"] == "service")
    service, namespace = shapes[service_id], service_id.partition("#")[0]
    service["operations"] = [{"target": f"{namespace}#{name}"} for name in OPERATIONS]
    for name, purpose in OPERATIONS.items():
        operation = shapes[f"{namespace}#{name}"]
        _say(operation, f"The table is {TABLE}.")
        operation["traits"][SAID] = f"{purpose} {operation['traits'][SAID]}"
        members = shapes[f"{namespace}#{name}Input"]["members"]
        _say(members["TableName"], f"Always {TABLE}.")
        if "Key" in members:
            _say(members["Key"], 'A ticket\'s is {"pk": {"S": "TICKET#<ticket id>"}}.')
    kept: set[str] = set()
    _reach(service_id, shapes, kept)
    return model | {"shapes": {name: one for name, one in shapes.items() if name in kept}}


def _say(shape: Json, sentence: str) -> None:
    shape["traits"][SAID] = f"{shape['traits'][SAID]} {sentence}"


def _reach(name: str, shapes: Json, reached: set[str]) -> None:
    """Add a shape of the model, and all that it refers to."""
    if name in shapes and name not in reached:
        reached.add(name)
        for target in _targets(shapes[name]):
            _reach(target, shapes, reached)


def _targets(node: object) -> list[str]:
    if isinstance(node, list):
        return [target for one in node for target in _targets(one)]
    if not isinstance(node, dict):
        return []
    own = [node["target"]] if isinstance(node.get("target"), str) else []
    return own + [target for one in node.values() for target in _targets(one)]


def _public(node: Any) -> Any:  # noqa: ANN401 - YAML
    """Return a document without what callers have no use for."""
    if isinstance(node, list):
        return [_public(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _public(one)
        for name, one in node.items()
        if not name.startswith("x-amazon-apigateway") and name != "security"
    }


def _file(source: Path, document: Json) -> str:
    text = json.dumps(document, indent=1, ensure_ascii=False)
    stated = {"Document": {"Fn::Sub": _Text(f"{text}\n")}}
    return HEADER.format(source=source) + yaml.dump(stated, Dumper=_Dumper, width=1000)


class _Text(str):
    """A text that is written line by line."""


class _Dumper(yaml.SafeDumper):
    """Writes such texts as they are."""


def _lines(dumper: yaml.SafeDumper, text: _Text) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")


_Dumper.add_representer(_Text, _lines)


if __name__ == "__main__":
    sys.exit(main())
