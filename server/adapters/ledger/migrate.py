"""The schema of the ledger, brought to the present version when the file is opened.

Each `migrations/NNNN.sql` takes the file from version NNNN - 1 to NNNN, in one transaction with `PRAGMA user_version`.
Before the first of them touches a file that holds data, the file is copied beside itself.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from server.adapters.ledger.database import connect
from server.domain.errors import Unavailable

MIGRATIONS = Path(__file__).parent / "migrations"


class LedgerRefused(Unavailable):
    """The file cannot be used as it is; the message says what to do."""


def prepare(path: Path, migrations: Path = MIGRATIONS) -> None:
    """Make `path` a ledger of the present version that its owner alone can read, creating it when absent.

    Raises LedgerRefused for a file of a newer version, for a file that is no database, and when a migration fails.
    """
    create(path)
    steps = sorted(migrations.glob("[0-9]*.sql"))
    try:
        with closing(connect(path)) as connection:
            _upgrade(connection, path, steps)
    except sqlite3.DatabaseError as error:
        raise LedgerRefused(
            f"{path} cannot be opened or upgraded as a ledger ({error}). It is unchanged. Free disk space if that is "
            "what is missing, or put a backup in its place."
        ) from error


def newest_version(migrations: Path = MIGRATIONS) -> int:
    """Return the version that the last migration leads to."""
    return max(int(step.stem) for step in migrations.glob("[0-9]*.sql"))


def _upgrade(connection: sqlite3.Connection, path: Path, steps: list[Path]) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    newest = int(steps[-1].stem)
    if version > newest:
        raise LedgerRefused(
            f"{path} was written by a newer Daybook (ledger version {version}; this one knows {newest}). Install that "
            f"release again, or put the copy that was made before the upgrade in its place."
        )
    pending = [step for step in steps if int(step.stem) > version]
    if pending and version > 0:
        _copy(connection, path.with_name(f"{path.name}.version-{version}"))
    for step in pending:
        _apply(connection, step)


def _apply(connection: sqlite3.Connection, step: Path) -> None:
    script = step.read_text(encoding="utf-8")
    try:
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {int(step.stem)};\nCOMMIT;"
        )
    except sqlite3.DatabaseError:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _copy(connection: sqlite3.Connection, target: Path) -> None:
    """Copy the database to `target`, complete and durable before it has that name."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    create(unfinished)
    with closing(sqlite3.connect(unfinished)) as copy:
        connection.backup(copy)
    _sync(unfinished)
    unfinished.replace(target)
    _sync(target.parent)


def create(path: Path) -> None:
    """Create an empty file for its owner alone; SQLite gives its WAL and shared memory the same mode."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
