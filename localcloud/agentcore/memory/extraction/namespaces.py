"""Namespaces: from a strategy's template and what an event says to where a record goes.

Sources: botocore `NamespaceKeyEntry`, `ExtractionConfig`; Developer Guide, memory strategies.
What is said of wrong variables, and when, is ours (claim `memory.namespace-variables`).
"""

import re
from collections.abc import Mapping
from typing import Final

from localcloud.agentcore.errors import ValidationFailed
from localcloud.agentcore.memory.extraction.model import ExtractionFailed
from localcloud.agentcore.memory.model import Memory
from localcloud.agentcore.model import JsonObject

VARIABLE: Final = re.compile(r"\{([a-zA-Z][a-zA-Z0-9]*)\}")
NAME: Final = "extractionConfig.namespaceVariables"


class NamespaceUnfilled(ExtractionFailed):
    """An event says nothing for a variable of a template."""

    code = "namespace-unfilled"


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return the namespace that a template names.

    Raises:
        NamespaceUnfilled: there is no value for one of its variables.
    """
    missing = [name for name in VARIABLE.findall(template) if name not in values]
    if missing:
        raise NamespaceUnfilled(f"No value for namespace variable {missing[0]}")
    return VARIABLE.sub(lambda match: values[match[1]], template)


def variables_of(memory: Memory, members: JsonObject) -> Mapping[str, str]:
    """Return the namespace variables of a request, checked against the memory's keys.

    Raises:
        ValidationFailed: a variable is not a namespace key, or has a value its key does not allow.
    """
    given: Mapping[str, str] = members.get("extractionConfig", {}).get("namespaceVariables", {})
    keys = {key["key"]: key.get("validation", {}) for key in memory.config.get("namespaceKeys", [])}
    for name, value in given.items():
        if name not in keys:
            raise ValidationFailed.of_field(NAME, f"{name} is not a namespace key of the memory")
        if not _allowed(keys[name], value):
            raise ValidationFailed.of_field(NAME, f"Value for {name} is not allowed")
    return given


def _allowed(validation: JsonObject, value: str) -> bool:
    allowed = validation.get("allowedValues")
    if allowed is not None and value not in allowed:
        return False
    pattern = validation.get("regexPattern")
    try:
        return pattern is None or re.fullmatch(pattern, value) is not None
    except re.error as error:
        raise ValidationFailed.of_field(NAME, "A pattern of the memory is none") from error
