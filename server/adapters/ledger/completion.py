"""Meetings that have taken their time."""

import sqlite3
from collections.abc import Sequence

from server.adapters.ledger.changes import add_to_trail, tell_log
from server.adapters.ledger.database import Database
from server.domain.booking import Action, Actor
from server.domain.happenings import Happening
from server.domain.identity import BookingId, Home
from server.ports import AuditEntry

COMPLETED = (Happening.COMPLETED,)


class Completion:
    """Finds confirmed bookings that have ended, and records it once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ended(self, now: int) -> Sequence[BookingId]:
        """Return the confirmed bookings that have ended and are not yet recorded as complete, by their end."""
        return await self._database.read(lambda connection: _ended(connection, now))

    async def complete(self, id_: BookingId, revision: int, at: int) -> bool:
        """Record that a meeting has taken its time; False, and nothing done, when that is known or not so."""
        done = await self._database.write(lambda connection: _complete(connection, id_, revision, at))
        if done:
            tell_log(id_, COMPLETED)
        return done


def _ended(connection: sqlite3.Connection, now: int) -> Sequence[BookingId]:
    rows = connection.execute(
        """
        SELECT id FROM bookings
        WHERE status = 'confirmed' AND completed_at IS NULL AND ends_at <= :now ORDER BY ends_at, number
        """,
        {"now": now},
    )
    return [BookingId(id_) for (id_,) in rows]


def _complete(connection: sqlite3.Connection, id_: BookingId, revision: int, at: int) -> bool:
    row = connection.execute(
        """
        UPDATE bookings SET completed_at = :at
        WHERE id = :id AND status = 'confirmed' AND completed_at IS NULL AND revision = :revision
            AND NOT EXISTS (SELECT 1 FROM intents WHERE booking = :id)
        RETURNING home
        """,
        {"id": id_, "revision": revision, "at": at},
    ).fetchone()
    if row is None:
        return False
    entry = AuditEntry(
        id_, revision, Action.COMPLETE, Actor.SYSTEM, at, happenings=COMPLETED, home=Home(row[0])
    )
    add_to_trail(connection, entry)
    return True
