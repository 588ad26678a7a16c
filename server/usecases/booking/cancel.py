"""Cancel a booking: the VEVENT leaves the calendar and stands in the history."""

from datetime import datetime

from server.domain.booking import Actor, Booking
from server.domain.changes import cancelled, unannounced
from server.domain.errors import Conflict
from server.ports import Ports
from server.usecases.booking import seats
from server.usecases.booking.cancel_occurrence import has_begun, rest_of
from server.usecases.booking.change import change, plan_of
from server.usecases.booking.commit import Plan
from server.usecases.booking.companions import refuse_companion
from server.usecases.booking.deadline import refuse_late_cancelling
from server.usecases.booking.look import Looked


async def cancel(
    ports: Ports, looked: Looked, reason: str, actor: Actor, now: datetime, *, notify: bool = True
) -> Booking:
    """Cancel the booking and return it; one that has ended so before is returned as it is, and nobody is mailed (C7).

    Of a series that has begun, what is to come is cancelled. Where each guest has a seat of their own, a guest gives up that one and no other. Without `notify` guests get no notice, and their calendars are told all the same (C9). Raises Forbidden for who did not
    book and for guests who ask for that, Invalid for a reason that is too long, Conflict when a guest cancels what has already begun,
    CancellationDeadlinePassed, NotFound when the host removed it from the calendar, ChangedMeanwhile when others keep
    changing it.
    """
    if actor is Actor.GUEST and looked.booking.is_seated:
        return await seats.leave(ports, looked, looked.person, actor, now)
    refuse_companion(looked, actor)

    def decide(seen: Looked) -> Plan | None:
        booking = seen.booking
        if not booking.is_active:
            return None
        if has_begun(booking, now):
            return rest_of(seen, reason, actor, now, notify=notify)
        if actor is Actor.GUEST and booking.begins_at <= now:
            raise Conflict("This meeting has begun or is over. It can no longer be cancelled.")
        refuse_late_cancelling(booking, seen.event_type, actor, now)
        at, sent = now.replace(microsecond=0), seen.record.sent_sequence
        made = cancelled(booking, reason, actor=actor, at=at, sent=sent)
        return plan_of(seen, made if notify else unannounced(made))

    return await change(ports, looked, decide)
