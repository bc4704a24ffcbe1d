"""Take in what the first request needs, before it comes. What fails here fails again then."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from contextlib import suppress


def make(parts: Callable[[], object], *expected: type[Exception]) -> threading.Thread:
    """Begin to make an agent's parts, and collect garbage from then on.

    Call it when imports of the caller's are done; its program has begun with `gc.disable()`.
    Failures of the classes in `expected` are not told of here.
    """
    thread = threading.Thread(target=_make, args=(parts, expected), name="making", daemon=True)
    thread.start()
    return thread


def _make(parts: Callable[[], object], expected: tuple[type[Exception], ...]) -> None:
    try:
        with suppress(*expected):
            parts()
    finally:
        gc.freeze()  # what is there now stays
        gc.enable()
