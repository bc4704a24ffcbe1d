"""Records, which are frozen dataclasses, as JSON and back; and the ids of those that calls make."""

import hashlib
from typing import Any, cast

from pydantic import TypeAdapter

type Json = dict[str, Any]

_ADAPTERS: dict[type, TypeAdapter[Any]] = {}
"""Made on first use and kept: making one compiles a validator."""


def plain(record: object) -> Json:
    """Return a record as JSON; members that are None are left out."""
    dumped = _adapter(type(record)).dump_python(record, mode="json", exclude_none=True)
    return cast("Json", dumped)


def record[R](kind: type[R], stored: Json) -> R:
    """Return the record that `plain` wrote; other members of what is stored do not count."""
    return cast("R", _adapter(kind).validate_python(stored))


def digest(key: str, subject: str) -> str:
    """Return 64 hexadecimal digits that stand for what a call makes: its key, and of what kind.

    Every delivery of a call makes the same id, so that a record is made once.
    """
    return hashlib.sha256(f"{subject}/{key}".encode()).hexdigest()


def _adapter(kind: type) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
