"""How much is measured: enough to be sure, or enough to see that it works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """Rounds of each benchmark; in a round every subject is measured once.

    `load_s` is how long one system is loaded in one round, in seconds.
    """

    import_rounds: int
    load_rounds: int
    load_s: float
    deploy_rounds: int
    start_rounds: int
    decision_rounds: int


FULL = Effort(
    import_rounds=11,
    load_rounds=5,
    load_s=1.2,
    deploy_rounds=2,
    start_rounds=5,
    decision_rounds=9,
)
QUICK = Effort(
    import_rounds=3,
    load_rounds=2,
    load_s=0.5,
    deploy_rounds=1,
    start_rounds=1,
    decision_rounds=2,
)
