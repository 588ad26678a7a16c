"""Bookings page by page, for programs: newest first, filtered and put in order by the calendar index alone."""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from server.domain.booking import Status
from server.domain.errors import Invalid, NotFound
from server.domain.identity import BookingId, EventTypeId, Home, home_of, is_superseded
from server.domain.intervals import Span
from server.domain.permissions import Acting, Permission, Role, authorise
from server.ports import CalendarRow, Ports
from server.usecases.booking import look
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


async def page(ports: Ports, acting: Acting, wanted: Wanted, now: datetime, *, is_test: bool) -> Page:
    """Return the bookings wanted of those that somebody may see; raises NotPermitted, or Invalid for an unknown `after`."""
    if acting.role is not Role.ADMIN:
        authorise(acting, Permission.VIEW, acting.home or Home(""), unknown=NotFound(look.UNKNOWN))
    visible, at = _visible(ports, acting, is_test=is_test), int(now.timestamp())
    last = None if wanted.after is None else visible.get(wanted.after)
    if wanted.after is not None and last is None:
        raise Invalid("This page cannot be found.", {"starting_after": "is no booking of this list"})
    found = [
        row
        for row in visible.values()
        if _is_wanted(row, wanted, at) and (last is None or _rank(row) > _rank(last))
    ]
    many = wanted.offset + wanted.limit
    ranked = heapq.nsmallest(many + 1, found, key=_rank)
    shown = [looked for row in ranked[wanted.offset : many] if (looked := await _looked(ports, row))]
    return Page(tuple(shown), len(ranked) > many)


def _rank(row: CalendarRow) -> tuple[int, str]:
    return -row.shown.created_at, row.shown.id


def _visible(ports: Ports, acting: Acting, *, is_test: bool) -> Mapping[BookingId, CalendarRow]:
    """Return what somebody may see, each booking once: where it stands with its organizer, before the copies of others."""
    found: dict[BookingId, CalendarRow] = {}
    for home in _homes(ports, acting):
        for row in ports.calendars.rows(home, of_tests=is_test):
            is_first = row.shown.home == home
            if is_superseded(row.uid) or not (_is_visible(ports, acting, row) or _is_copy(acting, row)):
                continue
            if is_first or row.shown.id not in found:
                found[row.shown.id] = row
    return found


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


async def _looked(ports: Ports, row: CalendarRow) -> Looked | None:
    """Return the booking of a row; None for what only says that it is one, and for what no host hears of yet."""
    record = await ports.ledger.booking(row.shown.id)
    if record is None or record.uid != row.uid:
        return None
    looked = await look.by_record(ports, record)
    return None if looked.is_missing or looked.booking.awaiting_address else looked
