from typing import Any

import pytest

from tests.support.memory_plane import ROLE_ARN, Client, MemoryLaptop

PROMPT = {"appendToPrompt": "Only facts", "modelId": "model"}
STRATEGIES: list[dict[str, Any]] = [
    {"semanticMemoryStrategy": {"name": "Facts", "description": "What is so"}},
    {"summaryMemoryStrategy": {"name": "Sums", "namespaces": ["/sums/{sessionId}/"]}},
    {"userPreferenceMemoryStrategy": {"name": "Likes", "namespaceTemplates": ["/likes/"]}},
    {
        "episodicMemoryStrategy": {
            "name": "Eps",
            "reflectionConfiguration": {"namespaceTemplates": ["/eps/"]},
        }
    },
    {
        "customMemoryStrategy": {
            "name": "Own",
            "configuration": {"semanticOverride": {"extraction": PROMPT, "consolidation": PROMPT}},
        }
    },
]
PER_ACTOR = "/strategies/{memoryStrategyId}/actors/{actorId}/"


def create(control: Client, strategies: list[dict[str, Any]], **members: object) -> Any:  # noqa: ANN401 - JSON
    wanted = {"name": "Long", "eventExpiryDuration": 30, "memoryStrategies": strategies}
    return control.create_memory(**wanted, **members)["memory"]


def strategy(name: str) -> dict[str, Any]:
    return {"semanticMemoryStrategy": {"name": name}}


@pytest.mark.fidelity("memory.strategy-views")
def test_strategies_are_shown_with_what_was_not_said_of_them(
    laptop: MemoryLaptop, control: Client
) -> None:
    memory = create(control, STRATEGIES, memoryExecutionRoleArn=ROLE_ARN)
    assert {one["status"] for one in memory["strategies"]} == {"CREATING"}
    laptop.settle()
    shown = control.get_memory(memoryId=memory["id"])["memory"]["strategies"]
    assert {one["status"] for one in shown} == {"ACTIVE"}
    assert [one["type"] for one in shown] == [
        "SEMANTIC",
        "SUMMARIZATION",
        "USER_PREFERENCE",
        "EPISODIC",
        "CUSTOM",
    ]
    assert all(one["strategyId"].startswith(f"{one['name']}-") for one in shown)
    assert all(one["namespaces"] == one["namespaceTemplates"] for one in shown)
    assert [one["namespaceTemplates"][0] for one in shown] == [
        PER_ACTOR,
        "/sums/{sessionId}/",
        "/likes/",
        PER_ACTOR + "sessions/{sessionId}/",
        PER_ACTOR,
    ]
    assert shown[0]["description"] == "What is so"
    assert shown[3]["configuration"]["reflection"] == {
        "episodicReflectionConfiguration": {"namespaceTemplates": ["/eps/"]}
    }
    assert shown[4]["configuration"] == {
        "type": "SEMANTIC_OVERRIDE",
        "extraction": {"customExtractionConfiguration": {"semanticExtractionOverride": PROMPT}},
        "consolidation": {
            "customConsolidationConfiguration": {"semanticConsolidationOverride": PROMPT}
        },
    }


@pytest.mark.fidelity("memory.strategy-changes")
def test_strategies_are_added_changed_and_deleted(laptop: MemoryLaptop, control: Client) -> None:
    memory = create(control, [strategy("Facts"), strategy("Gone")])
    facts, gone = (one["strategyId"] for one in memory["strategies"])
    laptop.settle()
    changing = control.update_memory(
        memoryId=memory["id"],
        memoryStrategies={
            "addMemoryStrategies": [strategy("New")],
            "modifyMemoryStrategies": [{"memoryStrategyId": facts, "description": "Changed"}],
            "deleteMemoryStrategies": [{"memoryStrategyId": gone}],
        },
    )["memory"]["strategies"]
    assert [(one["name"], one["status"]) for one in changing] == [
        ("Facts", "CREATING"),
        ("Gone", "DELETING"),
        ("New", "CREATING"),
    ]
    laptop.settle()
    shown = control.get_memory(memoryId=memory["id"])["memory"]["strategies"]
    assert [(one["name"], one["status"]) for one in shown] == [
        ("Facts", "ACTIVE"),
        ("New", "ACTIVE"),
    ]
    assert shown[0]["description"] == "Changed"
    with pytest.raises(control.exceptions.ValidationException):
        control.update_memory(
            memoryId=memory["id"],
            memoryStrategies={"deleteMemoryStrategies": [{"memoryStrategyId": gone}]},
        )


@pytest.mark.fidelity("memory.strategy-rules")
def test_strategies_that_do_not_go_together_are_refused(control: Client) -> None:
    with pytest.raises(control.exceptions.ValidationException):
        create(control, [strategy("Same"), strategy("Same")])
    with pytest.raises(control.exceptions.ValidationException):
        create(control, [STRATEGIES[4]])
    with pytest.raises(control.exceptions.ServiceQuotaExceededException):
        create(control, [strategy(f"S{number}") for number in range(7)])
    assert control.list_memories()["memories"] == []


@pytest.mark.fidelity("memory.update")
def test_indexed_keys_are_added_to_those_there(laptop: MemoryLaptop, control: Client) -> None:
    def key(name: str) -> dict[str, str]:
        return {"key": name, "type": "STRING"}

    memory_id = create(control, [], indexedKeys=[key("order")])["id"]
    laptop.settle()
    control.update_memory(memoryId=memory_id, addIndexedKeys=[key("shop")])
    laptop.settle()
    shown = control.get_memory(memoryId=memory_id)["memory"]["indexedKeys"]
    assert shown == [key("order"), key("shop")]
    with pytest.raises(control.exceptions.ValidationException):
        control.update_memory(memoryId=memory_id, addIndexedKeys=[key("shop")])
