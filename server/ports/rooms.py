"""Video rooms that somebody else opens: the way to ask for one, and which bookings still wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from server.domain.identity import BookingId


class RoomError(Exception):
    """No room could be had. `code` is a short status such as "503", "timeout" or "private network"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Rooms(Protocol):
    """Whoever opens rooms: strangers' servers at addresses that hosts named."""

    async def ask(self, address: str, headers: Mapping[str, str], body: bytes) -> str:
        """Send one request and return the address of the room; raises `RoomError`, within seconds."""
        ...


@dataclass(frozen=True, slots=True)
class RoomWait:
    """A booking that has no room yet, and how often one was asked for in vain since it was made."""

    booking: BookingId
    attempts: int


class RoomWaits(Protocol):
    """The part of the ledger that knows which bookings wait for their room. Each method is one transaction."""

    async def wait_for_room(self, id_: BookingId, due_at: int) -> None:
        """Record that a room is to be asked for again; the booking itself may be settled later, or never."""
        ...

    async def due_rooms(self, now: int, limit: int) -> Sequence[RoomWait]:
        """Return what is due, the longest due first."""
        ...

    async def postpone_room(self, id_: BookingId, due_at: int, *, counts: bool = True) -> None:
        """Record when a room is asked for next, and that it was asked for in vain if that `counts`."""
        ...

    async def stop_waiting(self, id_: BookingId) -> None:
        """Forget that a booking waits."""
        ...

    async def give_up_room(self, id_: BookingId, now: int, expires_at: int) -> None:
        """Forget that a booking waits, and queue a mail that tells its host."""
        ...
