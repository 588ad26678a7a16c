"""Take objects into a calendar, and hand a calendar out."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.errors import NotFound
from server.domain.identity import CalendarPath, Uid, calendar_path
from server.ports import HandedOut, Outcome, Ports, TakenIn
from server.usecases.host.find import find

HANDED_BYTES = 1_000_000
"""How much is handed out at once, before the object that goes beyond it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A calendar of a host with the number of its objects, and whether bookings are written to it."""

    name: str
    objects: int
    receives: bool


async def listed(ports: Ports, home: str) -> Sequence[Listed]:
    """Return the calendars of a host that clients see, by name; raises NotFound."""
    host = find(ports, home)
    names = sorted(ports.calendars.names(host.home))
    totals = [
        (await ports.transfers.hand_out(calendar_path(host.home, name), None, 0)).total for name in names
    ]
    return [Listed(name, total, name == host.receiving) for name, total in zip(names, totals, strict=True)]


async def take_in(
    ports: Ports, home: str, name: str | None, objects: Sequence[tuple[str, str]]
) -> Sequence[TakenIn]:
    """Store objects, given as UID and text, in a calendar of a host, one after the other; raises NotFound."""
    calendar = _calendar(ports, home, name)
    return [await _take_in(ports, calendar, uid, text) for uid, text in objects]


async def hand_out(ports: Ports, home: str, name: str | None, after: str | None) -> HandedOut:
    """Return the next objects of a calendar of a host; raises NotFound."""
    return await ports.transfers.hand_out(_calendar(ports, home, name), after, HANDED_BYTES)


async def _take_in(ports: Ports, calendar: CalendarPath, uid: str, text: str) -> TakenIn:
    if not uid:
        return TakenIn(Outcome.REFUSED, "it has no UID")
    return await ports.transfers.take_in(calendar, Uid(uid), text)


def _calendar(ports: Ports, home: str, name: str | None) -> CalendarPath:
    """Return the calendar that is named, the one that gets the bookings where none is."""
    host = find(ports, home)
    wanted = name or host.receiving
    names = sorted(ports.calendars.names(host.home))
    if wanted not in names:
        raise NotFound(f"There is no calendar {home}/{wanted}: {home} has {', '.join(names)}.")
    return calendar_path(host.home, wanted)
