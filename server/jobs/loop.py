"""The one loop that all jobs share: run, report, wait, again. A job that fails is logged and tried at its next turn."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Work to be done every `every_s` seconds; `bell` waits for at most so long and returns early when rung."""

    name: str
    every_s: float
    work: Callable[[], Awaitable[object]]
    bell: Callable[[float], Awaitable[object]] = asyncio.sleep


async def repeat(job: Job) -> None:
    """Run `job` for ever; its first turn is at once."""
    while True:
        await turn(job)
        await job.bell(job.every_s)


async def turn(job: Job) -> None:
    """Run `job` once; whatever it raises is logged, so that one bad booking does not stop the rest of the product."""
    try:
        await job.work()
    except Exception:
        log.exception("job failed", extra={"job": job.name})
