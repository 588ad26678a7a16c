"""Cancel one meeting of a series (S3.32), or all that are to come from a day on (S3.33): the others take place."""

from datetime import date, datetime

from server.domain.booking import Actor, Booking, BookingChange
from server.domain.changes import cancelled, cancelled_one, cut, unannounced
from server.domain.errors import Conflict
from server.domain.series import Occurrence
from server.domain.series_moves import occurrence, series_of, to_come
from server.ports import Ports
from server.usecases.booking.change import change, plan_of
from server.usecases.booking.commit import Plan
from server.usecases.booking.companions import refuse_companion
from server.usecases.booking.deadline import refuse_late_cancelling
from server.usecases.booking.look import Looked


async def cancel_occurrence(
    ports: Ports,
    looked: Looked,
    original: datetime,
    reason: str,
    actor: Actor,
    now: datetime,
    *,
    notify: bool = True,
) -> Booking:
    """Cancel the meeting whose original start is `original` and return the booking; one that is cancelled stays as it is.

    The last one that is left takes the booking with it. Raises Forbidden for who did not book, NotFound for a meeting that
    there is not, Conflict for one that has begun and for what does not repeat, Invalid for a reason that is too long,
    CancellationDeadlinePassed or ChangedMeanwhile.
    """
    refuse_companion(looked, actor)

    def decide(seen: Looked) -> Plan | None:
        booking = seen.booking
        found = occurrence(booking, original)
        if not booking.is_active or not found.takes_place:
            return None
        found = to_come(booking, original, now)
        refuse_late_cancelling(booking.alone(found), seen.event_type, actor, now)
        at, sent = now.replace(microsecond=0), seen.record.sent_sequence
        if len(booking.meetings) == 1:
            made = cancelled(booking, reason, actor=actor, at=at, sent=sent)
        else:
            made = cancelled_one(booking, original, reason, actor=actor, at=at, sent=sent)
        return _plan(seen, made, notify=notify)

    return await change(ports, looked, decide)


async def cancel_future(
    ports: Ports,
    looked: Looked,
    day: date,
    reason: str,
    actor: Actor,
    now: datetime,
    *,
    notify: bool = True,
) -> Booking:
    """Cancel what is to come of a series from `day` on, a day of its zone, and return the booking (C41).

    What has begun stays, and a series of which nothing else is left is cancelled as a whole. Where nothing is to come from
    that day on, nothing changes. Raises as `cancel_occurrence` does.
    """
    refuse_companion(looked, actor)

    def decide(seen: Looked) -> Plan | None:
        series_of(seen.booking)
        return ended_from(seen, day, reason, actor, now, notify=notify)

    return await change(ports, looked, decide)


def ended_from(
    seen: Looked, day: date, reason: str, actor: Actor, now: datetime, *, notify: bool
) -> Plan | None:
    """Return the plan that ends a series before `day`; None where nothing is to come from then on."""
    booking = seen.booking
    off = coming_from(booking, day, now)
    if not booking.is_active or not off:
        return None
    refuse_late_cancelling(booking.alone(min(off, key=_start)), seen.event_type, actor, now)
    at, sent = now.replace(microsecond=0), seen.record.sent_sequence
    if len(off) == len(booking.meetings):
        made = cancelled(booking, reason, actor=actor, at=at, sent=sent)
    else:
        made = cut(booking, day, reason, actor=actor, at=at, sent=sent)
    return _plan(seen, made, notify=notify)


def coming_from(booking: Booking, day: date, now: datetime) -> list[Occurrence]:
    """Return the meetings to come whose original start is on `day` or later, in the booking's zone."""
    return [one for one in booking.coming(now) if one.day(booking.zone) >= day]


def rest_of(seen: Looked, reason: str, actor: Actor, now: datetime, *, notify: bool) -> Plan | None:
    """Return the plan that cancels a series of which some has taken place: what is to come goes, the past stays.

    Raises Conflict for a guest when nothing is left.
    """
    coming = seen.booking.coming(now)
    if coming:
        first = min(one.day(seen.booking.zone) for one in coming)
        return ended_from(seen, first, reason, actor, now, notify=notify)
    if actor is Actor.GUEST:
        raise Conflict("This meeting has begun or is over. It can no longer be cancelled.")
    return None


def has_begun(booking: Booking, now: datetime) -> bool:
    """Tell whether some meeting of a series has begun or is over."""
    return booking.series is not None and len(booking.coming(now)) < len(booking.meetings)


def _plan(seen: Looked, made: BookingChange, *, notify: bool) -> Plan:
    # Nobody's time is taken: whom the host has dragged over a meeting that stays does not refuse this.
    return plan_of(seen, made if notify else unannounced(made), forced=True)


def _start(one: Occurrence) -> datetime:
    return one.start
