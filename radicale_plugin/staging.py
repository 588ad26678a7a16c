"""Knows what a request needs on the disk before it may take the lock: properties, and the folders of new collections.

Only under the lock is it known what is to be written, and the disk is not to be waited for there. So who finds that
something is not staged says so with `NotStaged`; the request lets go of the lock, stages it and is made again.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

from radicale_plugin.files import TEMPORARY, stage, sync_folder

TRIES = 3
"""How often a request is made again whose properties another one changes each time; then the disk is waited for."""

T = TypeVar("T")


class NotStaged(Exception):
    """What is to be written is not staged; `make` stages it and returns where, the caller holds no lock."""

    def __init__(self, key: tuple[Path, bytes], make: Callable[[], Path]) -> None:
        super().__init__(str(key[0]))
        self.key = key
        self.make = make


_staged: ContextVar[dict[tuple[Path, bytes], Path] | None] = ContextVar("staged", default=None)
"""What the request that this thread serves has staged; None for who does not stage, or no longer."""


def before_the_lock(work: Callable[[], T]) -> T:
    """Do `work`, as often as it finds that something must be staged first."""
    with _staging() as staged:
        for _ in range(TRIES):
            try:
                return work()
            except NotStaged as missing:
                staged[missing.key] = missing.make()
    return work()


def staged_file(path: Path, data: bytes) -> Path:
    """Return a file beside `path` whose bytes are on the disk; raises NotStaged where it can be made without the lock."""
    return _taken((path, data), lambda: stage(path.parent, data))


def staged_folder(path: Path, name: str, data: bytes) -> Path:
    """Return a folder beside `path` with the file `name` in it, as `staged_file` does."""

    def make() -> Path:
        folder = path.with_name(TEMPORARY + token_hex(8))
        folder.mkdir()
        try:
            stage(folder, data).replace(folder / name)
            sync_folder(folder)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return folder

    return _taken((path, data), make)


def _taken(key: tuple[Path, bytes], make: Callable[[], Path]) -> Path:
    staged = _staged.get()
    if staged is None:
        return make()
    if key not in staged:
        raise NotStaged(key, make)
    return staged.pop(key)


@contextmanager
def _staging() -> Iterator[dict[tuple[Path, bytes], Path]]:
    staged: dict[tuple[Path, bytes], Path] = {}
    before = _staged.set(staged)
    try:
        yield staged
    finally:
        _staged.reset(before)
        for left in staged.values():
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)
