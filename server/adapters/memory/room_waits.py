"""Bookings that wait for their video room, in memory."""

from collections.abc import Callable, Sequence

from server.adapters.memory.outbox import MemoryOutbox
from server.domain.identity import BookingId
from server.ports import HOST_RECIPIENT, BookingRecord, MailKind, RoomWait


class MemoryRoomWaits:
    """When a room is asked for next and how often it was, by booking; `known` returns the record of a booking."""

    def __init__(self, known: Callable[[BookingId], BookingRecord | None], outbox: MemoryOutbox) -> None:
        self._known = known
        self._outbox = outbox
        self._waits: dict[BookingId, tuple[int, int]] = {}

    async def wait_for_room(self, id_: BookingId, due_at: int) -> None:
        """Record that a room is to be asked for again."""
        self._waits[id_] = (due_at, 0)

    async def due_rooms(self, now: int, limit: int) -> Sequence[RoomWait]:
        """Return what is due, the longest due first."""
        due = sorted((due_at, id_) for id_, (due_at, _) in self._waits.items() if due_at <= now)
        return [RoomWait(id_, self._waits[id_][1]) for _, id_ in due[:limit]]

    async def postpone_room(self, id_: BookingId, due_at: int, *, counts: bool = True) -> None:
        """Record when a room is asked for next, and that it was asked for in vain if that `counts`."""
        if id_ in self._waits:
            self._waits[id_] = (due_at, self._waits[id_][1] + counts)

    async def stop_waiting(self, id_: BookingId) -> None:
        """Forget that a booking waits."""
        self._waits.pop(id_, None)

    async def give_up_room(self, id_: BookingId, now: int, expires_at: int) -> None:
        """Forget that a booking waits, and queue a mail that tells its host."""
        record = self._known(id_)
        if self._waits.pop(id_, None) is not None and record is not None:
            self._outbox.add(
                id_, record.revision, MailKind.ROOM_MISSING, HOST_RECIPIENT, due_at=now, expires_at=expires_at
            )
