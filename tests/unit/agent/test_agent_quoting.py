"""What the offline model says of results: what is in them, and nothing else."""

import json
import re
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.offline.focus import Focus
from assistant.offline.quoting import Answered, quote
from assistant.offline.words import word_set
from tests.support.agent_tools import (
    converse,
    pet_tools,
)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("no JSON at all", "no JSON at all"),
        ('{"pets": []}', "I found no pets."),
        ('[{"sku": 7, "left": true}]', "I found 1 result:\n- sku: 7, left: True"),
        ('{"petId": "pet-1", "tags": ["a"]}', "petId: pet-1"),
        ("{}", "I found nothing."),
        ("7", "7"),
    ],
)
def test_results_of_other_shapes_are_quoted_too(result: str, said: str) -> None:
    assert quote([Answered("list pets", {}, result, is_error=False)], Focus()) == said


WORDS = st.text(string.ascii_letters, min_size=1, max_size=12)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "petId": st.from_regex(r"pet-[0-9a-z]{1,12}", fullmatch=True),
            "name": st.lists(WORDS, min_size=1, max_size=3).map(" ".join),
            "type": st.sampled_from(["bird", "cat", "dog", "fish", "rabbit"]),
            "priceCents": st.integers(0, 100_000_000),
        },
        optional={"description": st.text(max_size=60), "version": st.integers(1, 9)},
    ),
    max_size=25,
)
ASKED = st.sampled_from(
    [
        "What pets do you have?",
        "Which pets cost less than 100?",
        "Do you have any cats?",
        "Tell me about pet-1",
        "How much is Nemo?",
        "Which is the cheapest pet?",
        "Which pets are not dogs?",
        "What pets do you have for my kids?",
        "Do you have friendly dogs and cats?",
        "Show me the first 3 pets",
    ]
)
OURS = word_set(
    """
    i found pet pets no nothing here mentions called among the there are more than have read costs
    id type max price page size could not get by is
    """
)


def tokens_of(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.lower()))


def dollars(results: list[str]) -> set[str]:
    """Every amount of cents in the results, as it reads in dollars."""
    cents = re.findall(r'"\w*Cents": (\d+)', " ".join(results))
    return {f"${int(one) / 100:,.2f}" for one in cents}


@given(pets=RECORDS, question=ASKED)
def test_an_answer_holds_nothing_that_is_not_in_the_results(
    pets: list[dict[str, Any]], question: str
) -> None:
    calls, said, results = converse(question, pet_tools(), pets=pets)

    prices = set(re.findall(r"\$[\d,]+\.\d\d", said))
    asked = {
        f"${int(value) / 100:,.2f}"
        for _, args in calls
        for key, value in args.items()
        if "Cents" in key
    }
    assert prices - asked <= dollars(results)

    counts = {str(number) for number in range(len(pets) + 1)} if "I found" in said else set()
    known = tokens_of(" ".join(str(v) for r in results for v in values(json.loads(r))))
    rest = tokens_of(re.sub(r"\$[\d,]+\.\d\d", "", said)) - known - OURS - tokens_of(question)
    rest -= tokens_of(json.dumps(calls))
    assert rest <= counts


def values(result: object) -> list[Any]:
    if isinstance(result, dict):
        return [leaf for one in result.values() for leaf in values(one)]
    return (
        [leaf for one in result for leaf in values(one)] if isinstance(result, list) else [result]
    )
