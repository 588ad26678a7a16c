"""Hears every write to a calendar and lets bookings follow those that are not our own."""

import asyncio
from functools import partial

from server.jobs.loop import Job, turn
from server.ports import CalendarChange, Ports
from server.usecases.booking import accept

RETRY_S = 0.2
ATTEMPTS_MAX = 50
"""Ten seconds in all; what is not settled by then, recovery and reconciling will find."""


class Follower:
    """A queue between the storage's threads and the use case.

    Following looks at what stands in the calendar now, so the order of writes does not matter: a booking that Daybook is
    changing at this moment goes to the end of the queue and keeps nobody waiting.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._loop = asyncio.get_running_loop()
        self._heard: asyncio.Queue[tuple[CalendarChange, int]] = asyncio.Queue()
        ports.calendars.subscribe(self._hear)

    async def run(self) -> None:
        """Follow changes for ever."""
        while True:
            change, attempts = await self._heard.get()
            await turn(Job("follow", 0, partial(self._follow, change, attempts)))

    def _hear(self, change: CalendarChange) -> None:
        if change.intent is None and change.uid is not None:
            self._loop.call_soon_threadsafe(self._heard.put_nowait, (change, ATTEMPTS_MAX))

    async def _follow(self, change: CalendarChange, attempts: int) -> None:
        followed = await accept.heed(self._ports, change, self._ports.clock.now())
        if not followed and attempts > 1:
            self._loop.call_later(RETRY_S, self._heard.put_nowait, (change, attempts - 1))
