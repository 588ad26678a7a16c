"""Messages to be sent and what became of them: numbers and states; texts are rendered from the calendars."""

import sqlite3
from collections.abc import Sequence

from server.adapters.ledger.database import Database
from server.domain.identity import BookingId
from server.domain.invites import InviteId
from server.domain.reminders import Channel
from server.ports import MailKind, MailState, QueuedMail, Settlement

_SELECT = (
    "SELECT id, booking, revision, kind, recipient, state, attempts, due_at, expires_at, error, finished_at, "
    "channel, offset_min, invite "
    "FROM outbox "
)


class Outbox:
    """The queue of mails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due_mails(self, now: int, limit: int) -> Sequence[QueuedMail]:
        """Return queued mails that are due, oldest first."""
        return await self._database.read(lambda connection: _due(connection, now, limit))

    async def mails(
        self, *, booking: BookingId | None = None, state: MailState | None = None
    ) -> Sequence[QueuedMail]:
        """Return mails of the outbox, finished ones included, oldest first."""
        return await self._database.read(lambda connection: _list(connection, booking, state))

    async def finish_mail(self, id_: int, state: MailState, now: int, error: str | None = None) -> None:
        """Record what became of a mail; sent and failed count as an attempt, the other states as none."""
        await self._database.write(lambda connection: _finish(connection, id_, state, now, error))

    async def postpone_mail(self, id_: int, due_at: int, error: str) -> None:
        """Record a failed attempt and when the next one is due."""
        await self._database.write(lambda connection: _postpone(connection, id_, due_at, error))

    async def requeue_mail(self, id_: int, now: int) -> bool:
        """Queue a failed or unsent mail again, unless it has expired; tell whether it was queued."""
        return await self._database.write(lambda connection: _requeue(connection, id_, now))


def queue(connection: sqlite3.Connection, done: Settlement) -> None:
    """Queue the mails of a settlement, within its transaction."""
    connection.executemany(
        """
        INSERT INTO outbox (booking, revision, kind, recipient, due_at, expires_at)
        VALUES (:booking, :revision, :kind, :recipient, :due_at, :expires_at)
        """,
        [
            {
                "booking": done.booking,
                "revision": done.revision,
                "kind": kind,
                "recipient": recipient,
                "due_at": done.at,
                "expires_at": done.ends,
            }
            for kind, recipient in done.mails
        ],
    )


def _due(connection: sqlite3.Connection, now: int, limit: int) -> Sequence[QueuedMail]:
    rows = connection.execute(
        _SELECT + "WHERE state = 'queued' AND due_at <= :now ORDER BY due_at, id LIMIT :limit",
        {"now": now, "limit": limit},
    )
    return [_mail(row) for row in rows]


def one(connection: sqlite3.Connection, id_: int) -> QueuedMail | None:
    """Return one mail."""
    row = connection.execute(_SELECT + "WHERE id = :id", {"id": id_}).fetchone()
    return None if row is None else _mail(row)


def _list(
    connection: sqlite3.Connection, booking: BookingId | None, state: MailState | None
) -> Sequence[QueuedMail]:
    conditions = [
        *(["booking = :booking"] if booking is not None else []),
        *(["state = :state"] if state is not None else []),
    ]
    where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    rows = connection.execute(_SELECT + where + "ORDER BY id", {"booking": booking, "state": state})
    return [_mail(row) for row in rows]


def _finish(connection: sqlite3.Connection, id_: int, state: MailState, now: int, error: str | None) -> None:
    connection.execute(
        """
        UPDATE outbox SET
            state = :state, error = :error, finished_at = :now, attempts = attempts + (:state IN ('sent', 'failed'))
        WHERE id = :id
        """,
        {"id": id_, "state": state, "error": error, "now": now},
    )


def _postpone(connection: sqlite3.Connection, id_: int, due_at: int, error: str) -> None:
    connection.execute(
        "UPDATE outbox SET attempts = attempts + 1, due_at = :due_at, error = :error WHERE id = :id",
        {"id": id_, "due_at": due_at, "error": error},
    )


def _requeue(connection: sqlite3.Connection, id_: int, now: int) -> bool:
    cursor = connection.execute(
        """
        UPDATE outbox SET state = 'queued', attempts = 0, due_at = :now, error = NULL, finished_at = NULL
        WHERE id = :id AND state IN ('failed', 'not_sent', 'bounced') AND expires_at > :now
        """,
        {"id": id_, "now": now},
    )
    return cursor.rowcount == 1


def _mail(
    row: tuple[
        int, str, int, str, int, str, int, int, int, str | None, int | None, str, int | None, str | None
    ],
) -> QueuedMail:
    id_, booking, revision, kind, recipient, state, attempts, due_at, expires_at, error, finished_at = row[
        :11
    ]
    return QueuedMail(
        id=id_,
        booking=BookingId(booking),
        revision=revision,
        kind=MailKind(kind),
        recipient=recipient,
        state=MailState(state),
        attempts=attempts,
        due_at=due_at,
        expires_at=expires_at,
        error=error,
        finished_at=finished_at,
        channel=Channel(row[11]),
        offset_min=row[12],
        invite=None if row[13] is None else InviteId(row[13]),
    )
