"""Keep other facts of programs beside a booking, in the place of those it has (S3.37)."""

from datetime import datetime

from server.domain.booking import Actor, Booking
from server.domain.changes import annotated
from server.domain.metadata import Metadata
from server.ports import Ports
from server.usecases.booking.change import change, plan_of
from server.usecases.booking.commit import Plan
from server.usecases.booking.look import Looked


async def annotate(ports: Ports, looked: Looked, metadata: Metadata, actor: Actor, now: datetime) -> Booking:
    """Replace the metadata of the booking and return it; raises Invalid, AlreadyCancelled, NotFound or ChangedMeanwhile."""

    def decide(seen: Looked) -> Plan | None:
        if seen.booking.is_active and seen.booking.metadata == metadata:
            return None
        at, sent = now.replace(microsecond=0), seen.record.sent_sequence
        return plan_of(seen, annotated(seen.booking, metadata, actor=actor, at=at, sent=sent), forced=True)

    return await change(ports, looked, decide)
