"""Knows how a file reaches the disk whole or not at all, and what a crash may leave behind."""

import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

TEMPORARY = ".Radicale.tmp-"
"""What names of unfinished files and folders begin with; Radicale itself uses the same."""


def read_whole(path: str) -> bytes:
    """Return the bytes of a file; a report reads hundreds, and pathlib would cost more than the reading."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        wanted = os.fstat(handle).st_size
        data = os.read(handle, wanted)
        while len(data) < wanted and (more := os.read(handle, wanted - len(data))):
            data += more
        return data
    finally:
        os.close(handle)


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file and wait until its bytes are on the disk; its name is not until the folder is synced."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Wait until names that were added, replaced or removed in a folder are on the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def stage(folder: Path, data: bytes) -> Path:
    """Return an unfinished file in `folder` whose bytes are on the disk; `put_staged` or `unlink` ends it."""
    unfinished = folder / (TEMPORARY + secrets.token_hex(8))
    try:
        write_synced(unfinished, data)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    return unfinished


def put_staged(staged: Path, path: Path) -> None:
    """Put a staged file at `path` at one instant: a reader, or a crash, meets the old bytes or the new ones.

    The name is on the disk when the folder has been synced.
    """
    try:
        staged.replace(path)
    except OSError:
        staged.unlink(missing_ok=True)
        raise


def replace_synced(path: Path, data: bytes) -> None:
    """Put `data` at `path` at one instant, and wait until it is on the disk with its name."""
    put_staged(stage(path.parent, data), path)
    sync_folder(path.parent)


def sweep(folders: Iterable[Path]) -> int:
    """Remove what unfinished writes left in `folders`; return how many there were. Only before requests come."""
    swept = 0
    for folder in folders:
        for left in folder.glob(TEMPORARY + "*"):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            else:
                left.unlink()
            swept += 1
    return swept
