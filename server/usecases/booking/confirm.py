"""Agree to what a guest asked for: the booking is confirmed, and everybody invited (S1.21)."""

from datetime import datetime

from server.domain.booking import Actor, Booking, Status
from server.domain.changes import confirmed
from server.domain.errors import Conflict, SlotUnavailable
from server.domain.slots import Refusal
from server.ports import Busy, Ports, Taken
from server.usecases.booking import offer
from server.usecases.booking.change import change, plan_of
from server.usecases.booking.commit import Plan
from server.usecases.booking.look import Looked
from server.usecases.booking.terms import home_calendar


async def confirm(
    ports: Ports, looked: Looked, actor: Actor, now: datetime, *, in_calendar: bool = False
) -> Booking:
    """Confirm the booking and return it; one that is confirmed already is returned as it is, and nobody is mailed.

    The time must still be free, unless the host said so `in_calendar`: what he does there is never refused. Raises
    SlotUnavailable, Conflict when the time has passed, AlreadyCancelled, NotFound, or ChangedMeanwhile when the guest asks
    for something else by now.
    """
    revision = looked.booking.revision

    def decide(seen: Looked) -> Plan | None:
        booking = seen.booking
        if booking.status is Status.CONFIRMED:
            return None
        seen.refuse_other(revision)
        if booking.is_active and booking.begins_at <= now:
            raise Conflict("The time that was asked for has passed.")
        made = confirmed(
            booking,
            actor=actor,
            at=now.replace(microsecond=0),
            sent=seen.record.sent_sequence,
            calendar=home_calendar(booking, seen.host, seen.event_type),
        )
        free = () if in_calendar else offer.must_all_be_free(ports, seen.host, seen.event_type, made.after)
        return plan_of(seen, made, free=free, forced=in_calendar)

    try:
        return await change(ports, looked, decide)
    except (Taken, Busy) as error:
        raise SlotUnavailable("This time is no longer free.", Refusal.BUSY) from error
