"""Requests that may be repeated, as rows."""

import sqlite3

from server.adapters.ledger.database import Database
from server.ports import Remembered


class Repeats:
    """Which requests have come before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin_request(self, key: str, digest: str, at: int) -> Remembered | None:
        """Remember that a request with `key` begins, and return None; or return the one that had the key before."""
        return await self._database.write(lambda connection: _begin(connection, key, digest, at))

    async def end_request(self, key: str, subject: str) -> None:
        """Remember what came of a request."""
        await self._database.write(lambda connection: _end(connection, key, subject))

    async def forget_request(self, key: str) -> None:
        """Forget a request that came to nothing, so that it can be made again."""
        await self._database.write(lambda connection: _forget(connection, key))


def _begin(connection: sqlite3.Connection, key: str, digest: str, at: int) -> Remembered | None:
    row = connection.execute("SELECT digest, subject FROM requests WHERE key = :key", {"key": key}).fetchone()
    if row is not None:
        return Remembered(*row)
    connection.execute(
        "INSERT INTO requests (key, digest, made_at) VALUES (:key, :digest, :at)",
        {"key": key, "digest": digest, "at": at},
    )
    return None


def _end(connection: sqlite3.Connection, key: str, subject: str) -> None:
    connection.execute(
        "UPDATE requests SET subject = :subject WHERE key = :key", {"key": key, "subject": subject}
    )


def _forget(connection: sqlite3.Connection, key: str) -> None:
    connection.execute("DELETE FROM requests WHERE key = :key", {"key": key})


def delete_before(connection: sqlite3.Connection, before: int) -> None:
    """Forget the requests that were made before an instant."""
    connection.execute("DELETE FROM requests WHERE made_at < :before", {"before": before})
