from datetime import timedelta
from typing import Any

import pytest

from tests.support.memory_plane import OCCURRED, Client, MemoryLaptop
from tests.support.memory_records import SEMANTIC, LongTerm, long_term

TEXTS = ("The user drinks tea", "The office is in Berlin", "The invoice is paid")


@pytest.fixture
def memory(laptop: MemoryLaptop, clients: tuple[Client, Client]) -> LongTerm:
    return long_term(laptop, clients, SEMANTIC)


def listed(memory: LongTerm, **members: Any) -> list[str]:  # noqa: ANN401 - JSON
    reply = memory.data.list_memory_records(memoryId=memory.memory_id, **members)
    return [one["content"]["text"] for one in reply["memoryRecordSummaries"]]


@pytest.mark.fidelity("memory.records.namespace")
def test_a_namespace_is_exact_and_a_path_is_all_below_it(memory: LongTerm) -> None:
    for namespace in ("/a/", "/a/b/", "/ab/", "a"):
        memory.write(f"in {namespace}", namespace=namespace)
    assert listed(memory, namespace="/a/") == ["in /a/"]
    assert listed(memory, namespace="/a") == []
    for path in ("/a", "/a/"):
        assert listed(memory, namespacePath=path) == ["in /a/", "in /a/b/"]
        assert set(memory.found("in", path)) == {"in /a/", "in /a/b/"}
    assert listed(memory, namespacePath="/a/b") == ["in /a/b/"]
    assert len(listed(memory, namespacePath="/")) == 4


@pytest.mark.fidelity("memory.records.namespace")
@pytest.mark.parametrize(
    "named", [{}, {"namespace": "/a", "namespacePath": "/a"}, {"namespace": "/a/*"}]
)
def test_neither_both_or_a_wildcard_is_refused(memory: LongTerm, named: dict[str, str]) -> None:
    with pytest.raises(memory.data.exceptions.ValidationException):
        listed(memory, **named)
    with pytest.raises(memory.data.exceptions.ValidationException):
        memory.data.retrieve_memory_records(
            memoryId=memory.memory_id, searchCriteria={"searchQuery": "tea"}, **named
        )


@pytest.mark.fidelity("memory.records.list")
def test_lists_come_in_pages_in_order_of_making(memory: LongTerm) -> None:
    ids = memory.write(*(f"fact {number}" for number in range(5)))
    wanted = {"memoryId": memory.memory_id, "namespace": "/own/"}
    first = memory.data.list_memory_records(**wanted, maxResults=2)
    memory.data.delete_memory_record(memoryId=memory.memory_id, memoryRecordId=ids[0])
    token = first["nextToken"]
    rest = memory.data.list_memory_records(**wanted, nextToken=token)
    shown = [*first["memoryRecordSummaries"], *rest["memoryRecordSummaries"]]
    assert [one["memoryRecordId"] for one in shown] == ids
    assert "nextToken" not in rest
    assert "score" not in shown[0]
    with pytest.raises(memory.data.exceptions.ValidationException):
        memory.data.list_memory_records(
            memoryId=memory.memory_id, namespace="/other/", nextToken=token
        )


@pytest.mark.fidelity("memory.records.list")
def test_lists_and_searches_can_be_of_one_strategy(memory: LongTerm) -> None:
    (facts,) = memory.strategy_ids
    memory.write("made by hand")
    memory.write("made for the strategy", memoryStrategyId=facts)
    assert listed(memory, namespace="/own/", memoryStrategyId=facts) == ["made for the strategy"]
    assert memory.found("made", memoryStrategyId=facts) == ["made for the strategy"]


@pytest.mark.fidelity("memory.records.retrieve")
def test_a_search_finds_by_meaning_with_scores_best_first(memory: LongTerm) -> None:
    memory.write(*TEXTS)
    reply = memory.data.retrieve_memory_records(
        memoryId=memory.memory_id,
        namespace="/own/",
        searchCriteria={"searchQuery": "Which hot beverage?", "topK": 2},
    )
    found = reply["memoryRecordSummaries"]
    assert found[0]["content"]["text"] == TEXTS[0]
    scores = [one["score"] for one in found]
    assert len(scores) == 2
    assert 1 >= scores[0] > scores[1] >= 0
    assert memory.found("Where does the company sit?", topK=1) == [TEXTS[1]]


