"""What tasks promise. They have always lived in memory, so there is one kind of them for tests and for service."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator

import pytest

from server.adapters.tasks import ApplicationTasks
from server.domain.errors import Conflict, Unavailable


@pytest.fixture
async def tasks() -> AsyncIterator[ApplicationTasks]:
    opened = ApplicationTasks()
    yield opened
    await opened.close()


class Work:
    """Work that begins, waits to be let go, and ends with `end`."""

    def __init__(self, end: str | Exception = "done") -> None:
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.times = 0
        self.ended = False
        self._end = end

    async def __call__(self) -> str:
        self.times += 1
        self.begun.set()
        await self.go_on.wait()
        self.ended = True
        if isinstance(self._end, Exception):
            raise self._end
        return self._end


async def start(tasks: ApplicationTasks, work: Work, key: str = "key") -> "asyncio.Task[str]":
    caller = asyncio.create_task(tasks.run(key, work))
    await work.begun.wait()
    return caller


async def leave(caller: "asyncio.Task[str]") -> None:
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller


async def test_work_is_run_and_its_result_returned(tasks: ApplicationTasks) -> None:
    work = Work()
    work.go_on.set()
    assert await tasks.run("key", work) == "done"


async def test_started_work_is_run_once_and_waited_for_by_nobody_but_the_end(tasks: ApplicationTasks) -> None:
    work = Work()
    tasks.start("key", work)
    tasks.start("key", work)
    await work.begun.wait()
    work.go_on.set()
    await tasks.close()
    assert (work.times, work.ended) == (1, True)


async def test_nothing_is_started_when_the_application_has_closed(tasks: ApplicationTasks) -> None:
    await tasks.close()
    work = Work()
    tasks.start("key", work)
    await asyncio.sleep(0)
    assert work.times == 0


async def test_two_calls_with_one_key_share_one_run(tasks: ApplicationTasks) -> None:
    work = Work()
    callers = [await start(tasks, work) for _ in range(2)]
    await asyncio.sleep(0)
    work.go_on.set()
    assert await asyncio.gather(*callers) == ["done", "done"]
    assert work.times == 1


async def test_calls_with_different_keys_run_side_by_side(tasks: ApplicationTasks) -> None:
    first, second = Work("first"), Work("second")
    callers = [await start(tasks, first, "a"), await start(tasks, second, "b")]
    first.go_on.set()
    second.go_on.set()
    assert await asyncio.gather(*callers) == ["first", "second"]


async def test_a_key_that_is_done_can_be_run_again(tasks: ApplicationTasks) -> None:
    work = Work()
    work.go_on.set()
    await tasks.run("key", work)
    await tasks.run("key", work)
    assert work.times == 2


async def test_others_are_answered_while_something_is_computed(tasks: ApplicationTasks) -> None:
    answered = threading.Event()
    computed = asyncio.create_task(tasks.compute(lambda: answered.wait(60)))
    await asyncio.sleep(0)
    answered.set()
    assert await computed


async def test_a_refusal_reaches_every_sharer(tasks: ApplicationTasks) -> None:
    work = Work(Conflict("taken"))
    callers = [await start(tasks, work) for _ in range(2)]
    await asyncio.sleep(0)
    work.go_on.set()
    assert [type(end) for end in await asyncio.gather(*callers, return_exceptions=True)] == [
        Conflict,
        Conflict,
    ]


async def test_a_caller_who_leaves_stops_nothing(tasks: ApplicationTasks) -> None:
    work = Work()
    leaver, stayer = await start(tasks, work), await start(tasks, work)
    await leave(leaver)
    work.go_on.set()
    assert await stayer == "done"


async def test_work_goes_on_when_everybody_has_left(tasks: ApplicationTasks) -> None:
    work = Work()
    await leave(await start(tasks, work))
    assert tasks.holds("key")
    work.go_on.set()
    await tasks.close()
    assert work.ended
    assert not tasks.holds("key")


async def test_a_key_is_held_while_its_work_runs_and_no_longer(tasks: ApplicationTasks) -> None:
    work = Work()
    caller = await start(tasks, work)
    assert (tasks.holds("key"), tasks.holds("other")) == (True, False)
    work.go_on.set()
    await caller
    assert not tasks.holds("key")


async def test_closing_waits_for_what_runs_and_refuses_what_is_new(tasks: ApplicationTasks) -> None:
    work = Work()
    caller = await start(tasks, work)
    closing = asyncio.create_task(tasks.close())
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await tasks.run("late", Work())
    assert not closing.done()
    work.go_on.set()
    await closing
    assert await caller == "done"


async def test_an_error_that_nobody_waits_for_is_logged(
    tasks: ApplicationTasks, caplog: pytest.LogCaptureFixture
) -> None:
    work = Work(ZeroDivisionError())
    await leave(await start(tasks, work))
    work.go_on.set()
    await tasks.close()
    assert [(one.levelno, one.exc_info is not None) for one in caplog.records] == [(logging.ERROR, True)]


async def test_a_refusal_that_nobody_waits_for_is_not_logged(
    tasks: ApplicationTasks, caplog: pytest.LogCaptureFixture
) -> None:
    work = Work(Conflict("taken"))
    await leave(await start(tasks, work))
    work.go_on.set()
    await tasks.close()
    assert caplog.records == []


async def test_who_asked_first_has_the_first_turn_and_a_fault_ends_only_its_own(
    tasks: ApplicationTasks,
) -> None:
    first, second, other = Work(ValueError("x")), Work(), Work()
    turns = [asyncio.create_task(tasks.turn("seat", one)) for one in (first, second)]
    beside = asyncio.create_task(tasks.turn("another", other))
    await first.begun.wait()
    await other.begun.wait()
    assert not second.begun.is_set()
    other.go_on.set()
    assert await beside == "done"
    first.go_on.set()
    await second.begun.wait()
    second.go_on.set()
    with pytest.raises(ValueError, match="x"):
        await turns[0]
    assert await turns[1] == "done"


async def test_who_goes_away_while_they_wait_keeps_nobody_waiting(tasks: ApplicationTasks) -> None:
    first, third = Work(), Work()
    turns = [asyncio.create_task(tasks.turn("seat", one)) for one in (first, Work(), third)]
    await first.begun.wait()
    turns[1].cancel()
    first.go_on.set()
    third.go_on.set()
    assert [await turns[0], await turns[2]] == ["done", "done"]
