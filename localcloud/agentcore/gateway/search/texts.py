"""What search reads of a tool: the target's name, the tool's name and its description."""

import re

from localcloud.agentcore.model import TOOL_NAME_SEPARATOR

_JOINTS = re.compile(r"[_\-]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def sentence_of(name: str, description: str) -> str:
    """Return what the sentence model reads of a tool; `name` is the full one."""
    target, _, tool = name.partition(TOOL_NAME_SEPARATOR)
    return f"{spaced(target)}: {spaced(tool)}. {description}"


def spaced(identifier: str) -> str:
    """Put spaces into `maxPriceCents`, `max_price_cents` or `CRMTools`, all in lower case."""
    return _JOINTS.sub(" ", identifier).strip().lower()
