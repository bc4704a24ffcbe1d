"""What each client is sent to do, told by its environment, and what it says when it is back."""

import json
import os
from collections.abc import Mapping, Sequence

LIST = "PetStoreTarget___ListPets"
GET = "PetStoreTarget___GetPetById"
CALLS: Mapping[str, Mapping[str, str]] = {LIST: {"maxPriceCents": "10000"}, GET: {"petId": "pet-1"}}
"""The tools to call, with their arguments."""


def variables(url: str, token: str) -> dict[str, str]:
    """Return the environment that sends a client off."""
    return {"GATEWAY_URL": url, "GATEWAY_TOKEN": token}


def destination() -> tuple[str, str]:
    """Return the gateway's URL and a token for it.

    Raises:
        KeyError: the process was not sent off with `variables`.
    """
    return os.environ["GATEWAY_URL"], os.environ["GATEWAY_TOKEN"]


def report(tools: Sequence[str], answers: Mapping[str, str], version: str | None = None) -> None:
    """Print, in one line, the tools' names, the text each call was answered with, and the version.

    `version` is the one of MCP that was agreed upon, where a client tells it.
    """
    print(json.dumps({"tools": sorted(tools), "answers": answers, "version": version}))
