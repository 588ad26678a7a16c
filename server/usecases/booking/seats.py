"""Take a seat at a meeting that several guests book, each for themselves; wait for one; leave it again.

Everybody who wants the same start takes turns: a meeting is looked for or opened, and joined, by one at a time. That is for
order; what nobody gets past is the etag of the object, which holds all of its people.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from server.domain import seats
from server.domain.booking import Action, Actor, Attendee, Booking, Status
from server.domain.changes import cancelled, refuse_ended, seated
from server.domain.companions import as_seen_by
from server.domain.errors import (
    ChangedMeanwhile,
    Conflict,
    Forbidden,
    Invalid,
    NoLongerPart,
    NotFound,
    SlotUnavailable,
)
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import EventTypeId, Uid
from server.domain.invites import InviteUse
from server.domain.plain import sentence
from server.domain.slots import Refusal
from server.ports import CalendarRow, Full, Ports
from server.usecases.booking import caps, look, offer, seating, verify
from server.usecases.booking.change import change, plan_of
from server.usecases.booking.commit import Plan
from server.usecases.booking.deadline import refuse_late_cancelling
from server.usecases.booking.look import Looked
from server.usecases.booking.refuse import refuse

ATTEMPTS_MAX = 4
FOR_EVER = 2**62

FULL = sentence("All seats of this meeting are taken.")
THERE = sentence("Somebody with this address takes part already.")
MOVED = sentence("This meeting is being changed by somebody else. Please try again.")
GONE = sentence("The time in which this seat was yours to take is over.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Who wants a seat at which start; the number of `person` is found when they get it.

    `waits`: they would wait for one. `proves`: their mail address has yet to be proven, the seat is held meanwhile. `is_trial`: nothing is
    written. `moves_from` is the meeting that they leave for it, which caps do not count. `has_one`: who has a seat there already is content with it.
    """

    host: Host
    event_type: EventType
    start: datetime
    person: Attendee
    actor: Actor
    now: datetime
    waits: bool = False
    proves: bool = False
    is_trial: bool = False
    key: str | None = None
    use: InviteUse | None = None
    moves_from: Uid | None = None
    has_one: bool = False


async def register(ports: Ports, taking: Taking, first: Callable[[], Awaitable[Booking]]) -> Booking:
    """Take a seat at the meeting that stands at the start, or open it by `first`; return the booking as its guest sees it.

    Raises Invalid for who takes part already and for a start that cannot be, SlotUnavailable where all seats are taken,
    BookingCapReached, ChangedMeanwhile, and what `first` does.
    """
    key = _turn(taking.event_type.id, taking.start)
    return await ports.tasks.turn(key, lambda: _register(ports, taking, first))


async def join(ports: Ports, looked: Looked, taking: Taking) -> Booking:
    """Take a seat at this very meeting, as `register` does; raises ChangedMeanwhile when it has moved or ended."""
    key = _turn(taking.event_type.id, taking.start)
    try:
        return await ports.tasks.turn(key, lambda: _join(ports, taking, looked))
    except _Elsewhere as error:
        raise ChangedMeanwhile(MOVED) from error


async def leave(ports: Ports, looked: Looked, person: int, actor: Actor, now: datetime) -> Booking:
    """Give a seat, or a place among those who wait, back, and return the booking; who has left before is no error.

    Of the last one's seat the meeting is cancelled, unless its event type keeps it. Raises Conflict when it has begun,
    CancellationDeadlinePassed, ChangedMeanwhile, NotFound.
    """
    return await _in_turn(ports, looked, lambda seen: _left(seen, person, actor, now))


async def give_up(ports: Ports, looked: Looked, person: int, actor: Actor, now: datetime) -> Booking:
    """Give a seat back as `leave` does, whatever the deadline: for who has another one already."""
    return await _in_turn(ports, looked, lambda seen: _left(seen, person, actor, now, is_free_to=True))


