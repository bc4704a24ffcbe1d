"""Which events are extracted, when, and into which records."""

import asyncio

import pytest

from tests.support.control_plane import never
from tests.support.memory_plane import ROLE_ARN, Chat, Client, MemoryLaptop, said
from tests.support.memory_records import PREFERENCES, SEMANTIC, LongTerm, long_term

HOME = "I live in Munich."
QUOTED = 'The user said: "I live in Munich."'
PROMPT = {"appendToPrompt": "Only facts", "modelId": "model"}


@pytest.fixture
def memory(laptop: MemoryLaptop, clients: tuple[Client, Client]) -> LongTerm:
    return long_term(laptop, clients, SEMANTIC)


@pytest.mark.fidelity("memory.strategies")
def test_an_event_becomes_a_record_in_the_namespace_of_its_actor(memory: LongTerm) -> None:
    memory.tell(HOME)
    (record,) = memory.records("/facts/ann/")
    assert record["content"]["text"] == QUOTED
    assert record["namespaces"] == ["/facts/ann/"]
    assert [record["memoryStrategyId"]] == memory.strategy_ids
    assert memory.found("Where is the user's home?") == [QUOTED]


@pytest.mark.fidelity("memory.extraction.asynchronous")
def test_create_event_answers_before_anything_is_extracted(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    memory = long_term(laptop, clients, SEMANTIC)
    held = laptop.restarted(spawn=never)
    with held.clients() as (_, data):
        Chat(data, memory.memory_id).write(HOME)
    assert memory.texts() == []
    laptop.restarted().resume()
    laptop = laptop.restarted()
    with laptop.clients() as (control, data):
        assert LongTerm(laptop, control, data, memory.memory_id).texts() == [QUOTED]


@pytest.mark.fidelity("memory.extraction.which-events")
def test_only_what_user_and_assistant_say_is_extracted(memory: LongTerm) -> None:
    payload = [said("I live in Oslo.", role) for role in ("TOOL", "OTHER", "ASSISTANT")]
    memory.tell(payload=[*payload, {"blob": "I live in Rome."}])
    memory.tell(payload=[])
    assert memory.texts() == []


@pytest.mark.fidelity("memory.extraction.which-events")
def test_an_event_that_is_to_be_skipped_is_kept_and_not_extracted(memory: LongTerm) -> None:
    event = memory.tell(HOME, extractionMode="SKIP")
    assert memory.texts() == []
    chat = Chat(memory.data, memory.memory_id)
    assert chat.client.get_event(**chat.names, eventId=event["eventId"])


@pytest.mark.fidelity("memory.extraction.which-events")
def test_a_strategy_extracts_from_no_event_before_it_was_active(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    memory = long_term(laptop, clients)
    memory.tell(HOME)
    changes = {"addMemoryStrategies": [SEMANTIC]}
    memory.control.update_memory(memoryId=memory.memory_id, memoryStrategies=changes)
    Chat(memory.data, memory.memory_id).write("I work at Siemens.")  # UPDATING, or ACTIVE by now
    laptop.settle()
    before = memory.texts()
    assert QUOTED not in before
    memory.tell("I own two cats.")
    assert memory.texts() == [*before, 'The user said: "I own two cats."']


@pytest.mark.fidelity("memory.extraction.which-events")
def test_an_event_that_is_sent_twice_is_extracted_once(memory: LongTerm) -> None:
    for _ in range(2):
        memory.tell("I own 2 cats.", clientToken="again")
    assert len(memory.texts()) == 1


@pytest.mark.fidelity("memory.extraction.consolidation")
def test_the_same_said_again_updates_its_record(memory: LongTerm) -> None:
    memory.tell("I like tea.")
    (before,) = memory.records()
    memory.tell("I love tea.", session_id="tuesday")
    (after,) = memory.records()
    assert after["memoryRecordId"] == before["memoryRecordId"]
    assert after["content"]["text"] == 'The user said: "I love tea."'


@pytest.mark.fidelity("memory.extraction.consolidation")
def test_what_differs_in_a_number_is_something_else(memory: LongTerm) -> None:
    memory.tell("I have paid invoice 4711 by bank transfer.")
    memory.tell("I have paid invoice 4712 by bank transfer.")
    assert len(memory.texts()) == 2


@pytest.mark.fidelity("memory.extraction.consolidation")
def test_a_contradiction_takes_the_place_of_what_was(memory: LongTerm) -> None:
    memory.tell("My name is Ann Miller and I live in Munich.")
    memory.tell("I moved to Berlin last week. It rains.", session_id="tuesday")
    assert memory.texts() == [
        'The user said: "My name is Ann Miller"',
        'The user said: "I moved to Berlin last week."',
    ]
    assert memory.found("Where does the user live now?", topK=1) == [memory.texts()[1]]


@pytest.mark.fidelity("memory.extraction.consolidation")
def test_actors_and_strategies_have_records_of_their_own(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    memory = long_term(laptop, clients, SEMANTIC, PREFERENCES)
    for actor_id in ("ann", "bob"):
        Chat(memory.data, memory.memory_id, actor_id).write("I like tea.")
    laptop.settle()
    shown = sorted(record["namespaces"][0] for record in memory.records())
    assert shown == ["/facts/ann/", "/facts/bob/", "/likes/ann/", "/likes/bob/"]


@pytest.mark.fidelity("memory.extraction.custom")
def test_a_custom_strategy_makes_the_records_of_its_base(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    override = {"userPreferenceOverride": {"extraction": PROMPT, "consolidation": PROMPT}}
    own = {"name": "Own", "namespaces": ["/likes/{memoryStrategyId}/"], "configuration": override}
    memory = long_term(
        laptop, clients, {"customMemoryStrategy": own}, memoryExecutionRoleArn=ROLE_ARN
    )
    memory.tell("I prefer tea.")
    (record,) = memory.records()
    assert record["namespaces"] == [f"/likes/{memory.strategy_ids[0]}/"]
    assert memory.preferences()[0]["preference"] == "Prefers tea"


@pytest.mark.fidelity("memory.extraction.custom")
def test_a_self_managed_strategy_extracts_for_itself(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    managed = {
        "triggerConditions": [{"messageBasedTrigger": {"messageCount": 1}}],
        "invocationConfiguration": {
            "topicArn": "arn:aws:sns:us-east-1:123456789012:topic",
            "payloadDeliveryBucketName": "bucket",
        },
    }
    own = {"name": "Own", "configuration": {"selfManagedConfiguration": managed}}
    memory = long_term(
        laptop, clients, {"customMemoryStrategy": own}, memoryExecutionRoleArn=ROLE_ARN
    )
    memory.tell(HOME)
    assert memory.texts() == []


@pytest.mark.fidelity("memory.extraction.metadata")
def test_records_take_over_what_is_strictly_consistent(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    entries = [
        {"key": "team", "extractionType": "STRICTLY_CONSISTENT"},
        {"key": "floor", "type": "NUMBER", "extractionType": "STRICTLY_CONSISTENT"},
        {"key": "mood", "extractionType": "LLM_INFERRED"},
    ]
    strategy = {"name": "Facts", "memoryRecordSchema": {"metadataSchema": entries}}
    memory = long_term(laptop, clients, {"semanticMemoryStrategy": strategy})
    said_of_it = {"team": "sales", "floor": "3", "mood": "good", "other": "x"}
    memory.tell(HOME, metadata={key: {"stringValue": value} for key, value in said_of_it.items()})
    (record,) = memory.records()
    assert record["metadata"] == {"team": {"stringValue": "sales"}, "floor": {"numberValue": 3.0}}


@pytest.mark.fidelity("memory.namespace-variables")
def test_namespaces_are_filled_with_variables_of_ones_own(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    strategy = {"name": "Facts", "namespaceTemplates": ["/{tenant}/{actorId}/{sessionId}/"]}
    keys = [
        {"key": "tenant", "validation": {"allowedValues": ["acme", "umbrella"]}},
        {"key": "region", "validation": {"regexPattern": "[a-z]{2}"}},
    ]
    memory = long_term(laptop, clients, {"semanticMemoryStrategy": strategy}, namespaceKeys=keys)
    memory.tell(HOME, extractionConfig={"namespaceVariables": {"tenant": "acme", "region": "eu"}})
    assert [record["namespaces"] for record in memory.records()] == [["/acme/ann/monday/"]]
    for wrong in ({"tenant": "nobody"}, {"region": "europe"}, {"unknown": "x"}):
        with pytest.raises(memory.data.exceptions.ValidationException):
            memory.tell(HOME, extractionConfig={"namespaceVariables": wrong})
    assert len(Chat(memory.data, memory.memory_id).texts()) == 1


@pytest.mark.fidelity("memory.extraction.asynchronous")
def test_what_a_process_left_is_extracted_by_the_next_in_order(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    memory = long_term(laptop, clients, SEMANTIC)
    held = laptop.restarted(spawn=never)
    with held.clients() as (_, data):
        for text in ("I live in Munich.", "I moved to Berlin.", "I own two cats."):
            Chat(data, memory.memory_id).write(text)
    assert laptop.count("jobs") == 3
    later = laptop.restarted(spawn=asyncio.create_task)
    later.resume()
    assert laptop.count("jobs") == 0
    with later.clients() as (control, data):
        texts = LongTerm(later, control, data, memory.memory_id).texts()
    assert texts == ['The user said: "I moved to Berlin."', 'The user said: "I own two cats."']
