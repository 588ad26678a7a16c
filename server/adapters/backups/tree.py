"""A copy of a folder that is written to meanwhile: made in rounds, each of which copies what has changed since.

Files of the homes are replaced and never rewritten, so one that was opened is whole; the exception, the log of a calendar's
changes, grows, and is copied again when it did.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from server.adapters.backups.checksums import checksum

UNFINISHED = (".Radicale.tmp-", ".Radicale.lock", ".Radicale.cache")
"""What names begin with that no backup needs: unfinished writes, and what a Radicale of its own left."""

Stamp = tuple[int, int, int, int]


class Copy:
    """`source` in `target`, as it was in the last round; `go_on` is called before each file and may raise."""

    def __init__(self, source: Path, target: Path, go_on: Callable[[], None]) -> None:
        self._source = source
        self._target = target
        self._go_on = go_on
        self._stamps: dict[str, Stamp] = {}
        self.sums: dict[str, str] = {}
        self.size = 0

    def update(self) -> int:
        """Copy what is new, take away what is gone; return how many files that were."""
        left = set(self._stamps)
        changed = 0
        for name, stamp in _files(self._source, ""):
            left.discard(name)
            if self._stamps.get(name) != stamp:
                self._go_on()
                changed += self._take(name, stamp)
        for name in left:
            self._drop(name)
        return changed + len(left)

    def _take(self, name: str, stamp: Stamp) -> bool:
        source, target = self._source / name, self._target / name
        try:
            data, modified = source.read_bytes(), source.stat().st_mtime_ns
        except FileNotFoundError:
            # Gone since the folder was read. If a former round had it, the next one finds it missing.
            return False
        make_parents(target)
        write(target, data)
        os.utime(target, ns=(modified, modified))
        self.size += len(data)
        self.sums[name] = checksum(data)
        self._stamps[name] = stamp
        return True

    def _drop(self, name: str) -> None:
        (self._target / name).unlink()
        del self._stamps[name], self.sums[name]


def write(path: Path, data: bytes) -> None:
    """Write a file anew, for its owner alone."""
    path.unlink(missing_ok=True)
    with open_new(path) as file:
        file.write(data)


def open_new(path: Path) -> BinaryIO:
    """Return a new file for its owner alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


def make_parents(path: Path) -> None:
    """Make the folders above `path` that are missing, for their owner alone."""
    if not path.parent.is_dir():
        make_parents(path.parent)
        path.parent.mkdir(mode=0o700)


def _is_unfinished(name: str) -> bool:
    return name.startswith(UNFINISHED) or (name.startswith(".") and name.endswith(".unfinished"))


def _files(folder: Path, prefix: str) -> Iterator[tuple[str, Stamp]]:
    """Give every file below `folder` by its name from there, with what differs when it has changed."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        if _is_unfinished(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(folder / entry.name, f"{prefix}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            try:
                now = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            yield f"{prefix}{entry.name}", (now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns)
