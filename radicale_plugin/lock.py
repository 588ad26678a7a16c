"""Knows how threads take turns at the storage: many readers or one writer, first come, first served.

It refuses to know what is read or written, and other processes: one process owns the data directory.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["r", "w"]


class LockUpgradeError(RuntimeError):
    """A thread that only reads asked to write; letting it wait would make it wait for itself."""


@dataclass(eq=False, slots=True)
class _Waiter:
    mode: Mode
    turn: threading.Event = field(default_factory=threading.Event)


class _Held(threading.local):
    mode: Mode | None = None
    depth: int = 0


class FairLock:
    """A readers-writer lock that queues in order of arrival and may be taken again by the thread that holds it.

    A nested read always passes, a nested write only inside a write. As nobody overtakes a waiting writer,
    readers that come one after the other cannot keep it waiting for ever.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[_Waiter] = deque()
        self._readers = 0
        self._writing = False
        self._held = _Held()

    @property
    def locked(self) -> str:
        """Return "w", "r" or "": what some thread holds now (Radicale asks before it trusts its caches)."""
        if self._writing:
            return "w"
        return "r" if self._readers else ""

    @property
    def mine(self) -> Mode | None:
        """Return what the calling thread holds."""
        return self._held.mode

    @contextmanager
    def acquire(self, mode: Mode) -> Iterator[None]:
        """Hold the lock for the block; raises LockUpgradeError for a write inside a read."""
        if mode not in ("r", "w"):
            raise ValueError(f"unknown mode: {mode!r}")
        held = self._held
        if held.mode == "r" and mode == "w":
            raise LockUpgradeError("a reader cannot become a writer")
        if held.mode is None:
            self._enter(mode)
            held.mode = mode
        held.depth += 1
        try:
            yield
        finally:
            held.depth -= 1
            if held.depth == 0:
                leaving, held.mode = held.mode, None
                self._leave(leaving)

    def _enter(self, mode: Mode) -> None:
        with self._mutex:
            if not self._waiting and self._is_free_for(mode):
                self._admit(mode)
                return
            waiter = _Waiter(mode)
            self._waiting.append(waiter)
        waiter.turn.wait()

    def _leave(self, mode: Mode | None) -> None:
        with self._mutex:
            if mode == "w":
                self._writing = False
            else:
                self._readers -= 1
            while self._waiting and self._is_free_for(self._waiting[0].mode):
                waiter = self._waiting.popleft()
                self._admit(waiter.mode)
                waiter.turn.set()

    def _is_free_for(self, mode: Mode) -> bool:
        return not self._writing and (mode == "r" or not self._readers)

    def _admit(self, mode: Mode) -> None:
        if mode == "w":
            self._writing = True
        else:
            self._readers += 1
