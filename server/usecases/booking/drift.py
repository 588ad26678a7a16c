"""Which live bookings no longer stand in the calendar as their guests were told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.ical import vevent
from server.ports import BookingRecord, Ports


class Drift(StrEnum):
    """What a calendar client did to a booking's object."""

    REMOVED = "removed"
    MOVED = "moved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Drifted:
    """A booking that the host's calendar client changed; `start` is what the calendar says now."""

    record: BookingRecord
    drift: Drift
    start: datetime | None = None
    told: datetime | None = None


async def drifted(ports: Ports, now: datetime) -> list[Drifted]:
    """Return the bookings that are not over and whose time, or whose very object, a client changed."""
    found = []
    for record in await ports.ledger.bookings(active_only=True):
        one = await _drift(ports, record, now)
        if one is not None:
            found.append(one)
    return found


async def _drift(ports: Ports, record: BookingRecord, now: datetime) -> Drifted | None:
    if record.stands_hidden:
        return None  # while it waits, or is a test
    place = ports.calendars.find(record.home, record.uid)
    stored = None if place is None else await ports.calendars.get(place[0], place[1])
    if stored is None:
        return Drifted(record, Drift.REMOVED)
    booking = vevent.read(stored.text, stored.calendar)
    written = vevent.last_written(stored.text, stored.calendar)
    if booking is None or written is None:
        return Drifted(record, Drift.REMOVED)
    if max(booking.over_at, written.over_at) <= now:
        return None
    if not booking.is_active:
        return Drifted(record, Drift.CANCELLED, booking.start, written.start)
    shown, told = ([one.span for one in seen.meetings] for seen in (booking, written))
    return None if shown == told else Drifted(record, Drift.MOVED, booking.start, written.start)
