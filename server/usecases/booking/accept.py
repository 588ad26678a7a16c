"""The host calls a waiting booking confirmed in a calendar client: that approves it, mails and all."""

from datetime import datetime

from server.domain.booking import Actor, Status
from server.domain.errors import ChangedMeanwhile, Conflict, NotFound
from server.domain.identity import Uid
from server.ports import BookingRecord, CalendarChange, Ports
from server.usecases.booking import copies, follow, look
from server.usecases.booking.confirm import confirm


async def heed(ports: Ports, change: CalendarChange, now: datetime) -> bool:
    """Follow a write that was not ours, and confirm what it accepts; False means: not yet, ask again."""
    if not (await follow.follow(ports, change, now) and await copies.heed(ports, change)):
        return False
    if change.intent is not None or change.uid is None:
        return True
    return await _confirm_accepted(ports, change.uid, now)


async def heed_all(ports: Ports, now: datetime) -> int:
    """Reconcile every live booking, and confirm what was accepted while nobody listened; return how many there are."""
    count = await follow.reconcile_all(ports, now)
    await copies.mend_all(ports)
    for record in await ports.ledger.bookings(status=Status.PENDING):
        await _confirm_if_accepted(ports, record, now)
    return count


async def _confirm_accepted(ports: Ports, uid: Uid, now: datetime) -> bool:
    record = await ports.ledger.booking_by_uid(uid)
    if record is None or record.status is not Status.PENDING:
        return True
    return await _confirm_if_accepted(ports, record, now)


async def _confirm_if_accepted(ports: Ports, record: BookingRecord, now: datetime) -> bool:
    try:
        looked = await look.by_record(ports, record)
        if looked.is_accepted:
            await confirm(ports, looked, Actor.HOST, now, in_calendar=True)
    except ChangedMeanwhile:
        return False
    except (NotFound, Conflict):
        return True  # it is gone, has ended, or its time has passed: there is nothing to confirm
    return True
