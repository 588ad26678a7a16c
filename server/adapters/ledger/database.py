"""One SQLite file: a thread that writes, a thread that reads, and whole functions as transactions.

Knows nothing of what is stored. aiosqlite's own methods hand its thread one statement at a time, and each hand-over
costs as much as the statement; a function that runs there from BEGIN to COMMIT costs one.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import aiosqlite

from server.domain.errors import Unavailable

T = TypeVar("T")

BUSY_TIMEOUT_MS = 5_000
"""How long to wait for another process at the file, say an operator's sqlite3 shell."""

_UNAVAILABLE = "The database does not answer now. Please try again in a minute."


class Database:
    """An open file; `close` it before the event loop ends."""

    def __init__(self, writer: "_Thread", reader: "_Thread") -> None:
        self._writer = writer
        self._reader = reader
        self._closed = False

    @classmethod
    async def open(cls, path: Path) -> "Database":
        """Open an existing file; what was committed survives the loss of power."""
        writer = _Thread(lambda: connect(path), iter_chunk_size=64)
        await writer
        try:
            reader = _Thread(lambda: connect(path, query_only=True), iter_chunk_size=64)
            await reader
        except BaseException:
            await writer.close()
            raise
        return cls(writer, reader)

    async def write(
        self, work: Callable[[sqlite3.Connection], T], committed: Callable[[T], None] | None = None
    ) -> T:
        """Run `work` as one transaction and return its result; what it raises undoes everything.

        `committed` is called with the result in the same thread, after the commit and before the next transaction, even
        when the caller has gone meanwhile. Raises Unavailable when the disk or the file refuses.
        """
        return await self._run(self._writer, lambda connection: _transact(connection, work, committed))

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on the reading connection, which does not wait for the writer's disk."""
        return await self._run(self._reader, work)

    async def close(self) -> None:
        """Finish what was asked for and close the file."""
        self._closed = True
        await self._reader.close()
        await self._writer.close()

    async def _run(self, thread: "_Thread", work: Callable[[sqlite3.Connection], T]) -> T:
        if self._closed:
            raise Unavailable(_UNAVAILABLE)
        try:
            return await thread.run(work)
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise
        except sqlite3.DatabaseError as error:
            raise Unavailable(_UNAVAILABLE) from error


class _Thread(aiosqlite.Connection):
    """A connection of aiosqlite that takes whole functions."""

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in the connection's thread, to its end even when the caller is cancelled."""
        # `_execute` is what every public method of aiosqlite.Connection is one line around; tests hold it.
        return cast(T, await self._execute(work, self._conn))  # type: ignore[no-untyped-call]


def connect(path: Path, *, query_only: bool = False) -> sqlite3.Connection:
    """Return a connection as this package needs it: WAL, durable at commit, transactions begun by hand."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA trusted_schema = OFF")
    if query_only:
        connection.execute("PRAGMA query_only = ON")
    return connection


def _transact(
    connection: sqlite3.Connection,
    work: Callable[[sqlite3.Connection], T],
    committed: Callable[[T], None] | None,
) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        # A full disk may have ended the transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    if committed is not None:
        committed(result)
    return result
