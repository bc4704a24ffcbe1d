"""Find what a sentence names outright: an email address, a quoted text, a value with its label."""

from __future__ import annotations

import re

from assistant.offline.found import Found
from assistant.offline.schema import Parameter, ToolCard

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_EMAIL_WORDS = frozenset({"email", "mail"})


def email(parameter: Parameter, card: ToolCard, text: str) -> Found | None:
    """Find `ann@example.com` for `email`."""
    if _EMAIL_WORDS.isdisjoint(parameter.words):
        return None
    match = _EMAIL.search(text)
    return Found((match[0],), (match.span(),)) if match else None


def quoted(parameter: Parameter, card: ToolCard, text: str) -> Found | None:
    """Find `Line down` in `with subject "Line down"` for `subject`."""
    if parameter.type != "string" or parameter.choices:
        return None
    match = re.search(rf"\b{_label(parameter)}\s*(?:is|=|:)?\s*\"([^\"]+)\"", text, re.IGNORECASE)
    return Found((match[1],), (match.span(),)) if match else None


def described(parameter: Parameter, card: ToolCard, text: str) -> Found | None:
    """Find `Critical` in `priority Critical` if the description of `priority` has that word.

    A gateway's tools have no `enum`: their descriptions list what may be said.
    """
    if parameter.type != "string" or parameter.choices or parameter.pattern:
        return None
    match = re.search(rf"\b{_label(parameter)}\s*(?:is|=|:)?\s*([A-Za-z]+)\b", text, re.IGNORECASE)
    listed = re.findall(r"\b[A-Z]\w+", parameter.description.partition(":")[2])
    value = next((one for one in listed if match and one.lower() == match[1].lower()), None)
    return Found((value,), (match.span(),)) if match and value else None


def _label(parameter: Parameter) -> str:
    return r"\s+".join(map(re.escape, parameter.words))
