"""How much a request is like the phrases of each team: kernel ridge regression.

Each phrase says 1 for its team and, a little, against the others; a new text is told by the phrases
around it, by how near they are. Solving for what each phrase is worth takes milliseconds, so
phrases are the only thing that is trained, and every score is a sum of what named phrases add.

Source: Saunders, Gammerman, Vovk, "Ridge Regression Learning Algorithm in Dual Variables", 1998.
NARROWNESS and RIDGE were chosen by leaving out each phrase in turn (`docs/benchmarks.md`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from minilm.weights import Floats

NARROWNESS = 2.0
"""How fast a phrase's say goes down with the distance: exp(-NARROWNESS * (1 - cosine))."""

RIDGE = 1.0
"""How little a single phrase is trusted."""

AGAINST = -0.25
"""What a phrase says of the other teams: of five, they sum up to nothing."""


class Likeness:
    """Scores texts by their vectors."""

    def __init__(self, vectors: Floats, owners: Sequence[int], teams: int) -> None:
        """Take phrases, as rows of length 1, the place of each one's team, and how many teams."""
        self._vectors = vectors
        wanted = np.full((len(owners), teams), AGAINST, dtype=np.float32)
        wanted[range(len(owners)), list(owners)] = 1
        spread = _kernel(vectors, vectors) + np.float32(RIDGE) * np.eye(len(owners))
        self._worth: Floats = np.linalg.solve(spread, wanted).astype(np.float32)

    def added(self, vector: Floats) -> Floats:
        """Return what each phrase adds to each team's score, (phrases, teams).

        The sum over phrases is near 1 for a text that is like a team's, and near AGAINST for
        one that is like another's.
        """
        shares: Floats = _kernel(self._vectors, vector) * self._worth
        return shares


def _kernel(rows: Floats, others: Floats) -> Floats:
    found: Floats = np.exp(np.float32(NARROWNESS) * (rows @ others.T - 1))
    return found
