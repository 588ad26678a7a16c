"""Bookings that wait for their video room, as rows."""

import sqlite3
from collections.abc import Sequence

from server.adapters.ledger.database import Database
from server.domain.identity import BookingId
from server.ports import HOST_RECIPIENT, MailKind, RoomWait


class RoomWaits:
    """When a room is asked for next, by booking."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wait_for_room(self, id_: BookingId, due_at: int) -> None:
        """Record that a room is to be asked for again."""
        await self._database.write(lambda connection: _wait(connection, id_, due_at))

    async def due_rooms(self, now: int, limit: int) -> Sequence[RoomWait]:
        """Return what is due, the longest due first."""
        return await self._database.read(lambda connection: _due(connection, now, limit))

    async def postpone_room(self, id_: BookingId, due_at: int, *, counts: bool = True) -> None:
        """Record when a room is asked for next, and that it was asked for in vain if that `counts`."""
        await self._database.write(lambda connection: _postpone(connection, id_, due_at, int(counts)))

    async def stop_waiting(self, id_: BookingId) -> None:
        """Forget that a booking waits."""
        await self._database.write(lambda connection: _forget(connection, id_))

    async def give_up_room(self, id_: BookingId, now: int, expires_at: int) -> None:
        """Forget that a booking waits, and queue a mail that tells its host."""
        await self._database.write(lambda connection: _give_up(connection, id_, now, expires_at))


def _wait(connection: sqlite3.Connection, id_: BookingId, due_at: int) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO room_waits (booking, due_at) VALUES (:booking, :due_at)",
        {"booking": id_, "due_at": due_at},
    )


def _due(connection: sqlite3.Connection, now: int, limit: int) -> Sequence[RoomWait]:
    rows = connection.execute(
        """
        SELECT booking, attempts FROM room_waits
        WHERE due_at <= :now ORDER BY due_at, booking LIMIT :limit
        """,
        {"now": now, "limit": limit},
    )
    return [RoomWait(BookingId(booking), attempts) for booking, attempts in rows]


def _postpone(connection: sqlite3.Connection, id_: BookingId, due_at: int, counts: int) -> None:
    connection.execute(
        "UPDATE room_waits SET due_at = :due_at, attempts = attempts + :counts WHERE booking = :booking",
        {"booking": id_, "due_at": due_at, "counts": counts},
    )


def _forget(connection: sqlite3.Connection, id_: BookingId) -> bool:
    cursor = connection.execute("DELETE FROM room_waits WHERE booking = :booking", {"booking": id_})
    return cursor.rowcount == 1


def _give_up(connection: sqlite3.Connection, id_: BookingId, now: int, expires_at: int) -> None:
    if not _forget(connection, id_):
        return
    connection.execute(
        """
        INSERT INTO outbox (booking, revision, kind, recipient, due_at, expires_at)
        SELECT id, revision, :kind, :recipient, :now, :expires_at FROM bookings WHERE id = :booking
        """,
        {
            "booking": id_,
            "kind": MailKind.ROOM_MISSING,
            "recipient": HOST_RECIPIENT,
            "now": now,
            "expires_at": expires_at,
        },
    )
