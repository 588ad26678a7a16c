"""Cancel a booking: the VEVENT leaves the calendar and stands in the history."""

from datetime import datetime

from server.domain.booking import Actor, Booking, cancelled
from server.domain.errors import ChangedMeanwhile, Conflict
from server.ical import vevent
from server.ports import EtagMismatch, ObjectWrite, Overtaken, Ports
from server.usecases.booking import look
from server.usecases.booking.commit import Plan, carry_out
from server.usecases.booking.look import Looked

ATTEMPTS_MAX = 4


async def cancel(ports: Ports, looked: Looked, reason: str, actor: Actor, now: datetime) -> Booking:
    """Cancel the booking and return it; one that has ended so before is returned as it is, and nobody is mailed (C7).

    Raises Invalid for a reason that is too long, Conflict when a guest cancels what has already begun, NotFound when
    the host removed it from the calendar, ChangedMeanwhile when others keep changing it.
    """
    for _ in range(ATTEMPTS_MAX):
        booking = looked.booking
        if not booking.is_active:
            return booking
        if actor is Actor.GUEST and booking.start <= now:
            raise Conflict("This meeting has begun or is over. It can no longer be cancelled.")
        plan = _plan(looked, reason, actor, now)
        try:
            await carry_out(ports, plan)
        except (EtagMismatch, Overtaken):
            looked = await look.by_id(ports, booking.id)
        else:
            return plan.change.after
    raise ChangedMeanwhile("This booking is being changed by somebody else. Please try again.")


def _plan(looked: Looked, reason: str, actor: Actor, now: datetime) -> Plan:
    booking, stored = looked.present or (looked.booking, looked.stored)
    change = cancelled(
        booking, reason, actor=actor, at=now.replace(microsecond=0), sent=looked.record.sent_sequence
    )
    history, href = change.after.calendar, look.history_href(booking.uid)
    return Plan(
        change=change,
        calendar=history,
        href=href,
        writes=(
            ObjectWrite(history, href, None, vevent.ended(stored.text, change.after)),
            ObjectWrite(stored.calendar, stored.href, stored.etag, None),
        ),
    )
