"""Move a booking: the same VEVENT at another time, the old revision in the history."""

from datetime import UTC, datetime

from server.domain.booking import Actor, Booking, rescheduled
from server.domain.errors import AlreadyCancelled, ChangedMeanwhile, Conflict, SlotUnavailable
from server.domain.identity import HISTORY, calendar_path
from server.domain.slots import Refusal
from server.ical import vevent
from server.ports import Busy, EtagMismatch, ObjectWrite, Overtaken, Ports, Taken
from server.usecases.booking import look, offer
from server.usecases.booking.commit import Plan, carry_out
from server.usecases.booking.look import Looked
from server.usecases.booking.refuse import refuse

ATTEMPTS_MAX = 4


async def reschedule(
    ports: Ports, looked: Looked, start: datetime, actor: Actor, now: datetime, *, reason: str = ""
) -> Booking:
    """Move the booking to `start` (aware) and return it; it does not stand in its own way (S1.45).

    Asking for the time it has changes nothing. Raises AlreadyCancelled, Conflict, Invalid, NotFound, SlotUnavailable
    (with the nearest free starts) or ChangedMeanwhile.
    """
    for _ in range(ATTEMPTS_MAX):
        booking = looked.booking
        _refuse_state(booking, actor, now)
        if start == booking.start:
            return booking
        plan = _plan(ports, looked, start, actor, now, reason)
        try:
            await carry_out(ports, plan)
        except (Taken, Busy) as error:
            raise _lost_race(ports, looked, start, now) from error
        except (EtagMismatch, Overtaken):
            looked = await look.by_id(ports, booking.id)
        else:
            return plan.change.after
    raise ChangedMeanwhile("This booking is being changed by somebody else. Please try again.")


def _refuse_state(booking: Booking, actor: Actor, now: datetime) -> None:
    if not booking.is_active:
        raise AlreadyCancelled("This booking was cancelled. It can no longer be moved.")
    if booking.end <= now or (actor is Actor.GUEST and booking.start <= now):
        raise Conflict("This meeting has begun or is over. It can no longer be moved.")


def _plan(ports: Ports, looked: Looked, start: datetime, actor: Actor, now: datetime, reason: str) -> Plan:
    booking, stored = looked.present or (looked.booking, looked.stored)
    at, wanted = int(now.timestamp()), int(start.timestamp())
    if looked.event_type is not None:
        refuse(ports, looked.host, looked.event_type, wanted, at, actor, without=booking)
    change = rescheduled(
        booking,
        start.astimezone(UTC),
        actor=actor,
        at=now.replace(microsecond=0),
        sent=looked.record.sent_sequence,
        reason=reason,
    )
    history = calendar_path(booking.home, HISTORY)
    kept = look.history_href(booking.uid, booking.revision)
    return Plan(
        change=change,
        calendar=stored.calendar,
        href=stored.href,
        writes=(
            ObjectWrite(history, kept, None, vevent.superseded(stored.text, booking)),
            ObjectWrite(
                stored.calendar,
                stored.href,
                stored.etag,
                vevent.revised(stored.text, change.after, looked.host),
            ),
        ),
        free=(offer.must_be_free(ports, looked.host, looked.event_type, change.after),),
    )


def _lost_race(ports: Ports, looked: Looked, start: datetime, now: datetime) -> SlotUnavailable:
    free = (
        offer.nearest(
            ports,
            looked.host,
            looked.event_type,
            int(start.timestamp()),
            int(now.timestamp()),
            without=looked.booking,
        )
        if looked.event_type
        else []
    )
    return SlotUnavailable("Somebody else was faster: this time is taken.", Refusal.BUSY, free)
