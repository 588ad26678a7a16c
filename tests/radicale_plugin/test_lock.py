"""Threads take turns: nobody waits for himself, nobody overtakes, nobody starves."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from radicale_plugin.lock import FairLock, LockUpgradeError, Mode

SOON_S = 30.0
"""How long a test waits for what must happen."""
NOT_YET_S = 0.05
"""How long a test looks whether what must not happen does."""


class Holder:
    """A thread that takes the lock, says so, and holds it until told to let go."""

    def __init__(self, lock: FairLock, mode: Mode, *, inside: Callable[[], object] = lambda: None) -> None:
        self.holds = threading.Event()
        self.done = threading.Event()
        self._go = threading.Event()
        self._lock, self._mode, self._inside = lock, mode, inside
        threading.Thread(target=self._run, daemon=True).start()

    def let_go(self) -> None:
        self._go.set()
        assert self.done.wait(SOON_S)

    def _run(self) -> None:
        with self._lock.acquire(self._mode):
            self.holds.set()
            self._go.wait(SOON_S)
            self._inside()
        self.done.set()


def holder(lock: FairLock, mode: Mode) -> Holder:
    found = Holder(lock, mode)
    assert found.holds.wait(SOON_S)
    return found


def queued(lock: FairLock, mode: Mode) -> Holder:
    """Return one that stands in line, behind all that do already."""
    before, found = len(lock._waiting), Holder(lock, mode)
    until = time.monotonic() + SOON_S
    while len(lock._waiting) == before and time.monotonic() < until:
        time.sleep(0.001)
    assert len(lock._waiting) == before + 1
    return found


def test_readers_read_together() -> None:
    lock = FairLock()
    one, other = holder(lock, "r"), holder(lock, "r")
    assert lock.locked == "r"
    one.let_go()
    other.let_go()
    assert lock.locked == ""


def test_a_writer_is_alone() -> None:
    lock = FairLock()
    writer = holder(lock, "w")
    others = [queued(lock, "r"), queued(lock, "w")]
    assert not any(other.holds.wait(NOT_YET_S) for other in others)
    writer.let_go()
    for other in others:
        assert other.holds.wait(SOON_S)
        other.let_go()


def test_a_nested_read_returns_while_a_writer_waits() -> None:
    lock = FairLock()
    nested = threading.Event()

    def read_again() -> None:
        with lock.acquire("r"):
            nested.set()

    reader = Holder(lock, "r", inside=read_again)
    assert reader.holds.wait(SOON_S)
    writer = queued(lock, "w")
    assert not writer.holds.wait(NOT_YET_S)
    reader.let_go()
    assert nested.is_set()
    assert writer.holds.wait(SOON_S)
    writer.let_go()


def test_a_writer_may_read_and_write_again() -> None:
    lock = FairLock()
    seen = [lock.mine]
    with lock.acquire("w"), lock.acquire("r"), lock.acquire("w"):
        seen.append(lock.mine)
    assert [*seen, lock.mine] == [None, "w", None]
    assert lock.locked == ""


def test_a_reader_that_wants_to_write_is_told_so_instead_of_waiting_for_itself() -> None:
    lock = FairLock()
    with lock.acquire("r"):
        with pytest.raises(LockUpgradeError), lock.acquire("w"):
            pass
        assert lock.mine == "r"


def test_a_reader_that_comes_after_a_waiting_writer_waits_too() -> None:
    lock = FairLock()
    early = holder(lock, "r")
    writer = queued(lock, "w")
    assert not writer.holds.wait(NOT_YET_S)
    late = queued(lock, "r")
    assert not late.holds.wait(NOT_YET_S)
    early.let_go()
    assert writer.holds.wait(SOON_S)
    assert not late.holds.wait(NOT_YET_S)
    writer.let_go()
    assert late.holds.wait(SOON_S)
    late.let_go()


def test_readers_that_come_one_after_the_other_do_not_starve_a_writer() -> None:
    lock, stop = FairLock(), threading.Event()

    def read_on_and_on() -> None:
        while not stop.is_set():
            with lock.acquire("r"):
                stop.wait(0.002)

    readers = [threading.Thread(target=read_on_and_on) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        writers = [Holder(lock, "w") for _ in range(5)]
        for writer in writers:
            writer._go.set()
        for writer in writers:
            assert writer.done.wait(SOON_S)
    finally:
        stop.set()
        for reader in readers:
            reader.join()


def test_the_lock_is_free_after_an_error_inside() -> None:
    lock = FairLock()

    def fail(held: AbstractContextManager[None]) -> None:
        with held:
            raise OSError("the disk is gone")

    for _ in range(2):
        with pytest.raises(OSError, match="gone"):
            fail(lock.acquire("w"))
    assert lock.locked == ""


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown mode"), FairLock().acquire("x"):  # type: ignore[arg-type]
        pass
