"""Move a booking: the same VEVENT at another time, the old revision in the history."""

from datetime import UTC, datetime

from server.domain.booking import Actor, Booking, BookingChange, Status
from server.domain.changes import Waiting, refuse_ended, requested, rescheduled, unannounced
from server.domain.choices import to_move
from server.domain.errors import Conflict
from server.domain.plain import sentence
from server.domain.series_moves import next_start
from server.ports import Busy, Full, Ports, Taken
from server.usecases.booking import caps, move_seat, offer
from server.usecases.booking.change import change, plan_of
from server.usecases.booking.commit import Plan
from server.usecases.booking.companions import refuse_companion
from server.usecases.booking.deadline import refuse_late_moving
from server.usecases.booking.look import Looked
from server.usecases.booking.move_occurrence import may_move_one
from server.usecases.booking.occurrences import refuse_conflicts
from server.usecases.booking.refuse import overtaken, refuse
from server.usecases.booking.terms import home_calendar, terms

ASK_FOR_ALL = sentence(
    "This series cannot be moved here. You can cancel its meetings, or ask your host for another time."
)


async def reschedule(
    ports: Ports,
    looked: Looked,
    start: datetime,
    actor: Actor,
    now: datetime,
    *,
    reason: str = "",
    notify: bool = True,
) -> Booking:
    """Move the booking to `start` (aware) and return it; it does not stand in its own way (S1.45).

    A series moves as a whole, its next meeting to `start`; what has begun stays where it was. A guest may have to wait for the host: the booking is pending at the new time then, and the old one is free. Asking for
    the time it has changes nothing. Without `notify` guests get no notice, and their calendars are told all the same (C9).
    Raises Forbidden for who did not book and for guests who ask for that, AlreadyCancelled, Conflict, Invalid, NotFound, RescheduleDeadlinePassed,
    SlotUnavailable (with the nearest free starts), BookingCapReached or ChangedMeanwhile.
    """
    if actor is Actor.GUEST and looked.booking.is_seated:
        return await move_seat.move(ports, looked, start, now)
    refuse_companion(looked, actor)

    def decide(seen: Looked) -> Plan | None:
        return _decide(ports, seen, start, actor, now, reason=reason, notify=notify)

    try:
        return await change(ports, looked, decide)
    except Full as error:
        raise caps.reached(_nearest(ports, looked, start, now), by_guest=error.by_guest) from error
    except (Taken, Busy) as error:
        free = _nearest(ports, looked, start, now)
        raise overtaken(free) from error


async def check(ports: Ports, looked: Looked, start: datetime, actor: Actor, now: datetime) -> Booking:
    """Return what the booking would become if it were moved to `start`, and move nothing; refuses what `reschedule` does."""
    if actor is Actor.GUEST and looked.booking.is_seated:
        return await move_seat.check(ports, looked, start, now)
    refuse_companion(looked, actor)
    plan = _decide(ports, looked, start, actor, now)
    try:
        caps.refuse_full(ports, () if plan is None else plan.free)
    except Full as error:
        raise caps.reached(_nearest(ports, looked, start, now), by_guest=error.by_guest) from error
    return looked.booking if plan is None else plan.change.after


def _decide(
    ports: Ports,
    seen: Looked,
    start: datetime,
    actor: Actor,
    now: datetime,
    *,
    reason: str = "",
    notify: bool = True,
) -> Plan | None:
    booking = seen.booking
    _refuse_state(booking, actor, now)
    if start == next_start(booking, now):
        return None
    if booking.series is not None and actor is Actor.GUEST and not may_move_one(seen.event_type, booking):
        raise Conflict(ASK_FOR_ALL)
    refuse_late_moving(booking, seen.event_type, actor, now)
    if seen.event_type is not None:
        at, wanted = int(now.timestamp()), int(start.timestamp())
        refuse(ports, seen.host, seen.event_type, wanted, at, actor, without=booking)
    made = _change(seen, start.astimezone(UTC), actor, now, reason)
    made = made if notify else unannounced(made)
    _refuse_meetings(ports, seen, made.after, actor, now)
    free = offer.must_all_be_free(ports, seen.host, seen.event_type, made.after)
    fits = () if actor is Actor.HOST else caps.must_fit(ports, seen.host, seen.event_type, made.after)
    return plan_of(seen, made, free=(*free, *fits))


def _refuse_state(booking: Booking, actor: Actor, now: datetime) -> None:
    refuse_ended(booking)
    is_left = booking.coming(now) if booking.series is not None or actor is Actor.GUEST else booking.end > now
    if not is_left:
        raise Conflict("This meeting has begun or is over. It can no longer be moved.")


def _refuse_meetings(ports: Ports, seen: Looked, after: Booking, actor: Actor, now: datetime) -> None:
    """Raise MeetingsUnavailable where meetings of a series that moves as a whole cannot be had at their new times."""
    if after.series is None or seen.event_type is None:
        return
    kind = to_move(seen.event_type, seen.booking.span)
    refuse_conflicts(ports, seen.host, kind, after, now, actor, without=seen.booking)


def _change(seen: Looked, start: datetime, actor: Actor, now: datetime, reason: str) -> BookingChange:
    """Return the change: hosts move at once, guests ask where the event type says so (C1, S1.36, S1.40).

    What waits for the host anyway goes on waiting, but for a guest who returns to the time that was agreed before.
    """
    booking, at, sent = seen.booking, now.replace(microsecond=0), seen.record.sent_sequence
    waits = booking.status is Status.PENDING and (booking.agreed is None or booking.agreed[0] != start)
    asks = (
        booking.status is Status.CONFIRMED and seen.event_type is not None and seen.event_type.approves_moves
    )
    if actor is Actor.GUEST and (waits or asks):
        return requested(booking, start, _terms(seen, at), at=at, sent=sent, reason=reason)
    calendar = home_calendar(booking, seen.host, seen.event_type)
    return rescheduled(booking, start, actor=actor, at=at, sent=sent, reason=reason, calendar=calendar)


def _terms(seen: Looked, at: datetime) -> Waiting:
    booking, event_type = seen.booking, seen.event_type
    if event_type is None:
        return Waiting(booking.calendar, holds_time=booking.holds_while_pending)
    return terms(seen.host, event_type, at, calendar=None if booking.is_hidden else booking.calendar)


def _nearest(ports: Ports, looked: Looked, start: datetime, now: datetime) -> list[int]:
    if looked.event_type is None:
        return []
    wanted, at = int(start.timestamp()), int(now.timestamp())
    return offer.nearest(ports, looked.host, looked.event_type, wanted, at, without=looked.booking)
