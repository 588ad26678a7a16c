"""Work that outlives the request that asked for it, as asyncio tasks of the application."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

from server.domain.errors import SchedulingError, Unavailable

T = TypeVar("T")

_log = logging.getLogger(__name__)


class ApplicationTasks:
    """Runs each piece of work once, however many callers share it or leave."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[object]] = {}
        self._callers: dict[str, int] = {}
        self._turns: dict[str, list[asyncio.Future[None]]] = {}
        self._closed = False

    async def run(self, key: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run `work` to its end and return its result; a second call with a running `key` shares that result.

        An exception of `work` reaches every caller that still waits. After `close` raises Unavailable.
        """
        task = self._running.get(key) or self._start(key, work)
        self._callers[key] += 1
        try:
            # Sound as long as equal keys mean equal work, which is what a key is for.
            return cast(T, await asyncio.shield(task))
        finally:
            if key in self._callers:
                self._callers[key] -= 1

    def start(self, key: str, work: Callable[[], Awaitable[object]]) -> None:
        """Begin work that nobody waits for; do nothing while the key is running, or after `close`."""
        if key not in self._running and not self._closed:
            self._start(key, work)

    async def turn(self, key: str, work: Callable[[], Awaitable[T]]) -> T:
        """Do `work` when all work that asked for a turn with this key before is done, and return its result."""
        line = self._turns.setdefault(key, [])
        own: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(own)
        try:
            if len(line) > 1:
                await own
            return await work()
        finally:
            was_first = line[0] is own
            line.remove(own)
            if not line:
                self._turns.pop(key, None)
            elif was_first and not line[0].done():
                line[0].set_result(None)

    def holds(self, key: str) -> bool:
        """Tell whether work with this key is running now."""
        return key in self._running

    async def compute(self, work: Callable[[], T]) -> T:
        """Return what `work` computes, in a thread: the event loop answers meanwhile."""
        return await asyncio.to_thread(work)

    async def close(self) -> None:
        """Refuse new work and wait for what is running."""
        self._closed = True
        while self._running:
            await asyncio.wait(self._running.values())

    def _start(self, key: str, work: Callable[[], Awaitable[object]]) -> asyncio.Task[object]:
        if self._closed:
            raise Unavailable("Daybook is shutting down. Please try again in a minute.")
        task = asyncio.create_task(_finish(work))
        self._running[key] = task
        self._callers[key] = 0
        task.add_done_callback(lambda done: self._ended(key, done))
        return task

    def _ended(self, key: str, task: asyncio.Task[object]) -> None:
        del self._running[key]
        abandoned = self._callers.pop(key) == 0
        error = None if task.cancelled() else task.exception()
        # A refusal has no reader any more; anything else would vanish with its callers.
        if abandoned and error is not None and not isinstance(error, SchedulingError):
            _log.error("work failed after its callers had gone", exc_info=error)


async def _finish(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
