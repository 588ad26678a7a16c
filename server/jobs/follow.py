"""Hears every write to a calendar and lets bookings follow those that are not our own."""

import asyncio
import logging

from server.ports import CalendarChange, Ports
from server.usecases.booking import follow

log = logging.getLogger(__name__)

RETRY_S = 0.2
ATTEMPTS_MAX = 50


class Follower:
    """A queue between the storage's threads and the use case; `run` empties it, in the order of the writes."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._loop = asyncio.get_running_loop()
        self._changes: asyncio.Queue[CalendarChange] = asyncio.Queue()
        ports.calendars.subscribe(self._hear)

    async def run(self) -> None:
        """Follow changes for ever."""
        while True:
            change = await self._changes.get()
            try:
                await self._follow(change)
            except Exception:
                log.exception("a calendar change was not followed", extra={"calendar": change.calendar})
            finally:
                self._changes.task_done()

    async def drain(self) -> None:
        """Wait until every change that was heard is followed."""
        await self._changes.join()

    def _hear(self, change: CalendarChange) -> None:
        if change.intent is None and change.uid is not None:
            self._loop.call_soon_threadsafe(self._changes.put_nowait, change)

    async def _follow(self, change: CalendarChange) -> None:
        """Follow one change; while Daybook itself is changing the same booking, wait for that to settle."""
        for _ in range(ATTEMPTS_MAX):
            if await follow.follow(self._ports, change, self._ports.clock.now()):
                return
            await asyncio.sleep(RETRY_S)
