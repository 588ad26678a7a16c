"""Putting another ledger in the place of the present one, which is kept beside it."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from server.adapters.durable import sync_folder

SIDE_FILES = ("-wal", "-shm")


def put_in_place(fresh: Path, path: Path, aside: Path) -> bool:
    """Make `fresh`, which is closed, the ledger at `path`; what stood there is at `aside` afterwards. Tell if there was.

    At no moment is there no ledger, and none meets the log of another one.
    """
    was_there = path.exists()
    if was_there:
        _fold(path)
        os.link(path, aside)
    for suffix in SIDE_FILES:
        side = path.with_name(path.name + suffix)
        if side.exists():
            side.replace(aside.with_name(aside.name + suffix))
    fresh.replace(path)
    sync_folder(path.parent)
    return was_there


def remove(path: Path) -> None:
    """Remove a ledger that was never put in place."""
    for name in (path.name, *(path.name + suffix for suffix in SIDE_FILES)):
        path.with_name(name).unlink(missing_ok=True)


def _fold(path: Path) -> None:
    """Take SQLite's log into the file, where the file can still be read; else its log is set aside with it."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.DatabaseError:
        return
