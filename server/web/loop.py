"""Knows whether the event loop has something to do, so that who computes in another thread can give way to it.

Python runs one thread at a time, and one that computes asks for its turn again as soon as it has lost it: without this,
a page waits for the interpreter at each of its system calls while a calendar is being written.
"""

import asyncio
import selectors
import threading
from time import monotonic

PATIENCE_S = 0.005
"""How long one gives way at most: a loop that is never at rest must not keep calendar clients waiting for ever."""
TURN_S = 0.002
"""How long one computes after having waited in vain."""


class CourteousLoop(asyncio.SelectorEventLoop):
    """An event loop that other threads can give way to."""

    def __init__(self) -> None:
        self._watch = _Watch()
        super().__init__(self._watch)

    def give_way(self) -> None:
        """Return when the loop waits for the world, at once where it does; called between small pieces of a long work."""
        self._watch.give_way()


class _Watch(selectors.DefaultSelector):
    """A selector that knows whether somebody waits in it; what is waiting for no event is only a look, and no rest."""

    def __init__(self) -> None:
        super().__init__()
        self._is_busy = False
        self._resting = threading.Event()
        self._impatient_until = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            self._is_busy = True
            return super().select(timeout)
        self._is_busy = False
        if not self._resting.is_set():
            self._resting.set()
        try:
            return super().select(timeout)
        finally:
            self._is_busy = True

    def give_way(self) -> None:
        if not self._is_busy or monotonic() < self._impatient_until:
            return
        self._resting.clear()
        # Looked at once more: the loop may have come to rest before it could know that somebody waits.
        if self._came_to_rest():
            return
        if not self._resting.wait(PATIENCE_S):
            self._impatient_until = monotonic() + TURN_S

    def _came_to_rest(self) -> bool:
        return not self._is_busy
