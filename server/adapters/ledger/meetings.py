"""The meetings of series, each of which takes its time once. What is no series has no row here."""

import sqlite3
from collections.abc import Sequence

from server.adapters.ledger.changes import add_to_trail, tell_log
from server.adapters.ledger.database import Database
from server.domain.booking import Action, Actor
from server.domain.happenings import Happening
from server.domain.identity import BookingId
from server.ports import AuditEntry

COMPLETED = (Happening.COMPLETED,)


class Meetings:
    """Finds meetings of confirmed series that have ended, and records each once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ended_meetings(self, now: int) -> Sequence[tuple[BookingId, int]]:
        """Return the booking and the original start of each meeting that has ended and is not yet recorded as complete."""
        return await self._database.read(lambda connection: _ended(connection, now))

    async def complete_meeting(self, id_: BookingId, original: int, revision: int, at: int) -> bool:
        """Record that a meeting of a series has taken its time; False, and nothing done, when that is known or not so."""
        done = await self._database.write(
            lambda connection: _complete(connection, id_, original, revision, at)
        )
        if done:
            tell_log(id_, COMPLETED)
        return done


def _ended(connection: sqlite3.Connection, now: int) -> Sequence[tuple[BookingId, int]]:
    rows = connection.execute(
        """
        SELECT meetings.booking, meetings.original FROM meetings JOIN bookings ON bookings.id = meetings.booking
        WHERE meetings.completed_at IS NULL AND meetings.ends <= :now AND bookings.status = 'confirmed'
        ORDER BY meetings.ends, bookings.number, meetings.original
        """,
        {"now": now},
    )
    return [(BookingId(id_), original) for id_, original in rows]


def _complete(connection: sqlite3.Connection, id_: BookingId, original: int, revision: int, at: int) -> bool:
    row = connection.execute(
        """
        UPDATE meetings SET completed_at = :at
        WHERE booking = :id AND original = :original AND completed_at IS NULL
            AND EXISTS (SELECT 1 FROM bookings WHERE id = :id AND status = 'confirmed' AND revision = :revision)
            AND NOT EXISTS (SELECT 1 FROM intents WHERE booking = :id)
        RETURNING (SELECT home FROM bookings WHERE id = :id)
        """,
        {"id": id_, "original": original, "revision": revision, "at": at},
    ).fetchone()
    if row is None:
        return False
    entry = AuditEntry(
        id_,
        revision,
        Action.COMPLETE,
        Actor.SYSTEM,
        at,
        happenings=COMPLETED,
        home=row[0],
        concerns=original,
    )
    add_to_trail(connection, entry)
    return True
