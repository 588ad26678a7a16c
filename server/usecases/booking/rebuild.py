"""The ledger again from the homes alone: each booking's life is told to an empty ledger through the doors it came by.

What stands in the calendars says what a booking is; earlier revisions in the history say how it came so. What no home
knows is not made up: passwords, mails that waited, links that were replaced by hand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from server.domain import seats
from server.domain.booking import Booking, Status
from server.domain.errors import Conflict
from server.domain.identity import HISTORY, BookingId, Home, Uid, calendar_path, home_of, is_superseded
from server.domain.invites import InviteUse
from server.domain.retold import action_between, actor_of, waits_for_room
from server.ical import vevent
from server.ports import CalendarRow, Claim, Intent, Ports, Settlement, Taken
from server.usecases.booking import remind
from server.usecases.booking.claim import claims_of
from server.usecases.booking.commit import brought, concern

ENDLESS = 2**40


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was brought back, and what could not be.

    `removed` counts bookings of which calendar programs left nothing but earlier revisions, `copies` objects that say they
    are a booking which stands elsewhere, `renumbered` bookings whose number was taken.
    """

    bookings: int
    active: int
    removed: int
    copies: int
    renumbered: int


@dataclass(frozen=True, slots=True)
class _Found:
    """One object of a booking: as Daybook last wrote it, and as the calendar shows it."""

    row: CalendarRow
    written: Booking
    shown: Booking

    @property
    def is_superseded(self) -> bool:
        return is_superseded(self.row.uid)

    @property
    def is_history(self) -> bool:
        """Tell whether it stands where no calendar client writes."""
        return self.row.calendar == calendar_path(home_of(self.row.calendar), HISTORY)

    @property
    def is_moved(self) -> bool:
        return [one.span for one in self.shown.meetings] != [one.span for one in self.written.meetings]


@dataclass(frozen=True, slots=True)
class _Life:
    """A booking that is to be known again: what it is, and what it was before, oldest first."""

    present: _Found
    earlier: tuple[Booking, ...]
    number: int
    co_hosts: tuple[Home, ...]

    @property
    def places(self) -> tuple[Home, ...]:
        """Return the homes in which it stands: with each of its hosts while it may take place."""
        return (self.present.written.home, *(self.co_hosts if self.present.written.is_active else ()))


async def rebuild(ports: Ports, now: datetime) -> Rebuilt:
    """Fill an empty ledger from the homes; raises Conflict when it is not empty or a home cannot be read whole."""
    if await ports.ledger.bookings():
        raise Conflict("The ledger knows bookings already: only an empty one is filled from the homes.")
    if ports.homes.faults:
        faults = "; ".join(map(str, ports.homes.faults))
        raise Conflict(
            f"Not every home can be read, and what is in it would be lost from the ledger: {faults}"
        )
    found = [one for row in _rows(ports) if (one := await _read(ports, row)) is not None]
    lives, removed = _lives(ports, found)
    for life in lives:
        await _tell(ports, life, now)
    await ports.ledger.prune(int(now.timestamp()))
    return Rebuilt(
        bookings=len(lives),
        active=sum(life.present.written.is_active for life in lives),
        removed=removed,
        copies=sum(not one.is_superseded for one in found) - sum(len(life.places) for life in lives),
        renumbered=sum(life.number != life.present.written.number for life in lives),
    )


def _rows(ports: Ports) -> Iterable[CalendarRow]:
    return (
        row
        for host in ports.homes.hosts()
        for of_tests in (False, True)
        for row in ports.calendars.rows(host.home, of_tests=of_tests)
    )


async def _read(ports: Ports, row: CalendarRow) -> _Found | None:
    stored = await ports.calendars.get(row.calendar, row.href)
    written = vevent.last_written(stored.text, stored.calendar) if stored else None
    shown = vevent.read(stored.text, stored.calendar) if stored else None
    return None if written is None or shown is None else _Found(row, written, shown)


