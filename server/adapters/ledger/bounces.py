"""Mails that came back, as rows of the outbox."""

import sqlite3

from server.adapters.ledger import outbox
from server.adapters.ledger.database import Database
from server.ports import QueuedMail


class Bounces:
    """Single mails by their number."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mail(self, id_: int) -> QueuedMail | None:
        """Return one mail of the outbox."""
        return await self._database.read(lambda connection: outbox.one(connection, id_))

    async def bounce_mail(self, id_: int, now: int, error: str) -> bool:
        """Record that a mail which was sent came back."""
        return await self._database.write(lambda connection: _bounce(connection, id_, now, error))


def _bounce(connection: sqlite3.Connection, id_: int, now: int, error: str) -> bool:
    cursor = connection.execute(
        "UPDATE outbox SET state = 'bounced', error = :error, finished_at = :now WHERE id = :id AND state = 'sent'",
        {"id": id_, "error": error, "now": now},
    )
    return cursor.rowcount == 1
