import pytest

from faq.entry import Entry, Hit
from faq.policy import (
    ANSWER_LEAD,
    ANSWER_SCORE,
    CERTAIN_SCORE,
    CLOSEST_ENTRIES,
    CLOSEST_SCORE,
    Tier,
    decide,
)

BELOW = 1e-6


def hits(*scores: float) -> tuple[Hit, ...]:
    return tuple(Hit(Entry(f"Question {i}?", "Answer."), score) for i, score in enumerate(scores))


@pytest.mark.parametrize(
    ("scores", "tier", "shown"),
    [
        ((), Tier.UNKNOWN, 0),
        ((CLOSEST_SCORE - BELOW,), Tier.UNKNOWN, 0),
        ((CLOSEST_SCORE,), Tier.CLOSEST, 1),
        ((ANSWER_SCORE - BELOW, 0.0), Tier.CLOSEST, 1),
        ((0.5, 0.49, 0.48, 0.47), Tier.CLOSEST, CLOSEST_ENTRIES),
        ((0.5, 0.49, CLOSEST_SCORE - BELOW), Tier.CLOSEST, 2),
        ((ANSWER_SCORE,), Tier.ANSWER, 1),
        ((0.6, 0.6 - ANSWER_LEAD - BELOW), Tier.ANSWER, 1),
        ((0.6, 0.6 - ANSWER_LEAD + BELOW), Tier.CLOSEST, 2),
        ((CERTAIN_SCORE - BELOW, CERTAIN_SCORE - BELOW), Tier.CLOSEST, 2),
        ((CERTAIN_SCORE, CERTAIN_SCORE), Tier.ANSWER, 1),
        ((1.0, 0.2, 0.1), Tier.ANSWER, 1),
    ],
)
def test_a_tier_begins_with_its_threshold(
    scores: tuple[float, ...], tier: Tier, shown: int
) -> None:
    found = hits(*scores)

    verdict = decide(found)

    assert verdict.tier is tier
    assert verdict.hits == found[:shown]
