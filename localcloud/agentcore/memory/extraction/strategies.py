"""What extraction takes from a strategy: its kind, its templates, its metadata.

Sources: botocore `MemoryStrategy`, `StrategyConfiguration`, `MetadataSchemaEntry`.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

from localcloud.agentcore.memory.model import Strategy
from localcloud.agentcore.model import JsonObject

BASES: Final = {
    "SEMANTIC_OVERRIDE": "SEMANTIC",
    "SUMMARY_OVERRIDE": "SUMMARIZATION",
    "USER_PREFERENCE_OVERRIDE": "USER_PREFERENCE",
    "EPISODIC_OVERRIDE": "EPISODIC",
}
"""Kinds by the type of a custom configuration. One that is self-managed extracts by itself."""


def kind_of(strategy: Strategy) -> str | None:
    """Return what kind of records a strategy makes; None if that is not the service's work."""
    if strategy.kind != "CUSTOM":
        return strategy.kind
    return BASES.get(strategy.config.get("configuration", {}).get("type", ""))


def template_of(strategy: Strategy) -> str:
    """Return the template of the namespace that records go to."""
    template: str = strategy.config["namespaceTemplates"][0]
    return template


def reflection_template_of(strategy: Strategy) -> str:
    """Return the template of reflections: that of the episodes unless another is given.

    Source: hashicorp/terraform-provider-aws pull request 48758.
    """
    given = strategy.config.get("configuration", {}).get("reflection", {})
    reflection = _innermost(given)
    for name in ("namespaceTemplates", "namespaces"):
        if reflection.get(name):
            template: str = reflection[name][0]
            return template
    return template_of(strategy)


def instructions_of(strategy: Strategy) -> str:
    """Return what a custom strategy appends to the prompts of its steps; empty if nothing.

    That of reflections is left out.
    """
    configuration = strategy.config.get("configuration", {})
    steps = (_override(configuration.get(step, {})) for step in ("extraction", "consolidation"))
    return "\n\n".join(filter(None, (step.get("appendToPrompt") for step in steps)))


def metadata_of(strategy: Strategy, said: Mapping[str, str]) -> JsonObject:
    """Return what records take over from an event's metadata, word for word.

    What a model would infer is left out.
    """
    schema = strategy.config.get("memoryRecordSchema", {}).get("metadataSchema", [])
    taken = {
        entry["key"]: _typed(entry.get("type", "STRING"), said[entry["key"]])
        for entry in schema
        if entry.get("extractionType") == "STRICTLY_CONSISTENT" and said.get(entry["key"])
    }
    return {key: value for key, value in taken.items() if value is not None}


def _override(step: JsonObject) -> JsonObject:
    """Return an override within what names it, such as `semanticExtractionOverride`."""
    while step and "appendToPrompt" not in step:
        step = next((inner for inner in step.values() if isinstance(inner, dict)), {})
    return step


def _innermost(reflection: JsonObject) -> JsonObject:
    while "namespaces" not in reflection and "namespaceTemplates" not in reflection:
        inner = [value for value in reflection.values() if isinstance(value, dict)]
        if not inner:
            return {}
        reflection = inner[0]
    return reflection


def _typed(kind: str, value: str) -> dict[str, Any] | None:
    if kind == "STRINGLIST":
        return {"stringListValue": [value]}
    if kind != "NUMBER":
        return {"stringValue": value}
    try:
        number = float(value)
    except ValueError:
        return None
    return {"numberValue": number} if math.isfinite(number) else None
