from datetime import timedelta
from typing import Any

import pytest

from tests.support.memory_plane import OCCURRED, Client, MemoryLaptop
from tests.support.memory_records import LongTerm, long_term

KEYS = [
    {"key": "shop", "type": "STRING"},
    {"key": "tags", "type": "STRINGLIST"},
    {"key": "price", "type": "NUMBER"},
    {"key": "due", "type": "NUMBER"},
]


@pytest.fixture
def memory(laptop: MemoryLaptop, clients: tuple[Client, Client]) -> LongTerm:
    memory = long_term(laptop, clients, indexedKeys=KEYS)
    memory.write(
        "cheap",
        metadata={
            "shop": {"stringValue": "north"},
            "price": {"numberValue": 5},
            "due": {"dateTimeValue": OCCURRED},
        },
    )
    memory.write(
        "dear",
        metadata={"tags": {"stringListValue": ["new", "red"]}, "price": {"numberValue": 9}},
    )
    return memory


def expression(key: str, operator: str, **value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    right = {"right": {"metadataValue": value}} if value else {}
    return {"left": {"metadataKey": key}, "operator": operator, **right}


@pytest.mark.fidelity("memory.records.metadata-filter")
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([expression("shop", "EQUALS_TO", stringValue="north")], ["cheap"]),
        ([expression("shop", "EXISTS")], ["cheap"]),
        ([expression("shop", "NOT_EXISTS")], ["dear"]),
        ([expression("shop", "CONTAINS", stringValue="ort")], ["cheap"]),
        ([expression("tags", "CONTAINS", stringValue="red")], ["dear"]),
        ([expression("tags", "CONTAINS", stringValue="re")], []),
        ([expression("price", "GREATER_THAN", numberValue=5)], ["dear"]),
        ([expression("price", "GREATER_THAN_OR_EQUALS", numberValue=5)], ["cheap", "dear"]),
        ([expression("price", "LESS_THAN", numberValue=9)], ["cheap"]),
        ([expression("price", "LESS_THAN_OR_EQUALS", numberValue=9)], ["cheap", "dear"]),
        ([expression("due", "BEFORE", dateTimeValue=OCCURRED + timedelta(days=1))], ["cheap"]),
        ([expression("due", "AFTER", dateTimeValue=OCCURRED)], []),
        ([expression("shop", "EQUALS_TO", numberValue=1)], []),
        ([expression("price", "EXISTS"), expression("shop", "EXISTS")], ["cheap"]),
    ],
)
def test_lists_and_searches_are_filtered_by_metadata(
    memory: LongTerm, filters: list[dict[str, Any]], expected: list[str]
) -> None:
    listed = memory.records(metadataFilters=filters)
    assert [one["content"]["text"] for one in listed] == expected
    assert sorted(memory.found("price", metadataFilters=filters)) == expected


@pytest.mark.fidelity("memory.records.metadata-filter")
@pytest.mark.parametrize(
    "wrong",
    [
        expression("unknown", "EXISTS"),
        expression("price", "GREATER_THAN"),
        expression("price", "GREATER_THAN", stringValue="5"),
        expression("shop", "BEFORE", numberValue=1),
    ],
)
def test_filters_that_cannot_hold_are_refused(memory: LongTerm, wrong: dict[str, Any]) -> None:
    with pytest.raises(memory.data.exceptions.ValidationException):
        memory.records(metadataFilters=[wrong])


@pytest.mark.fidelity("memory.records.metadata-filter")
def test_a_filtered_search_goes_on_until_it_has_enough(memory: LongTerm) -> None:
    memory.write(*(f"price tag {number}" for number in range(30)))
    filters = [expression("price", "EXISTS")]
    assert len(memory.found("price tag", topK=2, metadataFilters=filters)) == 2


@pytest.mark.fidelity("memory.records.metadata-filter")
def test_metadata_is_shown_as_it_was_given(memory: LongTerm) -> None:
    cheap, dear = memory.records()
    assert cheap["metadata"]["due"] == {"dateTimeValue": OCCURRED}
    assert dear["metadata"]["tags"] == {"stringListValue": ["new", "red"]}
