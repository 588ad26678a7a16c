"""The loop of all jobs: it goes on after a fault, and remembers how each turn ended."""

import asyncio
from contextlib import suppress

from server.adapters.job_runs import JobRuns
from server.adapters.memory import memory_ports
from server.adapters.memory.clock import FixedClock
from server.jobs.deliver import EVERY_S
from server.jobs.loop import Job, repeat
from server.jobs.schedule import housekeeping
from tests.builders import NOW


async def turns(faults: list[Exception | None]) -> JobRuns:
    """Let a job have one turn for each of `faults`, and return what is remembered then."""
    clock, runs, left, done = FixedClock(NOW), JobRuns(), list(faults), asyncio.Event()

    async def work() -> None:
        clock.advance(seconds=2)
        fault = left.pop(0)
        if fault is not None:
            raise fault

    async def bell(_seconds: float) -> None:
        if not left:
            done.set()
            await asyncio.Event().wait()

    running = asyncio.create_task(repeat(Job("tidy", 30, work, bell), runs, clock))
    await done.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    return runs


async def test_the_latest_turn_is_remembered_with_its_times() -> None:
    (run,) = (await turns([None])).runs()
    assert (run.name, run.every_s, run.error) == ("tidy", 30, None)
    assert run.ended_at is not None
    assert (run.ended_at - run.began_at).total_seconds() == 2


async def test_a_fault_is_named_and_forgotten_after_a_good_turn() -> None:
    (failed,) = (await turns([ValueError("secret words")])).runs()
    assert failed.error == "ValueError"
    (mended,) = (await turns([ValueError(), None])).runs()
    assert mended.error is None


async def test_reminders_and_completions_are_looked_for_twice_a_minute() -> None:
    """C23: at most 60 s late, C5."""
    ports = memory_ports(NOW)
    jobs = {job.name: job.every_s for job in housekeeping(ports)}
    assert jobs["complete"] <= 30
    assert EVERY_S <= 30