@pytest.mark.fidelity("memory.records.retrieve")
def test_a_search_comes_in_pages_up_to_top_k(memory: LongTerm) -> None:
    memory.write(*(f"The user owns boat number {number}" for number in range(6)))
    wanted: dict[str, Any] = {
        "memoryId": memory.memory_id,
        "namespace": "/own/",
        "searchCriteria": {"searchQuery": "boats", "topK": 5},
        "maxResults": 2,
    }
    pages = [memory.data.retrieve_memory_records(**wanted)]
    while token := pages[-1].get("nextToken"):
        pages.append(memory.data.retrieve_memory_records(**wanted, nextToken=token))
    assert [len(page["memoryRecordSummaries"]) for page in pages] == [2, 2, 1]
    shown = [one["memoryRecordId"] for page in pages for one in page["memoryRecordSummaries"]]
    assert len(set(shown)) == 5
    other = wanted | {"searchCriteria": {"searchQuery": "ships"}}
    with pytest.raises(memory.data.exceptions.ValidationException):
        memory.data.retrieve_memory_records(**other, nextToken=pages[0]["nextToken"])


@pytest.mark.fidelity("memory.records.get")
def test_a_record_is_shown_and_removed(memory: LongTerm) -> None:
    (record_id,) = memory.write(TEXTS[0], metadata={"order": {"stringValue": "4711"}})
    named = {"memoryId": memory.memory_id, "memoryRecordId": record_id}
    record = memory.data.get_memory_record(**named)["memoryRecord"]
    assert record == {
        "memoryRecordId": record_id,
        "content": {"text": TEXTS[0]},
        "memoryStrategyId": "DEFAULT",
        "namespaces": ["/own/"],
        "createdAt": OCCURRED,
        "metadata": {"order": {"stringValue": "4711"}},
    }
    assert 40 <= len(record_id) <= 50
    assert memory.data.delete_memory_record(**named)["memoryRecordId"] == record_id
    for call in (memory.data.get_memory_record, memory.data.delete_memory_record):
        with pytest.raises(memory.data.exceptions.ResourceNotFoundException):
            call(**named)
    assert memory.found("tea") == []


@pytest.mark.fidelity("memory.records.get")
def test_a_record_is_not_found_in_a_namespace_it_is_not_in(memory: LongTerm) -> None:
    (record_id,) = memory.write(TEXTS[0])
    named = {"memoryId": memory.memory_id, "memoryRecordId": record_id}
    for call in (memory.data.get_memory_record, memory.data.delete_memory_record):
        with pytest.raises(memory.data.exceptions.ResourceNotFoundException):
            call(**named, namespace="/other/")
    assert memory.data.get_memory_record(**named, namespace="/own/")


@pytest.mark.fidelity("memory.records.list")
def test_records_of_a_memory_that_is_not_there_are_not_found(memory: LongTerm) -> None:
    for call in (
        lambda: listed(LongTerm(memory.laptop, memory.control, memory.data, "None-0000000000")),
        lambda: memory.data.batch_delete_memory_records(memoryId="None-0000000000", records=[]),
    ):
        with pytest.raises(memory.data.exceptions.ResourceNotFoundException):
            call()


@pytest.mark.fidelity("memory.records.list")
def test_records_and_their_vectors_are_there_after_a_restart(memory: LongTerm) -> None:
    memory.write(*TEXTS)
    laptop = memory.laptop.restarted()
    laptop.resume()
    with laptop.clients() as (control, data):
        later = LongTerm(laptop, control, data, memory.memory_id)
        assert listed(later, namespace="/own/") == list(TEXTS)
        assert later.found("Which hot beverage?", topK=1) == [TEXTS[0]]


@pytest.mark.fidelity("memory.records.list")
def test_created_at_is_the_time_the_client_says(memory: LongTerm) -> None:
    memory.write("later", timestamp=OCCURRED + timedelta(hours=1))
    (record,) = memory.records()
    assert record["createdAt"] == OCCURRED + timedelta(hours=1)
