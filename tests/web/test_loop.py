"""Who computes in another thread gives way to the event loop, and is not kept waiting by it for ever."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from server.web.loop import CourteousLoop

SOON_S = 5.0


def giving_way(loop: CourteousLoop) -> threading.Event:
    """Return what is set when another thread has given way."""
    passed = threading.Event()

    def compute() -> None:
        loop.give_way()
        passed.set()

    threading.Thread(target=compute).start()
    return passed


@pytest.fixture
def loop() -> Iterator[CourteousLoop]:
    loop = CourteousLoop()
    yield loop
    loop.close()


def test_nobody_waits_for_a_loop_that_has_nothing_to_do(loop: CourteousLoop) -> None:
    async def rest() -> bool:
        return await asyncio.to_thread(giving_way(loop).wait, SOON_S)

    assert loop.run_until_complete(rest())


def test_who_gives_way_goes_on_when_the_loop_rests(
    loop: CourteousLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the loop is busy nobody passes, however long that takes."""
    monkeypatch.setattr("server.web.loop.PATIENCE_S", 60.0)
    asked, passed = threading.Event(), threading.Event()

    def compute() -> None:
        asked.set()
        loop.give_way()
        passed.set()

    async def work() -> tuple[bool, bool]:
        other = threading.Thread(target=compute)
        other.start()
        asked.wait(SOON_S)
        for _ in range(10):
            await asyncio.sleep(0)
        before = passed.is_set()
        return before, await asyncio.to_thread(passed.wait, SOON_S)

    assert loop.run_until_complete(work()) == (False, True)


def test_a_loop_that_never_rests_is_given_way_to_for_a_while_only(
    loop: CourteousLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.web.loop.PATIENCE_S", 0.001)

    async def work() -> bool:
        return giving_way(loop).wait(SOON_S)

    assert loop.run_until_complete(work())
