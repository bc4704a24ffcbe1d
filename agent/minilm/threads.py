"""How many threads numpy and FAISS compute with."""

from __future__ import annotations

from collections.abc import MutableMapping

_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")


def use_one(environment: MutableMapping[str, str]) -> None:
    """Have them compute in the calling thread, unless the environment says otherwise.

    Call it before numpy is imported, which is when OpenBLAS looks. A query's matrices are so small
    that a second thread saves 2 of 6 ms on an idle machine; on a busy one the threads wait for each
    other in spinning loops, and the same query takes ten times as long.
    """
    for variable in _VARIABLES:
        environment.setdefault(variable, "1")