async def take(ports: Ports, looked: Looked, now: datetime, *, is_proven: bool = False) -> Booking:
    """Let the one whose link it is take the seat that is held for them, and return the booking as they see it.

    Who has it already is no error. Raises Conflict when no seat is held, or no longer; Forbidden for who has to prove their mail
    address first, by another link; NoLongerPart, BookingCapReached, ChangedMeanwhile, NotFound.
    """
    number = own = looked.person

    def decide(seen: Looked) -> Plan | None:
        nonlocal own
        booking = seen.booking
        refuse_ended(booking)
        waiter = seats.waiter_of(booking, number)
        if waiter is None:
            if seats.person_of(booking, number) is None:
                raise NoLongerPart("You no longer take part in this meeting.")
            return None
        if waiter.is_unproven and not is_proven:
            raise Forbidden("Please confirm your mail address by the link in the mail.")
        if waiter.held_until is None:
            raise Conflict("No seat is free for you yet.")
        if waiter.held_until <= now or booking.start <= now:
            raise Conflict(GONE)
        own = booking.next_person if waiter.is_unproven else number
        after = _turned(seats.take(_sized(seen), number), seen.event_type, now)
        sent = seen.record.sent_sequence
        made = seated(booking, after, Action.JOIN, actor=Actor.GUEST, at=_second(now), sent=sent)
        fits = (
            ()
            if seen.event_type is None
            else caps.must_fit_guest(seen.host, seen.event_type, booking, waiter.person.email)
        )
        return plan_of(seen, made, free=fits, forced=True)

    try:
        return as_seen_by(await _in_turn(ports, looked, decide), own)
    except Full as error:
        raise caps.reached([], by_guest=error.by_guest) from error


async def meeting(ports: Ports, row: CalendarRow, event_type: EventType) -> Looked:
    """Return the meeting of a row; raises NotFound for one of another event type, whatever a calendar says of it."""
    looked = await look.by_id(ports, row.shown.id)
    if looked.record.event_type != event_type.id:
        raise NotFound(look.UNKNOWN)
    return looked


def of_person(booking: Booking, person: int) -> Booking:
    """Return a booking as one of its people sees it; raises NoLongerPart for who has left."""
    if seats.person_of(booking, person) is None:
        raise NoLongerPart("You no longer take part in this meeting.")
    return as_seen_by(booking, person)


async def turn(ports: Ports, looked: Looked, now: datetime) -> bool:
    """Let those have their turn who wait, and tell whether anything has changed."""

    def decide(seen: Looked) -> Plan | None:
        booking = seen.booking
        if booking.status is not Status.CONFIRMED or not booking.is_seated:
            return None
        after = _turned(_sized(seen), seen.event_type, now)
        return (
            None if after.waiting == booking.waiting else _plan(seen, after, Action.TURN, Actor.SYSTEM, now)
        )

    before = looked.booking
    return await _in_turn(ports, looked, decide) is not before


async def turn_all(ports: Ports, now: datetime) -> int:
    """Let all those have their turn for whom a seat is free, or was held in vain; return at how many meetings."""
    at, turned = int(now.timestamp()), 0
    for host in ports.homes.hosts():
        for event_type in ports.homes.event_types(host.home):
            for row in seating.meetings(ports, host, event_type, (at, FOR_EVER)):
                turned += _is_due(row, event_type, at) and await _turn_one(ports, row, now)
    return turned


def _is_due(row: CalendarRow, event_type: EventType, at: int) -> bool:
    here = row.shown.seating
    if here is None or not (here.waits or here.held):
        return False
    return any(until <= at for until in here.held) or (
        here.waits > 0 and here.taken + len(here.held) < event_type.seats
    )


async def _turn_one(ports: Ports, row: CalendarRow, now: datetime) -> bool:
    try:
        return await turn(ports, await look.by_id(ports, row.shown.id), now)
    except (NotFound, ChangedMeanwhile):
        return False  # nothing stands there, or somebody else is just at it: the next round will see


async def _register(ports: Ports, taking: Taking, first: Callable[[], Awaitable[Booking]]) -> Booking:
    start = int(taking.start.timestamp())
    for _ in range(ATTEMPTS_MAX):
        row = seating.meeting_at(ports, taking.host, taking.event_type, start, taking.now)
        if row is None:
            try:
                return await first()
            except SlotUnavailable:
                # By a client that just put a meeting there, or one that has just been proven.
                if seating.meeting_at(ports, taking.host, taking.event_type, start, taking.now) is None:
                    raise
                continue
        try:
            return await _join(ports, taking, await meeting(ports, row, taking.event_type))
        except (_Elsewhere, NotFound):
            continue
    raise ChangedMeanwhile(MOVED)