def _lives(ports: Ports, found: Sequence[_Found]) -> tuple[Sequence[_Life], int]:
    """Return the lives that can be told, those first whose time a guest chose; and how many have lost their end."""
    groups: dict[BookingId, list[_Found]] = {}
    for one in found:
        groups.setdefault(one.written.id, []).append(one)
    ends = {id_: end for id_, group in groups.items() if (end := _end(ports, group)) is not None}
    uids: set[Uid] = set()
    numbers: set[int] = set()
    free = count(1 + max((end.written.number for end in ends.values()), default=0))
    lives = []
    for id_, end in sorted(
        ends.items(), key=lambda item: (item[1].is_moved, item[1].written.number, item[0])
    ):
        if end.written.uid not in uids:
            number = next(free) if end.written.number in numbers else end.written.number
            lives.append(_Life(end, _earlier(groups[id_], end), number, _co_hosts(groups[id_], end)))
            uids.add(end.written.uid)
            numbers.add(number)
    lost = sum(all(one.is_superseded for one in group) for group in groups.values())
    return lives, lost


def _end(ports: Ports, group: Sequence[_Found]) -> _Found | None:
    """Return the object that the booking is now: the highest revision, in the home that it was made for.

    Clients copy objects, into other homes too, and one that was away puts back what has since been cancelled.
    """

    def rank(one: _Found) -> tuple[int, bool, str]:
        place = ports.calendars.find(one.written.home, one.written.uid)
        is_first = place is not None and place[:2] == (one.row.calendar, one.row.href)
        return one.written.revision, is_first, one.row.calendar

    candidates = [one for one in group if not one.is_superseded and _may_be_at_home(ports, one)]
    # Who was let go from a team keeps what they once held; who was never part of it can say so all the same.
    of_members = [one for one in candidates if _is_with_a_member(ports, one)]
    return max(of_members or candidates, key=rank, default=None)


def _may_be_at_home(ports: Ports, one: _Found) -> bool:
    kind = ports.homes.event_type_by_id(one.written.event_type_id)
    is_home = kind is None or kind.home == (one.written.team or one.written.home)
    return is_home and home_of(one.row.calendar) == one.written.home


def _is_with_a_member(ports: Ports, one: _Found) -> bool:
    team = None if one.written.team is None else ports.homes.team(one.written.team)
    return team is None or team.member(one.written.home) is not None


def _co_hosts(group: Sequence[_Found], end: _Found) -> tuple[Home, ...]:
    """Return the hosts beside the organizer, as far as a copy stands with them: a name alone may be anybody's invention."""
    homes = {home_of(one.row.calendar) for one in group if not one.is_superseded}
    return tuple(
        home
        for home in end.written.co_hosts
        if home in homes or end.written.is_hidden or not end.written.is_active
    )


def _earlier(group: Sequence[_Found], end: _Found) -> tuple[Booking, ...]:
    """Return what the booking was before: with its present host, or in the history of one who handed it on."""
    home, last = end.written.home, end.written.revision
    known = {
        one.written.revision: one.written
        for one in group
        if one.is_superseded and (one.written.home == home or one.is_history) and one.written.revision < last
    }
    return tuple(known[revision] for revision in sorted(known))


async def _tell(ports: Ports, life: _Life, now: datetime) -> None:
    """Let the ledger live through what happened; only the end of it holds time, stands anywhere and is still to come."""
    revisions = [*life.earlier, *_handed_at_last(life), life.present.written]
    if revisions[0].revision > 0:
        # The history lacks the beginning; when that was, every revision says.
        first = replace(revisions[0], revision=0, sequence=0, changed_at=revisions[0].created_at)
        revisions.insert(0, first)
    before: Booking | None = None
    claims: Sequence[Claim] = ()
    for booking in revisions:
        claims = (
            claims_of(replace(life.present.shown, co_hosts=life.co_hosts), by_guest=not life.present.is_moved)
            if booking is revisions[-1]
            else ()
        )
        use = _use(ports, booking, before)
        intent = _intent(ports, life, booking, before)
        if booking is revisions[-1]:
            intent = _timed(ports, life, intent, now)
        await _settle(ports, intent, claims, use)
        before = booking
    shown = life.present.shown
    if waits_for_room(shown):
        await ports.ledger.wait_for_room(shown.id, int(now.timestamp()))
    await _complete(ports, shown, revisions[-1].revision, now)
    if shown.series is not None and shown.is_active:
        await _remind(ports, shown, claims, now)


