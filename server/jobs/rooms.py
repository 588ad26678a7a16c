"""Asks again for video rooms that could not be had at first."""

import logging

from server.jobs.loop import Job
from server.ports import Ports
from server.usecases.room.again import ask_again

log = logging.getLogger(__name__)

EVERY_S = 30


def rooms(ports: Ports) -> Job:
    """Return the job that asks for the rooms that bookings still wait for."""
    return Job("rooms", EVERY_S, lambda: ask_due(ports))


async def ask_due(ports: Ports) -> None:
    """Ask for every room that is due."""
    for asked in await ask_again(ports, ports.clock.now()):
        fields = {"booking": asked.wait.booking, "attempt": asked.wait.attempts + 1, "error": asked.error}
        log.log(logging.WARNING if asked.error else logging.INFO, "room asked for", extra=fields)
