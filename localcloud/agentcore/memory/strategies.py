"""Strategies of a memory: from how they are asked for to how they are shown.

Sources: botocore `MemoryStrategyInput`, `MemoryStrategy`, `StrategyConfiguration`; the namespaces
of strategies that name none are those of bedrock_agentcore 1.24, `memory/constants.py`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from localcloud.agentcore.errors import QuotaExceeded, ValidationFailed
from localcloud.agentcore.memory.model import MemoryStatus, Strategy
from localcloud.agentcore.model import JsonObject

MAX_STRATEGIES: Final = 6
"""Strategies a memory may have (quotas page)."""

PER_ACTOR: Final = "/strategies/{memoryStrategyId}/actors/{actorId}/"
PER_SESSION: Final = PER_ACTOR + "sessions/{sessionId}/"
KINDS: Final = {
    "semanticMemoryStrategy": ("SEMANTIC", PER_ACTOR),
    "summaryMemoryStrategy": ("SUMMARIZATION", PER_SESSION),
    "userPreferenceMemoryStrategy": ("USER_PREFERENCE", PER_ACTOR),
    "episodicMemoryStrategy": ("EPISODIC", PER_SESSION),
    "customMemoryStrategy": ("CUSTOM", PER_ACTOR),
}
"""Type and default namespace by the member that is set in the union."""

OVERRIDES: Final = {
    "semanticOverride": ("SEMANTIC_OVERRIDE", "semantic"),
    "summaryOverride": ("SUMMARY_OVERRIDE", "summary"),
    "userPreferenceOverride": ("USER_PREFERENCE_OVERRIDE", "userPreference"),
    "episodicOverride": ("EPISODIC_OVERRIDE", "episodic"),
}
"""Type of a custom configuration, and how its parts' names begin where it is shown."""

SHOWN: Final = ("description", "memoryRecordSchema")


def new_strategies(
    inputs: Iterable[JsonObject], suffixes: Iterator[str], now: datetime
) -> tuple[Strategy, ...]:
    """Return strategies as asked for (`MemoryStrategyInput`), CREATING."""
    return tuple(_new(one, next(suffixes), now) for one in inputs)


def check_strategies(strategies: Iterable[Strategy], role_arn: str | None) -> None:
    """Refuse what a memory may not have together.

    Raises:
        QuotaExceeded: more than `MAX_STRATEGIES`.
        ValidationFailed: a name twice, or a custom strategy without a role.
    """
    kept = [one for one in strategies if one.status is not MemoryStatus.DELETING]
    if len(kept) > MAX_STRATEGIES:
        raise QuotaExceeded(f"A memory may have at most {MAX_STRATEGIES} strategies")
    if len({one.name for one in kept}) < len(kept):
        raise ValidationFailed.of_field("memoryStrategies", "Names of strategies must be unique")
    if role_arn is None and any(one.kind == "CUSTOM" for one in kept):
        message = "Custom strategies need a memoryExecutionRoleArn"
        raise ValidationFailed.of_field("memoryExecutionRoleArn", message)


def changed_strategies(
    strategies: tuple[Strategy, ...], changes: JsonObject, suffixes: Iterator[str], now: datetime
) -> tuple[Strategy, ...]:
    """Return a memory's strategies after a change (botocore `ModifyMemoryStrategies`).

    Raises:
        ValidationFailed: the change names a strategy the memory does not have.
    """
    modified = {one["memoryStrategyId"]: one for one in changes.get("modifyMemoryStrategies", [])}
    deleted = {one["memoryStrategyId"] for one in changes.get("deleteMemoryStrategies", [])}
    present = {one.strategy_id for one in strategies}
    for strategy_id in (*modified, *deleted):
        if strategy_id not in present:
            message = f"Memory strategy {strategy_id} not found"
            raise ValidationFailed.of_field("memoryStrategies", message)
    kept = [_modified(one, modified.get(one.strategy_id), now) for one in strategies]
    gone = [_deleting(one, now) if one.strategy_id in deleted else one for one in kept]
    return (*gone, *new_strategies(changes.get("addMemoryStrategies", []), suffixes, now))


def settled_strategies(strategies: Iterable[Strategy]) -> tuple[Strategy, ...]:
    """Return strategies as they are when what was asked for is done."""
    return tuple(
        replace(one, status=MemoryStatus.ACTIVE)
        for one in strategies
        if one.status is not MemoryStatus.DELETING
    )


def strategy_view(strategy: Strategy) -> JsonObject:
    """Return everything there is to say of a strategy."""
    return {
        **strategy.config,
        "strategyId": strategy.strategy_id,
        "name": strategy.name,
        "type": strategy.kind,
        "status": strategy.status.value,
        "createdAt": strategy.created_at,
        "updatedAt": strategy.updated_at,
    }


def _new(given: JsonObject, suffix: str, now: datetime) -> Strategy:
    ((member, value),) = given.items()
    kind, namespace = KINDS[member]
    config: JsonObject = {name: value[name] for name in SHOWN if name in value}
    config |= _namespaces(value, [namespace])
    if configuration := _configuration(value):
        config["configuration"] = configuration
    return Strategy(
        strategy_id=f"{value['name']}-{suffix}",
        name=value["name"],
        kind=kind,
        config=config,
        status=MemoryStatus.CREATING,
        created_at=now,
        updated_at=now,
    )


def _namespaces(value: JsonObject, default: list[str]) -> JsonObject:
    templates = value.get("namespaceTemplates") or value.get("namespaces") or default
    return {"namespaces": templates, "namespaceTemplates": templates}


def _configuration(value: JsonObject) -> JsonObject:
    if "reflectionConfiguration" in value:
        reflection = {"episodicReflectionConfiguration": value["reflectionConfiguration"]}
        return {"reflection": reflection}
    if "configuration" not in value:
        return {}
    ((member, given),) = value["configuration"].items()
    if member == "selfManagedConfiguration":
        return {"type": "SELF_MANAGED", "selfManagedConfiguration": given}
    kind, prefix = OVERRIDES[member]
    parts: JsonObject = {name: _override(prefix, name, part) for name, part in given.items()}
    return {"type": kind, **parts}


def _override(prefix: str, part: str, given: Any) -> JsonObject:  # noqa: ANN401 - JSON
    """Wrap a part, such as `extraction`, the way it is shown."""
    noun = part.capitalize()
    return {f"custom{noun}Configuration": {f"{prefix}{noun}Override": given}}


def _modified(strategy: Strategy, change: JsonObject | None, now: datetime) -> Strategy:
    if change is None:
        return strategy
    given: JsonObject = {name: change[name] for name in SHOWN if name in change}
    config = strategy.config | given
    if "namespaces" in change or "namespaceTemplates" in change:
        config |= _namespaces(change, [])
    if "configuration" in change:
        present: JsonObject = config.get("configuration", {})
        config["configuration"] = present | change["configuration"]
    return replace(strategy, config=config, status=MemoryStatus.CREATING, updated_at=now)


def _deleting(strategy: Strategy, now: datetime) -> Strategy:
    return replace(strategy, status=MemoryStatus.DELETING, updated_at=now)
