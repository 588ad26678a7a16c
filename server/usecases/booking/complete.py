"""Record that meetings have taken their time: webhooks and statistics hang on that entry of the trail (C5, S3.41)."""

from datetime import datetime

from server.domain.booking import Status
from server.domain.errors import NotFound
from server.domain.identity import BookingId
from server.ports import Ports
from server.usecases.booking import follow, look


async def complete_ended(ports: Ports, now: datetime) -> int:
    """Record every confirmed booking that has ended, and each meeting of a series, as complete, once; return how many these were."""
    ended = await ports.ledger.ended(int(now.timestamp()))
    return sum([await _complete(ports, id_, now) for id_ in ended]) + await _complete_meetings(ports, now)


async def _complete_meetings(ports: Ports, now: datetime) -> int:
    """Record each meeting of a confirmed series that has ended as complete, once; return how many these were."""
    ended = await ports.ledger.ended_meetings(int(now.timestamp()))
    return sum([await _complete_meeting(ports, id_, original, now) for id_, original in ended])


async def _complete_meeting(ports: Ports, id_: BookingId, original: int, now: datetime) -> bool:
    """Do so for one meeting, if it is over in the calendar too."""
    try:
        looked = await look.by_id(ports, id_)
    except NotFound:
        return False
    if not looked.is_missing and looked.booking.status is Status.CONFIRMED:
        over = {int(one.original.timestamp()) for one in looked.booking.meetings if one.end <= now}
        if original in over:
            at, revision = int(now.timestamp()), looked.record.revision
            return await ports.ledger.complete_meeting(id_, original, revision, at)
    await follow.reconcile(ports, looked.record, now)
    return False


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
