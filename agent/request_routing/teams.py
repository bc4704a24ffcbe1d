"""What offline routing knows of the teams: `data/teams.toml`, read, and the phrases' vectors."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from minilm.weights import WIDTH, Floats
from request_routing.errors import TeamsUnreadable

DATA = Path(__file__).parent / "data"
TEAMS, VECTORS = DATA / "teams.toml", DATA / "phrases.npy"

NOBODY = ""
"""The name of what no team is for: small talk, and what has nothing to do with the company."""


@dataclass(frozen=True)
class Team:
    """A team: what it does, words that speak for it, and requests as people put them."""

    name: str
    does: str
    words: tuple[str, ...]
    phrases: tuple[str, ...]


def read_teams(path: Path = TEAMS) -> tuple[Team, ...]:
    """Read the teams, NOBODY among them.

    Raises:
        TeamsUnreadable: the file is missing, or is not such a description.
    """
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8"))["team"]
        return tuple(
            Team(one["name"], one["does"], tuple(one["words"].split()), tuple(one["phrases"]))
            for one in listed
        )
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise TeamsUnreadable(f"{path.name} is not a description of teams") from error


def read_vectors(teams: Sequence[Team], path: Path = VECTORS) -> Floats:
    """Read one vector for each phrase, in the order of the teams.

    Raises:
        TeamsUnreadable: the file is missing, or has vectors of other phrases.
    """
    count = sum(len(team.phrases) for team in teams)
    try:
        vectors = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise TeamsUnreadable(f"{path.name} has no vectors") from error
    if vectors.shape != (count, WIDTH):
        raise TeamsUnreadable(f"{path.name} has vectors of other phrases")
    whole: Floats = vectors.astype(np.float32)
    return whole
