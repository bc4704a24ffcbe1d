"""How many environments of a function start at a time.

On AWS each request that finds no idle environment gets a new one, from as many machines as it
takes. Here a start takes a processor for a second, and while eighty start at once none of them is
ready: a burst that one warm environment could serve would bring the laptop down. So few start at a
time, and whoever finds none idle waits for one of those to come free, or for a turn to start one.

Whose function has environments, all of them at work, waits a moment before one more is started:
most work is done in less time than a start takes.

Who waits does so for as long as environments of the function come free. If none has for a while,
they may wait for each other: a function may call itself with the first event of its first
environment. Then one more is started.
"""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

SLOWLY_S: Final = 15.0
"""How long between two starts once there are enough: more would take processors from those at work,
and if they wait for something else, a few more help."""

HESITATION_S: Final = 0.5
"""How long the environments at work are given to come free: as long as a start takes."""

PATIENCE_S: Final = 10.0
"""How long nothing may come free; a start takes a second, and several on a busy laptop."""


class Starts:
    """Turns to start environments; safe to use from threads and from an event loop."""

    def __init__(
        self, at_once: int, enough: int, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Let `at_once` environments of a function start at a time, and after `enough` slowly."""
        self._at_once = at_once
        self._enough = enough
        self._last_s: dict[str, float] = {}
        self._now_s = now_s
        self._changed_s: dict[str, float] = {}
        self._lock = threading.Lock()
        self._starting: defaultdict[str, int] = defaultdict(int)
        self._waiting: defaultdict[str, deque[Future[None]]] = defaultdict(deque)

    def turn(self, key: str, *, existing: int) -> Future[None] | None:
        """Take a turn to start one for `key`, to be ended by `started`.

        Returns:
            None if it may start; else what is done once it is worth to look again.
        """
        with self._lock:
            if self._may_start(key, existing):
                self._starting[key] += 1
                self._last_s[key] = self._changed_s[key] = self._now_s()
                return None
            return self._wait(key)

    def idle(self, key: str) -> Future[None]:
        """Return what is done once an environment of `key` comes free, or a turn."""
        with self._lock:
            return self._wait(key)

    def _wait(self, key: str) -> Future[None]:
        waiting: Future[None] = Future()
        self._waiting[key].append(waiting)
        return waiting

    def _may_start(self, key: str, existing: int) -> bool:
        now_s = self._now_s()
        if key in self._changed_s and now_s - self._changed_s[key] > PATIENCE_S:
            return True
        soon = existing >= self._enough and now_s - self._last_s.get(key, 0) < SLOWLY_S
        return self._starting[key] < self._at_once and not soon

    def started(self, key: str) -> None:
        """End a turn: the environment has answered its first event, or never will."""
        with self._lock:
            self._starting[key] -= 1
        self.freed(key)

    def freed(self, key: str) -> None:
        """Tell one who waits that there is an idle environment, or a turn."""
        with self._lock:
            self._changed_s[key] = self._now_s()
            waiting = self._waiting[key]
            while waiting:
                one = waiting.popleft()
                if one.set_running_or_notify_cancel():  # or it has lost its patience
                    one.set_result(None)
                    break