async def _complete(ports: Ports, shown: Booking, revision: int, now: datetime) -> None:
    """Let what is over be known as complete; for long, perhaps, so nobody is told of it now."""
    if shown.status is not Status.CONFIRMED:
        return
    for one in shown.meetings:
        if one.end > now:
            continue
        if shown.series is None:
            await ports.ledger.complete(shown.id, revision, one.span[1])
        else:
            original = int(one.original.timestamp())
            await ports.ledger.complete_meeting(shown.id, original, revision, one.span[1])


async def _remind(ports: Ports, shown: Booking, claims: Sequence[Claim], now: datetime) -> None:
    """Let what is to leave before the meetings of a series wait; what should have left before now has."""
    record = await ports.ledger.booking(shown.id)
    if record is None or record.etag is None:
        return
    place = (record.calendar, record.href, record.etag)
    when = remind.timetable(ports, shown, now)
    await ports.ledger.follow(record, place=place, claims=claims, missing_since=None, timetable=when)


def _handed_at_last(life: _Life) -> Sequence[Booking]:
    """Return the revision before the end, which stands nowhere any more, if it was that by which another host took over.

    When that was nobody knows: at the end at the latest.
    """
    end = life.present.written
    if end.is_active or not life.earlier or life.earlier[-1].home == end.home:
        return ()
    before = life.earlier[-1]
    return [replace(end, status=before.status, revision=before.revision + 1, ended_by=None)]


def _timed(ports: Ports, life: _Life, intent: Intent, now: datetime) -> Intent:
    """Return the intent with what shall leave before the meeting from now on; what should have left has."""
    starts, ends = life.present.shown.span
    meetings = remind.meetings(life.present.shown)
    if meetings is not None:
        return replace(intent, settlement=replace(intent.settlement, meetings=meetings))
    to_come = tuple(
        one
        for one in remind.timed(ports, life.present.shown)
        if starts - one.offset_min * 60 > now.timestamp()
    )
    return replace(intent, settlement=replace(intent.settlement, starts=starts, ends=ends, timed=to_come))


def _use(ports: Ports, booking: Booking, before: Booking | None) -> InviteUse | None:
    """Return what was taken of an invite then; nothing where the invite is gone. What was taken is never refused."""
    person = seats.person_of(booking, brought(before, booking))
    invite = (booking.invite if before is None else None) or (None if person is None else person.invite)
    if invite is None or ports.homes.invite(invite) is None:
        return None
    return InviteUse(invite, ENDLESS)


async def _settle(ports: Ports, intent: Intent, claims: Sequence[Claim], use: InviteUse | None) -> None:
    try:
        await ports.ledger.begin(intent, claims, use)
    except Taken:
        # The host's client has moved another booking over this one: what stands in the calendar is never refused.
        stretched = [replace(claim, by_guest=False) for claim in claims]
        await ports.ledger.begin(intent, stretched, use)
    await ports.ledger.settle(intent)


def _intent(ports: Ports, life: _Life, booking: Booking, before: Booking | None) -> Intent:
    row, at = life.present.row, int(booking.changed_at.timestamp())
    action = action_between(booking, before)
    settlement = Settlement(
        booking=booking.id,
        number=life.number,
        home=booking.home,
        uid=booking.uid,
        event_type=booking.event_type_id,
        calendar=row.calendar,
        href=row.href,
        etag=row.etag,
        status=booking.status,
        revision=booking.revision,
        sequence=booking.sequence,
        action=action,
        actor=actor_of(booking, action),
        at=at,
        ends=int(booking.over_at.timestamp()),
        mails=(),
        co_hosts=life.co_hosts,
        team=booking.team,
        attendance=booking.attendance,
        person=brought(before, booking),
        concerns=concern(booking),
    )
    expected = None if before is None else before.revision
    return Intent(ports.ids.secret(), booking.home, (), settlement, expected, None, at)
