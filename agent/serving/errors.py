"""What can be wrong with a request to any agent; each has errors of its own beside it."""

from __future__ import annotations

from typing import ClassVar


class BadRequest(Exception):
    """The caller's fault. The message begins with the field's name; its value is not repeated."""

    code: ClassVar[str] = "invalid-request"

    def __init__(self, field: str, reason: str) -> None:
        """Name the field and what is wrong with it."""
        super().__init__(f"{field}: {reason}")
        self.field = field
