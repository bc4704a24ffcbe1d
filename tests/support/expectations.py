"""Compare what a function answered with an `events/**/*.expected.json`: see events/README.md."""

import json
from collections.abc import Iterator
from typing import Any


def differences(expected: Any, actual: Any, at: str = "$") -> list[str]:  # noqa: ANN401  # JSON
    """Return where `actual` is not what is expected, as JSON paths with a word on each.

    Objects may have more members than expected; lists may not. A `body` that is JSON text is
    compared as what it says.
    """
    return list(_differences(expected, actual, at))


def _differences(expected: Any, actual: Any, at: str) -> Iterator[str]:  # noqa: ANN401  # JSON
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            yield f"{at}: expected an object, got {actual!r}"
            return
        for name, value in expected.items():
            found = actual.get(name)
            if name == "body" and isinstance(found, str) and not isinstance(value, str):
                found = json.loads(found)
            yield from _differences(value, found, f"{at}.{name}")
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from _differences(one, other, f"{at}[{index}]")
    elif expected != actual:
        yield f"{at}: expected {expected!r}, got {actual!r}"
