"""Record that meetings have taken their time: webhooks and statistics hang on that entry of the trail (C5, S3.41)."""

from datetime import datetime

from server.domain.booking import Status
from server.domain.errors import NotFound
from server.domain.identity import BookingId
from server.ports import Ports
from server.usecases.booking import follow, look


async def complete_ended(ports: Ports, now: datetime) -> int:
    """Record every confirmed booking that has ended as complete, once; return how many these were."""
    return sum([await _complete(ports, id_, now) for id_ in await ports.ledger.ended(int(now.timestamp()))])


async def _complete(ports: Ports, id_: BookingId, now: datetime) -> bool:
    """Do so for one booking, if it has ended in the calendar too: its host may just have moved it."""
    try:
        looked = await look.by_id(ports, id_)
    except NotFound:
        return False
    if looked.is_missing or looked.booking.status is not Status.CONFIRMED or looked.booking.end > now:
        await follow.reconcile(ports, looked.record, now)
        return False
    return await ports.ledger.complete(id_, looked.record.revision, int(now.timestamp()))
