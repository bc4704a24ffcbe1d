"""Make docs/agent-api.yaml, which is for callers, of the OpenAPI document that is deployed.

What only API Gateway needs is left out, and of a question all is said that the functions check.

    python -m scripts.public_api            write it
    python -m scripts.public_api --check    fail if it is not what would be written
"""

import argparse
import sys
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parent.parent
SOURCE: Final = ROOT / "functions" / "agent_proxy" / "openapi.yaml"
TARGET: Final = ROOT / "docs" / "agent-api.yaml"
VENDOR: Final = "x-amazon-apigateway-"
AT_THE_DOOR: Final = "AtTheDoor"
"""The end of the names of what API Gateway checks of a schema whose name is the rest."""

NOT_FOR_PROGRAMS: Final = ("/chat",)
HEAD: Final = "# Made from functions/agent_proxy/openapi.yaml: python -m scripts.public_api\n"
SERVER: Final = {
    "url": "https://{api}.execute-api.{region}.amazonaws.com/prod",
    "description": "AgentApiUrl of the stack's outputs, without /invoke.",
    "variables": {
        "api": {"default": "abcdefghij", "description": "Id of the API."},
        "region": {"default": "us-east-1", "description": "Where the stack is."},
    },
}

type Json = dict[str, Any]


def public(document: Json) -> Json:
    """Return the document for callers."""
    found: Json = _cleaned(document)
    found["servers"] = [SERVER]
    found["paths"] = {
        path: {method: operation for method, operation in item.items() if method != "options"}
        for path, item in found["paths"].items()
        if path not in NOT_FOR_PROGRAMS
    }
    schemas = found["components"]["schemas"]
    found["components"]["schemas"] = {
        name: schema for name, schema in schemas.items() if not name.endswith(AT_THE_DOOR)
    }
    return found


def text_of(document: Json) -> str:
    """Return the file's text."""
    return HEAD + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


def _cleaned(value: Any) -> Any:  # noqa: ANN401  # a part of a document
    if isinstance(value, dict):
        return {k: _cleaned(v) for k, v in value.items() if not str(k).startswith(VENDOR)}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, str) and value.startswith("#/"):
        return value.removesuffix(AT_THE_DOOR)
    return value


def main(arguments: list[str]) -> int:
    """Write the file, or check it."""
    parser = argparse.ArgumentParser(prog="python -m scripts.public_api", description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    text = text_of(public(yaml.safe_load(SOURCE.read_text(encoding="utf-8"))))
    if not options.check:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.read_text(encoding="utf-8") == text:
        return 0
    print(f"{TARGET} is not what {SOURCE} makes: run python -m scripts.public_api", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
