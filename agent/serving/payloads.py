"""Check a payload, and say what is wrong with it without repeating any of it."""

from __future__ import annotations

from pydantic import BaseModel, ValidationError

from serving.errors import BadRequest

MAX_SHOWN_NAME_CHARACTERS = 40


def checked[M: BaseModel](model: type[M], payload: object) -> M:
    """Return a payload as what it has to be.

    Raises:
        BadRequest: it names the first field that is wrong.
    """
    if not isinstance(payload, dict):
        raise BadRequest("payload", "must be a JSON object")
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        raise _first_problem(error) from None  # the cause has the prompt


def _first_problem(error: ValidationError) -> BadRequest:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return BadRequest(_shown(first["loc"]), first["msg"])


def _shown(place: tuple[int | str, ...]) -> str:
    """Name a field; the name of an unknown one is the caller's, and may be anything."""
    name = str(place[0]) if place else "payload"
    return name if name.isidentifier() and len(name) <= MAX_SHOWN_NAME_CHARACTERS else "payload"
