"""Making a backup while Daybook goes on: nobody waits for the copying, writers wait for the last look.

The bulk is copied without a lock, in rounds. Then the lock of the calendars is held for reading: the ledger's state is
held, what changed since the last round is copied, and the lock is let go. Ledger and calendars are of one instant, to
within an intent, which recovery resolves as it does after a crash. The ledger is written after that, from the held state.
"""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from time import monotonic
from typing import Protocol

import msgspec

from server.adapters.backups import checksums
from server.adapters.backups.tree import Copy, write
from server.adapters.data_dir import DataDir
from server.adapters.durable import make_folder, replace_file
from server.domain.errors import Conflict, Invalid, Unavailable
from server.ports import BackupMade

FORMAT = 1
DESCRIPTION = "backup.json"
LEDGER = "ledger.db"
KEY = "secret.key"
COLLECTIONS = "collections"

ROUNDS_MAX = 5
FEW = 50
"""So many changed files take no longer to copy than a writer may wait."""


class Description(msgspec.Struct, frozen=True):
    """What a backup says of itself; `made_at` is RFC 3339 in UTC."""

    made_at: str
    has_key: bool
    format: int = FORMAT


class Snapshot(Protocol):
    """One state of the ledger."""

    def write(self, target: Path) -> None:
        """Write it to a new file."""
        ...


class DataBackups:
    """Makes backups of a data directory, one at a time; `close` ends one that is being made.

    `hold` keeps writers from the calendars, `snapshot` holds the ledger's present state.
    """

    def __init__(
        self,
        data: DataDir,
        hold: Callable[[], AbstractContextManager[None]],
        snapshot: Callable[[], AbstractContextManager[Snapshot]],
    ) -> None:
        self._data = data
        self._hold = hold
        self._snapshot = snapshot
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="backup")
        self._closing = threading.Event()

    async def make(self, folder: Path, now: datetime) -> BackupMade:
        """Put a backup into `folder`, which is new or empty; raises Invalid, Conflict or Unavailable."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._make, folder, now)
        except OSError as error:
            raise Unavailable(f"The backup cannot be made: {error.filename}: {error.strerror}.") from error

    def close(self) -> None:
        """End a backup that is being made; what there is of it is no backup, and says so."""
        self._closing.set()
        self._thread.shutdown(wait=True)

    def _make(self, folder: Path, now: datetime) -> BackupMade:
        self._refuse(folder)
        make_folder(folder)
        homes = Copy(self._data.collections, folder / COLLECTIONS, self._go_on)
        for _ in range(ROUNDS_MAX):
            if homes.update() <= FEW:
                break
        held_s = self._copy_held(homes, folder)
        return self._seal(homes, folder, now, held_s)

    def _copy_held(self, homes: Copy, folder: Path) -> float:
        """Bring homes and ledger to one instant; return for how long writers had to wait."""
        with ExitStack() as states:
            with self._hold():
                began = monotonic()
                # First, so that no intent of it has lost a staged text that is copied after it.
                ledger = states.enter_context(self._snapshot())
                homes.update()
                held_s = monotonic() - began
            ledger.write(folder / LEDGER)
        return held_s

    def _seal(self, homes: Copy, folder: Path, now: datetime, held_s: float) -> BackupMade:
        """Add the key and the description, and last the checksums, without which it is no backup."""
        sums = {f"{COLLECTIONS}/{name}": digest for name, digest in homes.sums.items()}
        with (folder / LEDGER).open("rb") as ledger:
            sums[LEDGER] = file_digest(ledger, "sha256").hexdigest()
        key = _bytes(self._data.secret_key)
        made_at = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        description = msgspec.json.encode(Description(made_at, key is not None)) + b"\n"
        for name, data in ((KEY, key), (DESCRIPTION, description)):
            if data is not None:
                write(folder / name, data)
                sums[name] = checksums.checksum(data)
        # One call for everything: a sync of each of some ten thousand files takes minutes.
        os.sync()
        replace_file(folder / checksums.FILE, checksums.written(sums))
        size = homes.size + (folder / LEDGER).stat().st_size
        return BackupMade(folder, len(sums), size, int(held_s * 1000), key is not None)

    def _refuse(self, folder: Path) -> None:
        if not folder.is_absolute():
            raise Invalid("The backup cannot be made there.", {"folder": "must be an absolute path"})
        if folder.resolve().is_relative_to(self._data.collections):
            raise Invalid("The backup cannot be made there.", {"folder": "lies in what is to be copied"})
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Conflict(f"{folder} is not empty. A backup needs a folder of its own.")

    def _go_on(self) -> None:
        if self._closing.is_set():
            raise Unavailable("Daybook is shutting down; the backup was not finished.")


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
