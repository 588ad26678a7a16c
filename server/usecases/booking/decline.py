"""Turn a request down: the booking ends, and stands in the history as declined (S1.15, S1.22)."""

from datetime import datetime

from server.domain.booking import Actor, Booking, Status
from server.domain.changes import declined
from server.domain.errors import Conflict
from server.ports import Ports
from server.usecases.booking.change import change, plan_of
from server.usecases.booking.commit import Plan
from server.usecases.booking.look import Looked


async def decline(ports: Ports, looked: Looked, reason: str, actor: Actor, now: datetime) -> Booking:
    """Decline the booking and return it; one that was declined before is returned as it is, and nobody is mailed.

    Raises Conflict for a booking that is confirmed, AlreadyCancelled, Invalid for a reason that is too long, NotFound when
    the host removed it, ChangedMeanwhile when the guest asks for something else by now.
    """
    revision = looked.booking.revision

    def decide(seen: Looked) -> Plan | None:
        booking = seen.booking
        if booking.status is Status.DECLINED:
            return None
        if booking.status is Status.CONFIRMED:
            raise Conflict("This booking is confirmed. It can be cancelled, but no longer declined.")
        seen.refuse_other(revision)
        at, sent = now.replace(microsecond=0), seen.record.sent_sequence
        return plan_of(seen, declined(booking, reason, actor=actor, at=at, sent=sent))

    return await change(ports, looked, decide)
