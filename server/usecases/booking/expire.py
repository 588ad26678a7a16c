"""Requests that their hosts did not answer in time are declined by the system (C19)."""

from datetime import datetime

from server.domain.booking import Status
from server.domain.changes import expired
from server.domain.errors import ChangedMeanwhile, NotFound
from server.ports import BookingRecord, Ports
from server.usecases.booking import look
from server.usecases.booking.change import change, plan_of
from server.usecases.booking.commit import Plan
from server.usecases.booking.look import Looked


async def expire_due(ports: Ports, now: datetime) -> int:
    """End every request whose time to be answered is over; return how many these were.

    What the host removed from the calendar is left alone: there is nothing to be taken out of it.
    """
    waiting = await ports.ledger.bookings(status=Status.PENDING)
    return sum([await _expire(ports, record, now) for record in waiting])


async def _expire(ports: Ports, record: BookingRecord, now: datetime) -> bool:
    def decide(seen: Looked) -> Plan | None:
        booking = seen.booking
        if booking.status is not Status.PENDING or booking.expires_at > now:
            return None
        return plan_of(seen, expired(booking, at=now.replace(microsecond=0), sent=seen.record.sent_sequence))

    try:
        looked = await look.by_record(ports, record)
        before = looked.booking
        return await change(ports, looked, decide) is not before
    except (NotFound, ChangedMeanwhile):
        return False  # nothing stands there, or somebody else is just at it: the next round will see
