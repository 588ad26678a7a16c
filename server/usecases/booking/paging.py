"""Bookings page by page, for programs: newest first, filtered and put in order by the calendar index alone."""

import heapq
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.booking import Status
from server.domain.errors import Invalid, NotFound
from server.domain.identity import BookingId, EventTypeId, Home, Uid, home_of, is_superseded
from server.domain.intervals import Span
from server.domain.permissions import Acting, Permission, Role, authorise
from server.ports import BookingRecord, CalendarRow, Ports
from server.usecases.booking import look
from server.usecases.booking.allowed import may_see
from server.usecases.booking.look import Looked

VIEWS = ("upcoming", "past", "completed", "no_show")
"""What can be asked for beside the states of a booking: of what is confirmed, what is to come or over, and who came (C5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which bookings: with any of the `states`, of event types, that begin in `span`, with a host, with a person.

    `after` is the last booking of the page before; of those that follow, `offset` are passed over.
    """

    states: frozenset[str] = frozenset()
    event_types: frozenset[EventTypeId] = frozenset()
    span: Span | None = None
    host: Home | None = None
    person: str = ""
    after: BookingId | None = None
    offset: int = 0
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Page:
    """Some bookings, and whether more follow."""

    bookings: tuple[Looked, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """A booking that somebody may see, and where it stands."""

    record: BookingRecord
    row: CalendarRow


_Rows = Mapping[tuple[BookingId, Home, Uid], CalendarRow]


async def page(ports: Ports, acting: Acting, wanted: Wanted, now: datetime, *, is_test: bool) -> Page:
    """Return the bookings wanted of those that somebody may see; raises NotPermitted, or Invalid for an unknown `after`."""
    if acting.role is not Role.ADMIN:
        authorise(acting, Permission.VIEW, acting.home or Home(""), unknown=NotFound(look.UNKNOWN))
    rows, at = _rows(ports, acting, is_test=is_test), int(now.timestamp())

    async def known(ids: Collection[BookingId]) -> Sequence[_Known]:
        records = await ports.ledger.bookings_by_id(ids)
        places = ((record, _place(rows, record)) for record in records.values())
        return [
            _Known(record, row)
            for record, row in places
            if row is not None and may_see(record, acting, is_test=is_test)
        ]

    last = None
    if wanted.after is not None:
        last = next((_rank(one.row) for one in await known([wanted.after])), None)
        if last is None:
            raise Invalid("This page cannot be found.", {"starting_after": "is no booking of this list"})
    fits = (row for row in rows.values() if _is_wanted(row, wanted, at))
    many = wanted.offset + wanted.limit
    ranked = await _first(many + 1, [row for row in fits if last is None or _rank(row) > last], known)
    shown = [looked for one in ranked[wanted.offset : many] if (looked := await _looked(ports, one.record))]
    return Page(tuple(shown), len(ranked) > many)


async def _first(
    many: int, found: list[CalendarRow], known: Callable[[Collection[BookingId]], Awaitable[Sequence[_Known]]]
) -> Sequence[_Known]:
    """Return the first `many` of the rows found that are bookings somebody may see, with what the ledger knows of them."""
    heap = [(*_rank(row), at) for at, row in enumerate(found)]
    heapq.heapify(heap)
    got: list[_Known] = []
    size = many
    while heap and len(got) < many:
        block = [found[heapq.heappop(heap)[-1]] for _ in range(min(size, len(heap)))]
        size *= 2  # all but a few of the rows may say what is not so
        here = {one.row.shown.id: one for one in await known({row.shown.id for row in block})}
        got += [one for row in block if (one := here.get(row.shown.id)) is not None and one.row is row]
    return got[:many]


def _rank(row: CalendarRow) -> tuple[int, str]:
    return -row.shown.created_at, row.shown.id


def _rows(ports: Ports, acting: Acting, *, is_test: bool) -> _Rows:
    """Return what says in somebody's calendars, or their team's, that it is a booking: anybody may have written it there."""
    return {
        (row.shown.id, home, row.uid): row
        for home in _homes(ports, acting)
        for row in ports.calendars.rows(home, of_tests=is_test)
        if not is_superseded(row.uid) and (_is_visible(ports, acting, row) or _is_copy(acting, row))
    }


def _place(rows: _Rows, record: BookingRecord) -> CalendarRow | None:
    """Return where a booking stands: with its organizer, before the copies of its other hosts; with nobody else."""
    places = (rows.get((record.id, home, record.uid)) for home in (record.home, *record.co_hosts))
    return next((row for row in places if row is not None), None)


def _homes(ports: Ports, acting: Acting) -> Iterable[Home]:
    if acting.role is Role.ADMIN:
        return [host.home for host in ports.homes.hosts()]
    teams = [team for team in ports.homes.teams() if team.home in acting.team]
    members = {one.home: None for team in teams for one in team.members}
    return members | ({} if acting.home is None else {acting.home: None})


def _is_visible(ports: Ports, acting: Acting, row: CalendarRow) -> bool:
    home = home_of(row.calendar)
    if row.shown.home != home:
        return False
    if acting.role is Role.ADMIN or home == acting.home:
        return True
    kind = ports.homes.event_type_by_id(row.shown.event_type)
    return kind is not None and kind.home in acting.team


def _is_copy(acting: Acting, row: CalendarRow) -> bool:
    return home_of(row.calendar) == acting.home


def _is_wanted(row: CalendarRow, wanted: Wanted, at: int) -> bool:
    shown = row.shown
    return (
        (not wanted.states or any(_is(row, state, at) for state in wanted.states))
        and (not wanted.event_types or shown.event_type in wanted.event_types)
        and (wanted.span is None or any(wanted.span[0] <= start < wanted.span[1] for start in shown.starts))
        and (wanted.host is None or shown.home == wanted.host)
        and (not wanted.person or any(wanted.person == email.casefold() for _, email in shown.people))
    )


def _is(row: CalendarRow, state: str, at: int) -> bool:
    shown = row.shown
    if state not in VIEWS:
        return shown.status == state
    is_over = shown.ends <= at
    match state:
        case "upcoming":
            fits = not is_over
        case "past":
            fits = is_over
        case "completed":
            fits = is_over and not shown.no_show
        case _:
            fits = is_over and shown.no_show
    return fits and shown.status is Status.CONFIRMED


async def _looked(ports: Ports, record: BookingRecord) -> Looked | None:
    """Return the booking on record; None for what is gone meanwhile, and for what no host hears of yet."""
    looked = await look.by_record(ports, record)
    return None if looked.is_missing or looked.booking.awaiting_address else looked
