"""Which meetings of an event type with seats stand already, and what somebody who comes now finds there: read from memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from server.domain import seats
from server.domain.booking import Status
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.intervals import Span
from server.domain.seats import Spots
from server.ports import CalendarRow, Ports


def meetings(ports: Ports, host: Host, event_type: EventType, span: Span) -> Sequence[CalendarRow]:
    """Return the meetings that begin in `span` and may be joined, by start; none of an event type without seats."""
    if event_type.seats == 1:
        return ()
    found = ports.calendars.seated(host.home, event_type.id, span)
    return sorted(
        (row for row in found if row.shown.status is Status.CONFIRMED),
        key=lambda row: (row.shown.span[0], row.shown.id),
    )


def spots(
    ports: Ports, host: Host, event_type: EventType, span: Span, now: int | datetime
) -> Mapping[int, Spots]:
    """Return what somebody finds at each start in `span` where a meeting stands; every other free start has all seats."""
    at = now if isinstance(now, int) else int(now.timestamp())
    by_start: dict[int, Spots] = {}
    for row in meetings(ports, host, event_type, span):
        here, start = _spots(row, event_type, at), row.shown.span[0]
        if start not in by_start or _worth(here) > _worth(by_start[start]):
            by_start[start] = here
    return by_start


def joined(
    ports: Ports,
    host: Host,
    event_type: EventType,
    free: Sequence[int],
    span: Span,
    now: int,
    *,
    waits: bool,
) -> list[int]:
    """Return the `free` starts and those of meetings in `span` with a seat left, or where one can wait for one, if `waits`."""
    here = spots(ports, host, event_type, span, now)
    if not here:
        return list(free)
    wanted = {start for start, one in here.items() if one.free or (waits and one.places)}
    return sorted(wanted.union(start for start in free if start not in here))


def meeting_at(
    ports: Ports, host: Host, event_type: EventType, start: int, now: datetime
) -> CalendarRow | None:
    """Return the meeting that somebody joins who wants a start: of several the one that has most to offer."""
    found = meetings(ports, host, event_type, (start, start + 1))
    at = int(now.timestamp())
    return max(found, key=lambda row: _worth(_spots(row, event_type, at)), default=None)


def spots_at(ports: Ports, host: Host, event_type: EventType, start: int, now: int) -> Spots | None:
    """Return what somebody finds who wants a start, None where no meeting stands."""
    return spots(ports, host, event_type, (start, start + 1), now).get(start)


def _spots(row: CalendarRow, event_type: EventType, now: int) -> Spots:
    here = row.shown.seating
    assert here is not None
    held = sum(until > now for until in here.held)
    return seats.found(event_type.seats, here.taken + held, here.waits, event_type.waitlist_max)


def _worth(spots: Spots) -> tuple[int, int]:
    return spots.free, spots.places
