"""Putting a backup in place: looked through to the last byte first, and in place whole or not at all.

What is restored stands in DATA/restoring until it is complete and has been examined; then it is renamed. A restore that was
interrupted is done again from the start.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import msgspec

from server.adapters.backups import checksums
from server.adapters.backups.make import COLLECTIONS, DESCRIPTION, FORMAT, KEY, LEDGER, Description
from server.adapters.backups.tree import make_parents, open_new
from server.adapters.data_dir import DataDir, is_unused
from server.adapters.durable import make_folder, sync_folder
from server.domain.errors import Unavailable

PIECE_BYTES = 1 << 20


class RestoreRefused(Unavailable):
    """Nothing was restored; the message says what to do."""


def restore(backup: Path, data: DataDir, examine: Callable[[DataDir], None]) -> Description:
    """Put a backup into a data directory that holds nothing yet; return what the backup says of itself.

    `examine` is shown a directory with all that will be put in place, and raises what speaks against it. Raises
    RestoreRefused, with the directory still unused, when the backup is damaged or the directory holds something.
    """
    if not is_unused(data):
        raise RestoreRefused(f"{data.path} is not empty. Restore into a new directory, and then change over.")
    try:
        description, sums = _read(backup)
        shutil.rmtree(data.restoring, ignore_errors=True)
        data.restoring.mkdir(mode=0o700)
        _copy(backup, data.restoring, sums)
        complete = DataDir(data.restoring)
        examine(complete)
        os.sync()
        _put_in_place(complete, data)
    except OSError as error:
        raise RestoreRefused(f"The backup cannot be restored: {error.filename}: {error.strerror}.") from error
    return description


def _read(backup: Path) -> tuple[Description, Mapping[str, str]]:
    if not (backup / checksums.FILE).is_file():
        raise RestoreRefused(
            f"{backup} is no backup, or one that was not finished: {checksums.FILE} is missing."
        )
    try:
        sums = checksums.read(backup / checksums.FILE)
        description = msgspec.json.decode((backup / DESCRIPTION).read_bytes(), type=Description)
    except (ValueError, FileNotFoundError) as error:
        raise RestoreRefused(f"{backup} is damaged ({error}). Take another backup.") from error
    if description.format != FORMAT:
        raise RestoreRefused(
            f"{backup} was written by a newer Daybook (format {description.format}; this one knows {FORMAT}). "
            "Install that release."
        )
    if {LEDGER, DESCRIPTION} - sums.keys():
        raise RestoreRefused(f"{backup} is damaged: {checksums.FILE} does not name all it must.")
    return description, sums


def _copy(backup: Path, target: Path, sums: Mapping[str, str]) -> None:
    for name, digest in sums.items():
        if not _is_inside(name):
            raise RestoreRefused(f"{backup} names a file outside itself: {name}.")
        source = backup / name
        make_parents(target / name)
        try:
            copied = _copy_file(source, target / name)
        except FileNotFoundError as error:
            raise RestoreRefused(f"{source} is missing. Take another backup.") from error
        if copied != digest:
            raise RestoreRefused(
                f"{source} is not what it was when the backup was made. Take another backup."
            )


def _copy_file(source: Path, target: Path) -> str:
    """Copy a file of any size with the time of its last change; return its checksum."""
    digest = sha256()
    with source.open("rb") as file, open_new(target) as copy:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
            copy.write(piece)
    modified = source.stat().st_mtime_ns
    os.utime(target, ns=(modified, modified))
    return digest.hexdigest()


def _is_inside(name: str) -> bool:
    parts = Path(name).parts
    return ".." not in parts and (name in (LEDGER, KEY, DESCRIPTION) or parts[0] == COLLECTIONS)


def _put_in_place(complete: DataDir, data: DataDir) -> None:
    """Rename everything into place."""
    shutil.rmtree(data.collections)
    make_folder(complete.collections / "collection-root")
    complete.ledger.replace(data.ledger)
    if complete.secret_key.exists():
        complete.secret_key.replace(data.secret_key)
    complete.collections.replace(data.collections)
    shutil.rmtree(complete.path)
    sync_folder(data.path)
