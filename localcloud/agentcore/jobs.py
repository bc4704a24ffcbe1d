"""What goes on behind a 202: at most one piece of work a resource at a time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

INTERNAL_REASON: Final = "An internal error occurred"


class Jobs:
    """The background work of one kind of resource, by resource id."""

    def __init__(self, spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]) -> None:
        """Start work with `spawn`, such as `asyncio.create_task`.

        Work must not raise: whoever asked has had its reply, and nobody waits for the task. A bug
        is logged, and the resource's status tells of it with INTERNAL_REASON.
        """
        self._spawn = spawn
        self._running: dict[str, asyncio.Task[None]] = {}

    def start(self, resource_id: str, job: Coroutine[Any, Any, None]) -> None:
        """Do this instead of what was begun for the resource."""
        if begun := self._running.pop(resource_id, None):
            begun.cancel()
        task = self._spawn(job)
        self._running[resource_id] = task
        task.add_done_callback(lambda done: self._forget(resource_id, done))

    def busy(self, resource_id: str) -> bool:
        """Tell whether something goes on for the resource."""
        task = self._running.get(resource_id)
        return task is not None and not task.done()

    async def settle(self) -> None:
        """Wait until nothing goes on."""
        while going := [task for task in self._running.values() if not task.done()]:
            await asyncio.wait(going)

    def _forget(self, resource_id: str, done: asyncio.Task[None]) -> None:
        if self._running.get(resource_id) is done:
            del self._running[resource_id]
