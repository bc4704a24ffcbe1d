"""Which system a bridge talks to: a store of its own, or the vendor's, chosen by configuration."""

import os
from collections.abc import Callable, Mapping

from bridges.errors import UnknownBackend

VARIABLE = "BACKEND"
STORE = "store"
"""The bridge's own table. It is what every bridge has, and the default."""


def chosen[B](backends: Mapping[str, Callable[[], B]]) -> B:
    """Open the backend that the environment variable `BACKEND` names.

    Raises:
        UnknownBackend: there is no adapter for it.
    """
    name = os.environ.get(VARIABLE, STORE)
    if name not in backends:
        raise UnknownBackend(f"{VARIABLE} is none of {', '.join(sorted(backends))}.")
    return backends[name]()
