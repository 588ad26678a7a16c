"""How long a storage's lock is held, by a clock of one's choice, and what four clients do meanwhile."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from radicale_plugin.lock import FairLock, Mode
from radicale_plugin.storage import Storage

Held = dict[Mode, list[float]]


class TimedLock(FairLock):
    """A lock that keeps how long each outermost block held it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self.held: Held = {"r": [], "w": []}

    @contextmanager
    def acquire(self, mode: Mode) -> Iterator[None]:
        is_outermost = self.mine is None
        with super().acquire(mode):
            started = self._clock()
            try:
                yield
            finally:
                if is_outermost:
                    self.held[mode].append(self._clock() - started)


def held_under_load(
    storage: Storage,
    clock: Callable[[], float],
    reads: list[Callable[[], object]],
    write: Callable[[int], object],
    writes: int,
) -> Held:
    """Return how long the lock was held while each of `reads` was done again and again and as many `writes` beside them."""
    lock = TimedLock(clock)
    storage._turns = lock
    storage._lock = lock  # type: ignore[assignment]
    done = threading.Event()

    def read(one: Callable[[], object]) -> None:
        while not done.is_set():
            one()

    readers = [threading.Thread(target=read, args=(one,)) for one in reads]
    for reader in readers:
        reader.start()
    try:
        for number in range(writes):
            write(number)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    return lock.held


def share(held: list[float], of: float) -> float:
    """Return how long the lock was held at most in so many of all cases."""
    return sorted(held)[min(len(held) - 1, int(len(held) * of))]
