"""What tools take, as models: the gateway's schemas have types only, so values are checked here."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bridges.errors import BadArguments

Line = Annotated[str, Field(min_length=1, max_length=255)]
"""A name or a title."""
Text = Annotated[str, Field(min_length=1, max_length=8000)]
"""As long as somebody writes by hand."""
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""An id of one of our records, or of a record of the system behind."""


class Arguments(BaseModel):
    """The arguments of one tool: nothing unknown, strings trimmed, no input echoed in errors."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        str_strip_whitespace=True,
        hide_input_in_errors=True,
    )


def bad_arguments(error: ValidationError) -> BadArguments:
    """Return the refusal of what a model refused: every argument by name, and what it should be."""
    return BadArguments(
        "; ".join(f"{_place(one['loc'])}{_said(one['msg'])}" for one in error.errors())
    )


def _place(location: tuple[int | str, ...]) -> str:
    return f"{'.'.join(map(str, location))}: " if location else ""


def _said(message: str) -> str:
    """Drop how Pydantic begins what our own checks say."""
    return message.removeprefix("Value error, ")
