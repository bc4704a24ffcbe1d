"""Say what is wrong with a payload without repeating any of it."""

from __future__ import annotations

from pydantic import ValidationError

MAX_SHOWN_NAME_CHARACTERS = 40


def first_problem(error: ValidationError) -> tuple[str, str]:
    """Return the first field that is wrong, and what is wrong with it."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return _shown(first["loc"]), first["msg"]


def _shown(place: tuple[int | str, ...]) -> str:
    """Name a field; the name of an unknown one is the caller's, and may be anything."""
    name = str(place[0]) if place else "payload"
    return name if name.isidentifier() and len(name) <= MAX_SHOWN_NAME_CHARACTERS else "payload"
