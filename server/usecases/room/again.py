"""Ask again for the rooms that could not be had when their bookings were made; at last, tell the host."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.booking import Booking, Status
from server.domain.changes import placed
from server.domain.errors import NotFound
from server.domain.event_type import LocationType
from server.ports import Ports, RoomError, RoomWait
from server.usecases.booking import look
from server.usecases.booking.change import change, plan_of
from server.usecases.booking.commit import Plan
from server.usecases.booking.look import Looked
from server.usecases.room.open import ask

BATCH_MAX = 50
DELAY_MAX_S = 3_600
ATTEMPTS_MAX = 12
"""Asked twelve times, over some seven hours."""

WAITING_S = 300
"""How long until a booking that waits for its host is looked at again: nobody needs its room yet."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking once more; `error` is a short code and no text, "" where there is a room or no need of one."""

    wait: RoomWait
    error: str = ""


async def ask_again(ports: Ports, now: datetime) -> Sequence[Asked]:
    """Ask for every room that is due and return what came of it."""
    due = await ports.ledger.due_rooms(int(now.timestamp()), BATCH_MAX)
    return [Asked(wait, await _ask(ports, wait, now)) for wait in due]


async def _ask(ports: Ports, wait: RoomWait, now: datetime) -> str:
    looked = await _waiting(ports, wait)
    at = int(now.timestamp())
    if looked is None or looked.booking.over_at <= now:
        await ports.ledger.stop_waiting(wait.booking)
        return ""
    booking = looked.booking
    if booking.status is not Status.CONFIRMED:
        await ports.ledger.postpone_room(wait.booking, at + WAITING_S, counts=False)
        return ""
    try:
        address = await _address(ports, looked, now)
    except RoomError as error:
        await _later(ports, wait, booking, at)
        return error.code
    await _place(ports, looked, address, now)
    await ports.ledger.stop_waiting(wait.booking)
    return ""


async def _waiting(ports: Ports, wait: RoomWait) -> Looked | None:
    """Return the booking if it is one that still waits for its room: its host may have named a place meanwhile."""
    try:
        looked = await look.by_id(ports, wait.booking)
    except NotFound:
        return None
    if looked.is_missing or not looked.booking.is_active:
        return None
    return looked if looked.booking.location.type is LocationType.ROOM else None


async def _address(ports: Ports, looked: Looked, now: datetime) -> str:
    room = looked.event_type.room if looked.event_type is not None else None
    if room is None:
        raise RoomError("no webhook")
    if not room.is_asked_for:
        return room.address(ports.ids.room())
    return await ask(ports, room, looked.booking, looked.host, now)


async def _later(ports: Ports, wait: RoomWait, booking: Booking, at: int) -> None:
    delay_s = min(60 * 2**wait.attempts, DELAY_MAX_S)
    if wait.attempts + 1 >= ATTEMPTS_MAX or at + delay_s >= int(booking.begins_at.timestamp()):
        await ports.ledger.give_up_room(wait.booking, at, int(booking.over_at.timestamp()))
        ports.outbox.ring()
    else:
        await ports.ledger.postpone_room(wait.booking, at + delay_s)


async def _place(ports: Ports, looked: Looked, address: str, now: datetime) -> None:
    def decide(seen: Looked) -> Plan | None:
        if seen.booking.location.type is not LocationType.ROOM or seen.booking.status is not Status.CONFIRMED:
            return None
        sent = seen.record.sent_sequence
        made = placed(seen.booking, address, at=now.replace(microsecond=0), sent=sent)
        return plan_of(seen, made, forced=True)

    await change(ports, looked, decide)
