"""Writing files and folders so that a crash leaves either what was there before or all of what is written."""

import os
from collections.abc import Mapping
from pathlib import Path


def replace_file(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put `content` at `path`, on disk when this returns; `path`'s folder must exist.

    The unfinished text stands beside it under a name that begins with a dot; one a crash left is overwritten.
    """
    _write_beside(path, content, mode).replace(path)
    sync_folder(path.parent)


def replace_files(contents: Mapping[Path, bytes], mode: int = 0o600) -> None:
    """Put each content at its path, on disk when this returns: all of them, or none when the disk takes no more.

    Every text is complete on the disk before the first has its name, so that only a crash between two renames leaves some.
    """
    written: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            written[path] = _write_beside(path, content, mode)
    except OSError:
        for unfinished in written.values():
            unfinished.unlink(missing_ok=True)
        raise
    for path, unfinished in written.items():
        unfinished.replace(path)
    for folder in {path.parent for path in contents}:
        sync_folder(folder)


def _write_beside(path: Path, content: bytes, mode: int) -> Path:
    unfinished = path.with_name(f".{path.name}.unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return unfinished


def sync_folder(folder: Path) -> None:
    """Make what was renamed in or removed from `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Create a folder for this user alone, with the folders above it, all on disk when this returns."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)
