"""Turn down another time, and keep the one that was agreed before (C1)."""

from dataclasses import replace
from datetime import datetime

from server.domain.booking import Actor, Booking, Status
from server.domain.changes import kept
from server.domain.errors import SlotUnavailable
from server.domain.slots import Refusal
from server.ports import Busy, Ports, Taken
from server.usecases.booking import offer
from server.usecases.booking.change import change, plan_of
from server.usecases.booking.commit import Plan
from server.usecases.booking.look import Looked
from server.usecases.booking.terms import home_calendar


async def keep(ports: Ports, looked: Looked, reason: str, actor: Actor, now: datetime) -> Booking:
    """Confirm the booking at the time agreed before and return it; one that is confirmed is returned as it is.

    Raises SlotUnavailable when somebody else has that time by now, Invalid when it has passed, Conflict when there is none,
    AlreadyCancelled, NotFound, or ChangedMeanwhile when the guest asks for something else by now.
    """
    revision = looked.booking.revision

    def decide(seen: Looked) -> Plan | None:
        if seen.booking.status is Status.CONFIRMED:
            return None
        seen.refuse_other(revision)
        made = kept(
            seen.booking,
            reason,
            actor=actor,
            at=now.replace(microsecond=0),
            sent=seen.record.sent_sequence,
            calendar=home_calendar(seen.booking, seen.host, seen.event_type),
        )
        return plan_of(seen, made, free=offer.must_all_be_free(ports, seen.host, seen.event_type, made.after))

    try:
        return await change(ports, looked, decide)
    except (Taken, Busy) as error:
        raise SlotUnavailable("The time agreed before is no longer free.", Refusal.BUSY) from error


def is_free(ports: Ports, looked: Looked, now: datetime) -> bool:
    """Tell whether the time agreed before, if there is one, can still be kept."""
    agreed = looked.booking.agreed
    if agreed is None or agreed[0] <= now:
        return False
    booking = looked.booking
    before = replace(booking, start=agreed[0], end=agreed[1])
    return offer.is_free(ports, looked.host, looked.event_type, before)
