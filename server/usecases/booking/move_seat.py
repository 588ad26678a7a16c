"""Move a seat: a guest takes one at another start and gives up the one they have; the meeting of all stays where it is.

The new seat comes first: whoever is cut short between the two has both, and moves again to have one.
"""

from dataclasses import replace
from datetime import datetime

from server.domain.booking import Actor, Booking
from server.domain.changes import refuse_ended
from server.domain.choices import Chosen
from server.domain.errors import (
    Conflict,
    Forbidden,
    NoLongerPart,
    NotFound,
)
from server.domain.seats import as_seen_by, opened, person_of, there_already, waiter_of
from server.ports import Busy, Full, MustFit, Ports, Taken
from server.usecases.booking import caps, look, offer, seating, seats
from server.usecases.booking.commit import commit
from server.usecases.booking.deadline import refuse_late_moving
from server.usecases.booking.draft import draft, plan_of_new
from server.usecases.booking.look import Looked
from server.usecases.booking.refuse import overtaken, refuse
from server.usecases.booking.seats import Taking
from server.usecases.booking.wish import NewBooking
from server.usecases.room.open import with_room


async def move(ports: Ports, looked: Looked, start: datetime, now: datetime) -> Booking:
    """Move the seat of the one whose link it is to `start`, and return the booking there as they see it.

    Nothing changes when no seat is free there. Raises what booking there would, RescheduleDeadlinePassed, Conflict when the
    meeting has begun, Forbidden for who waits for a seat, NoLongerPart for who has moved elsewhere meanwhile.
    """
    # One at a time: two who set out from one seat would each arrive at a seat of their own.
    key = f"moves {looked.record.id} {looked.person}"
    return await ports.tasks.turn(key, lambda: _move(ports, looked, start, now))


async def check(ports: Ports, looked: Looked, start: datetime, now: datetime) -> Booking:
    """Return what `move` would, and move nothing; raises what it does."""
    return await _move(ports, looked, start, now, is_trial=True)


async def _move(
    ports: Ports, looked: Looked, start: datetime, now: datetime, *, is_trial: bool = False
) -> Booking:
    email = looked.seen.guest.email
    looked = replace(await look.by_id(ports, looked.record.id), person=looked.person)
    if not looked.booking.is_active or person_of(looked.booking, looked.person) is None:
        return await _arrived(ports, looked, email, start, now)
    taking = replace(_taking(looked, start, now), is_trial=is_trial)
    if start == looked.booking.start:
        return looked.seen
    try:
        got = await seats.register(ports, taking, lambda: _open(ports, taking))
    except Full as error:
        wanted, at = int(start.timestamp()), int(now.timestamp())
        free = offer.nearest(ports, taking.host, taking.event_type, wanted, at)
        raise caps.reached(free, by_guest=error.by_guest) from error
    if is_trial:
        return got
    present = await look.by_id(ports, looked.record.id)
    await seats.give_up(ports, present, looked.person, Actor.GUEST, now)
    return got


async def _arrived(ports: Ports, looked: Looked, email: str, start: datetime, now: datetime) -> Booking:
    """Return the booking at `start` for who has arrived there already: a button was pressed twice."""
    event_type = looked.event_type
    at = int(start.timestamp())
    row = None if event_type is None else seating.meeting_at(ports, looked.host, event_type, at, now)
    if event_type is not None and row is not None:
        booking = (await seats.meeting(ports, row, event_type)).booking
        person = there_already(booking, email)
        if person is not None and person in booking.attendees:
            return as_seen_by(booking, person.number)
    refuse_ended(looked.booking)
    raise NoLongerPart("You no longer take part in this meeting.")


def _taking(looked: Looked, start: datetime, now: datetime) -> Taking:
    booking, event_type = looked.booking, looked.event_type
    if booking.start <= now:
        raise Conflict("This meeting has begun or is over. It can no longer be moved.")
    if event_type is None:
        raise NotFound("This kind of meeting is not offered any more.")
    if waiter_of(booking, looked.person) is not None:
        raise Forbidden("You have no seat yet that could be moved.")
    refuse_late_moving(booking, event_type, Actor.GUEST, now)
    return Taking(
        host=looked.host,
        event_type=event_type,
        start=start,
        person=replace(looked.seen.guest, invite=None, attendance=None),
        actor=Actor.GUEST,
        now=now,
        moves_from=booking.uid,
        has_one=True,  # as far as it came when it was cut short
    )


async def _open(ports: Ports, taking: seats.Taking) -> Booking:
    """Open a meeting by seats for one who moves theirs there, with all that they wrote; refuses what booking it would."""
    host, kind, person, now = taking.host, taking.event_type, taking.person, taking.now
    start, at = int(taking.start.timestamp()), int(now.timestamp())
    refuse(ports, host, kind, start, at, taking.actor)
    wish = NewBooking(
        home=host.home,
        slug=kind.slug,
        start=taking.start,
        name=person.name,
        email=person.email,
        zone=person.zone,
    )
    booking = opened(draft(ports, wish, host, Chosen(kind, kind.location, ()), now), kind)
    booking = replace(booking, attendees=(replace(person, number=look.OWNER),))
    if not taking.is_trial:
        booking = await with_room(ports, booking, kind, host, now)
    plan = plan_of_new(ports, booking, host, kind, taking.actor, None, None)
    others = tuple(one for one in plan.free if not isinstance(one, MustFit) or one.guest is None)
    own = caps.must_fit_guest(host, kind, booking, person.email, without=taking.moves_from)
    if taking.is_trial:
        caps.refuse_full(ports, (*others, *own))
        return booking
    try:
        await commit(ports, ports.ids.secret(), replace(plan, free=(*others, *own)))
    except (Taken, Busy) as error:
        free = offer.nearest(ports, host, kind, start, at)
        raise overtaken(free) from error
    return booking