async def _join(ports: Ports, taking: Taking, looked: Looked) -> Booking:
    _refuse_time(ports, taking)
    number = 0

    def decide(seen: Looked) -> Plan | None:
        nonlocal number
        booking = seen.booking
        if booking.status is not Status.CONFIRMED or not booking.is_seated or booking.start != taking.start:
            raise _Elsewhere
        there = seats.there_already(booking, taking.person.email)
        if there is not None and taking.has_one and there in booking.attendees:
            number = there.number
            return None
        if there is not None:
            raise Invalid("Please check the marked fields.", {"email": THERE})
        number = booking.next_person
        after, action = _with(ports, taking, _turned(_sized(seen), taking.event_type, taking.now), number)
        sent = seen.record.sent_sequence
        made = seated(booking, after, action, actor=taking.actor, at=_second(taking.now), sent=sent)
        fits = (
            ()
            if taking.actor is Actor.HOST
            else caps.must_fit_guest(
                taking.host, taking.event_type, booking, taking.person.email, without=taking.moves_from
            )
        )
        return replace(plan_of(seen, made, free=fits, forced=True), key=taking.key, use=taking.use)

    if taking.is_trial:
        plan = decide(looked)
        caps.refuse_full(ports, () if plan is None else plan.free)
        return as_seen_by(looked.booking if plan is None else plan.change.after, number)
    after = await change(ports, looked, decide)
    return after if taking.actor is Actor.HOST else as_seen_by(after, number)


def _with(ports: Ports, taking: Taking, booking: Booking, number: int) -> tuple[Booking, Action]:
    """Return the booking with the newcomer, who has a seat or waits for one; raises SlotUnavailable."""
    here, now = seats.spots(booking, taking.event_type.waitlist_max, taking.now), _second(taking.now)
    person = replace(taking.person, number=number)
    if here.free and taking.proves:
        until = min(verify.until(ports, now), booking.start)
        return seats.wait(booking, person, now, unproven_until=until), Action.WAIT
    if here.free:
        return seats.seat(booking, person), Action.JOIN
    if here.places and taking.waits:
        return seats.wait(booking, person, now), Action.WAIT
    at = int(taking.now.timestamp())
    free = offer.nearest(ports, taking.host, taking.event_type, int(taking.start.timestamp()), at)
    raise SlotUnavailable(FULL, Refusal.BUSY, free)


def _refuse_time(ports: Ports, taking: Taking) -> None:
    """Raise what forbids the start for another reason than that others have it: hosts are bound by the past alone."""
    start, now = int(taking.start.timestamp()), int(taking.now.timestamp())
    host, event_type = taking.host, taking.event_type
    is_open = taking.actor is Actor.HOST or offer.refusal(ports, host, event_type, start, now) in {
        None,
        Refusal.BUSY,
    }
    if start <= now or not is_open:
        refuse(ports, host, event_type, start, now, taking.actor)


def _left(seen: Looked, person: int, actor: Actor, now: datetime, *, is_free_to: bool = False) -> Plan | None:
    booking = seen.booking
    if seats.person_of(booking, person) is None:
        return None
    if not booking.is_active:
        return None
    if booking.end <= now or (actor is Actor.GUEST and booking.start <= now):
        raise Conflict("This meeting has begun or is over. It can no longer be cancelled.")
    waits = seats.waiter_of(booking, person) is not None
    if not waits and not is_free_to:
        refuse_late_cancelling(booking, seen.event_type, actor, now)
    after = _turned(seats.without(_sized(seen), person), seen.event_type, now)
    return _plan(seen, after, Action.WITHDRAW if waits else Action.LEAVE, actor, now)


def _plan(seen: Looked, after: Booking, action: Action, actor: Actor, now: datetime) -> Plan:
    """Return the plan that makes the booking `after`; where nobody is left it ends, unless its event type keeps it."""
    booking, at, sent = seen.booking, _second(now), seen.record.sent_sequence
    keeps = seen.event_type is not None and seen.event_type.keeps_empty
    if seats.is_deserted(after) and not keeps:
        last = replace(booking, waiting=())
        return plan_of(seen, cancelled(last, "", actor=actor, at=at, sent=sent))
    return plan_of(seen, seated(booking, after, action, actor=actor, at=at, sent=sent), forced=True)


async def _in_turn(ports: Ports, looked: Looked, decide: Callable[[Looked], Plan | None]) -> Booking:
    booking = looked.booking
    key = _turn(booking.event_type_id, booking.start)
    return await ports.tasks.turn(key, lambda: change(ports, looked, decide))


def _turn(event_type: EventTypeId, start: datetime) -> str:
    return f"seats {event_type} {int(start.timestamp())}"


def _sized(seen: Looked) -> Booking:
    return seats.sized(seen.booking, seen.event_type)


def _turned(booking: Booking, event_type: EventType | None, now: datetime) -> Booking:
    if event_type is None:
        return booking
    return seats.turned(booking, event_type.waitlist_hold_min, _second(now))


def _second(now: datetime) -> datetime:
    return now.replace(microsecond=0)


class _Elsewhere(Exception):
    """The meeting that was to be joined is no longer there."""
