"""Embed the teams' phrases: `PYTHONPATH=agent python -m request_routing.build_index`.

Nearly a second's work, so it is done here and not at the start of each agent. Half precision is
near enough: vectors differ in the fourth digit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from minilm.embedding import Embedder
from minilm.weights import Floats
from request_routing.teams import VECTORS, Team, read_teams


def embedded(teams: Sequence[Team], embedder: Embedder) -> Floats:
    """Return one vector for each phrase, in the order of the teams."""
    return embedder.embed([phrase for team in teams for phrase in team.phrases])


def main() -> None:
    """Write the file that is shipped."""
    np.save(VECTORS, embedded(read_teams(), Embedder()).astype(np.float16))
    print(f"written: {VECTORS.name}")


if __name__ == "__main__":
    main()
