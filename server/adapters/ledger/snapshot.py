"""The ledger as it is at one instant, written elsewhere while bookings go on."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from server.adapters.ledger.database import connect
from server.adapters.ledger.migrate import LedgerRefused, create, newest_version


class Snapshot:
    """One state of the ledger; `write` may be called when it has long moved on."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def write(self, target: Path) -> None:
        """Write the state to a new file that its owner alone can read, without what was deleted before."""
        create(target)
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            self._connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            copy.execute("VACUUM")


@contextmanager
def snapshot(path: Path) -> Iterator[Snapshot]:
    """Hold the state that was committed last; writers go on meanwhile, and SQLite's log grows until the end."""
    with closing(connect(path, query_only=True)) as connection:
        connection.execute("BEGIN")
        # A transaction sees nothing before its first reading, and from then on one state only.
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        yield Snapshot(connection)
        connection.execute("ROLLBACK")


def examine(path: Path) -> None:
    """Raise LedgerRefused for a file that is damaged, no ledger, or of a newer Daybook; changes nothing."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
    except sqlite3.DatabaseError as error:
        raise LedgerRefused(f"{path} cannot be read as a ledger ({error}). Take another backup.") from error
    newest = newest_version()
    if not 1 <= version <= newest:
        raise LedgerRefused(
            f"{path} has the ledger version {version}; this Daybook knows 1 to {newest}. Install the release that wrote it."
        )
    if found != ["ok"]:
        raise LedgerRefused(f"{path} is damaged ({found[0]}). Take another backup.")
