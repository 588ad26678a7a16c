"""The one loop that all jobs share: run, report, wait, again. A job that fails is logged and tried at its next turn."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from server.ports import Clock, JobRun, Jobs

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Work to be done every `every_s` seconds; `bell` waits for at most so long and returns early when rung."""

    name: str
    every_s: float
    work: Callable[[], Awaitable[object]]
    bell: Callable[[float], Awaitable[object]] = asyncio.sleep


async def repeat(job: Job, jobs: Jobs, clock: Clock) -> None:
    """Run `job` for ever and note each turn; the first is at once."""
    while True:
        run = JobRun(job.name, job.every_s, clock.now())
        jobs.note(run)
        error = await turn(job)
        jobs.note(replace(run, ended_at=clock.now(), error=error))
        await job.bell(job.every_s)


async def turn(job: Job) -> str | None:
    """Run `job` once and return the name of the fault that ended it, if one did.

    Whatever it raises is logged, so that one bad booking does not stop the rest of the product.
    """
    try:
        await job.work()
    except Exception as error:
        log.exception("job failed", extra={"job": job.name})
        return type(error).__name__
    return None
