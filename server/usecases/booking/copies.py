"""A booking with several hosts stands in a calendar of each: the organizer's is the truth, the others are copies of it (C22)."""

from collections.abc import Mapping, Sequence

from server.domain.booking import Booking
from server.domain.errors import NotFound
from server.domain.host import Host
from server.domain.identity import Home, Href, calendar_path
from server.ical import vevent
from server.ports import (
    BookingRecord,
    Busy,
    CalendarChange,
    EtagMismatch,
    Full,
    ObjectWrite,
    Ports,
    StoredObject,
)
from server.usecases.booking import look
from server.usecases.booking.look import Looked


def writes(
    booking: Booking, host: Host, others: Sequence[Host], copies: Mapping[Home, StoredObject]
) -> list[ObjectWrite]:
    """Return what makes the copies say what `booking` says: one with each of `others` while it may take place, else none."""
    shown = booking.is_active and not booking.is_hidden and not booking.is_test
    found = []
    for other in others:
        copy = copies.get(other.home)
        if shown:
            found.append(_write(booking, other, (host, *others), copy))
        elif copy is not None:
            found.append(ObjectWrite(copy.calendar, copy.href, copy.etag, None))
    return found


def _write(booking: Booking, other: Host, hosts: Sequence[Host], copy: StoredObject | None) -> ObjectWrite:
    if copy is None:
        text = vevent.stored(booking, other, hosts)
        place = calendar_path(other.home, other.receiving)
        return ObjectWrite(place, Href(f"{booking.uid}.ics"), None, text)
    return ObjectWrite(copy.calendar, copy.href, copy.etag, vevent.revised(copy.text, booking, other, hosts))


async def heed(ports: Ports, change: CalendarChange) -> bool:
    """Put the copies right after a write that was not ours; False means: not yet, ask again."""
    if change.intent is not None or change.uid is None:
        return True
    record = await ports.ledger.booking_by_uid(change.uid)
    return record is None or await mend(ports, record)


async def mend_all(ports: Ports) -> int:
    """Put the copies of every booking right that has several hosts, or had another; return how many of these there are."""
    known = await ports.ledger.bookings(active_only=True)
    joint = [record for record in known if record.co_hosts or record.handed_on]
    for record in joint:
        await mend(ports, record)
    return len(joint)


async def mend(ports: Ports, record: BookingRecord) -> bool:
    """Put back what a co-host's client changed, removed or kept; False when something else changed it meanwhile.

    What a former host's client put back is removed: a program that was away, or an undone move, knows no better.
    Nothing is done about a booking that the organizer's client removed: what becomes of it is not decided yet.
    """
    try:
        looked = await look.by_record(ports, record)
    except NotFound:
        return True
    if looked.is_missing or not (looked.co_hosts or record.handed_on):
        return True
    wrong = [
        one
        for one in writes(looked.booking, looked.host, looked.co_hosts, looked.copies)
        if not _is_right(one, looked.booking, looked.copies)
    ]
    wrong += await _strays(ports, looked)
    if not wrong:
        return True
    staged = await ports.calendars.stage(record.home, wrong)
    try:
        await ports.calendars.swap(record.home, ports.ids.secret(), staged, ())
    except (EtagMismatch, Busy, Full):
        await ports.calendars.discard(record.home, staged)
        return False
    return True


async def _strays(ports: Ports, looked: Looked) -> list[ObjectWrite]:
    """Return what removes the booking from the calendars of hosts who held it before."""
    record = looked.record
    if not record.handed_on:
        return []
    former = {entry.home for entry in await ports.ledger.trail(record.id)} - {*looked.booking.homes, Home("")}
    found = []
    for home in sorted(former):
        place = ports.calendars.find(home, record.uid)
        stored = None if place is None else await ports.calendars.get(place[0], place[1])
        if stored is not None and look.booking_in(stored, record) is not None:
            found.append(ObjectWrite(stored.calendar, stored.href, stored.etag, None))
    return found


def _is_right(wish: ObjectWrite, booking: Booking, copies: Mapping[Home, StoredObject]) -> bool:
    """Tell whether a copy means what the booking means; how it is worded is up to whose it is."""
    copy = next(
        (one for one in copies.values() if (one.calendar, one.href) == (wish.calendar, wish.href)), None
    )
    shown = None if copy is None or wish.text is None else vevent.read(copy.text, copy.calendar)
    return shown is not None and _meaning(shown) == _meaning(booking)


def _meaning(booking: Booking) -> tuple[object, ...]:
    people = {(one.number, one.email) for one in booking.attendees}
    meetings = tuple(sorted(one.span for one in booking.meetings))
    return booking.id, meetings, booking.status, booking.revision, booking.location, people
