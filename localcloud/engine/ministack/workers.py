"""Which worker of a function gets an event: an idle one, a new one, or the next to come free."""

import contextlib
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.lambda_runtime import Worker
from ministack.services import lambda_svc

from localcloud.engine.starts import HESITATION_S, PATIENCE_S, Starts

_original_acquire = lambda_svc.acquire_worker
_original_release = lambda_svc.release_worker

type Leased = tuple[Worker | None, str]


def install(starts: Starts) -> None:
    """Let MiniStack's workers start by turns."""
    leases = _Leases(starts)
    lambda_svc.acquire_worker = leases.acquire
    lambda_svc.release_worker = leases.release


class _Leases:
    """A worker is leased and given back by one thread, and no thread holds two."""

    def __init__(self, starts: Starts) -> None:
        self._starts = starts
        self._here = threading.local()

    def acquire(
        self,
        name: str,
        config: dict[str, Any],
        code: bytes,
        qualifier: str = "$LATEST",
        **options: Any,  # noqa: ANN401  # MiniStack's own
    ) -> Leased:
        """Lease a worker, as MiniStack does, but for the wait."""
        key = lambda_runtime._worker_key(name, config, qualifier)
        has_turn = self._wait_for_idle(key)
        leased: Leased = _original_acquire(name, config, code, qualifier=qualifier, **options)
        starts = has_turn and leased[1] == "spawn"
        if has_turn and not starts:
            self._starts.started(key)
        self._here.key, self._here.starts = key, starts
        return leased

    def release(self, worker: Worker | None) -> None:
        """Give a worker back; None stands for one that has died."""
        _original_release(worker)
        end = self._starts.started if self._here.starts else self._starts.freed
        end(self._here.key)

    def _wait_for_idle(self, key: str) -> bool:
        """Wait until there is an idle worker, or a turn to start one, which is told."""
        if not _has_idle(key) and _count(key):
            free = self._starts.idle(key)
            if not _has_idle(key):
                _wait(free, HESITATION_S)
        while not _has_idle(key):
            waiting = self._starts.turn(key, existing=_count(key))
            if waiting is None:
                return True
            _wait(waiting, PATIENCE_S)
        return False


def _wait(waiting: Future[None], most_s: float) -> None:
    with contextlib.suppress(FutureTimeoutError):
        waiting.result(most_s)
    waiting.cancel()


def _has_idle(key: str) -> bool:
    with lambda_runtime._lock:
        return any(not worker.in_use for worker in lambda_runtime._workers.get(key, ()))


def _count(key: str) -> int:
    with lambda_runtime._lock:
        return len(lambda_runtime._workers.get(key, ()))
