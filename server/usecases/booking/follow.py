"""The host's calendar client moved, rewrote or removed a booking's object: claims follow at once."""

from datetime import datetime

from server.domain.booking import ACTIVE
from server.ports import BookingRecord, CalendarChange, Ports
from server.usecases.booking import look
from server.usecases.booking.claim import claims_of
from server.usecases.booking.remind import timetable

ATTEMPTS_MAX = 8


async def follow(ports: Ports, change: CalendarChange, now: datetime) -> bool:
    """Make the ledger agree with a write that was not ours; False means: not yet, ask again (see `reconcile`)."""
    if change.intent is not None or change.uid is None:
        return True
    record = await ports.ledger.booking_by_uid(change.uid)
    return record is None or await reconcile(ports, record, now)


async def reconcile(ports: Ports, record: BookingRecord, now: datetime) -> bool:
    """Make claim, place and etag of one live booking agree with its object; note since when an object is missing.

    What others wrote into calendar or ledger meanwhile is looked at again. Returns False when a change of the same booking
    is under way and this must be done again after it.
    """
    for _ in range(ATTEMPTS_MAX):
        if await _agree(ports, record, now):
            return True
        present = await ports.ledger.booking(record.id)
        if present is None or present == record:
            return False
        record = present
    return False


async def _agree(ports: Ports, record: BookingRecord, now: datetime) -> bool:
    """Do so once, by what `record` says; False when the ledger would not, as it says something else or not yet."""
    if record.status not in ACTIVE or record.stands_hidden:
        return True  # no client sees what has ended, or waits hidden
    place = ports.calendars.find(record.home, record.uid)
    if place is None:
        return record.missing_since is not None or await ports.ledger.follow(
            record, place=None, claims=(), missing_since=int(now.timestamp())
        )
    if place == (record.calendar, record.href, record.etag) and record.missing_since is None:
        return True
    stored = await ports.calendars.get(place[0], place[1])
    if stored is None:
        return True
    booking = look.booking_in(stored, record)
    claims = () if booking is None else claims_of(booking, by_guest=False)
    at = (stored.calendar, stored.href, stored.etag)
    when = None if booking is None else timetable(ports, booking, now)
    return await ports.ledger.follow(record, place=at, claims=claims, missing_since=None, timetable=when)


async def reconcile_all(ports: Ports, now: datetime) -> int:
    """Reconcile every live booking of every home; return how many there are."""
    records = await ports.ledger.bookings(active_only=True)
    for record in records:
        await reconcile(ports, record, now)
    return len(records)
