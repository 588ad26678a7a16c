"""Texts that wait beside the calendars, on the disk, until they are renamed into place."""

import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

from radicale_plugin.files import sync_folder, write_synced
from radicale_plugin.texts import etag_of
from server.domain.identity import Etag, Home
from server.ports import ObjectWrite, StagedWrite

FOLDER = Path(".Daybook") / "staged"
"""Below each home; Radicale shows clients nothing that begins with a dot."""


class Staging:
    """The staged files of all homes below `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, home: Home, name: str) -> Path:
        """Return where a staged file lies."""
        return self._root / home / FOLDER / name

    def stage(self, home: Home, writes: Sequence[ObjectWrite]) -> tuple[StagedWrite, ...]:
        """Write each new text to the disk, with its name."""
        staged = tuple(self._stage(home, write) for write in writes)
        if any(write.staged for write in staged):
            sync_folder(self._root / home / FOLDER)
        return staged

    def discard(self, home: Home, writes: Sequence[StagedWrite]) -> None:
        """Remove what is left of the writes."""
        for write in writes:
            if write.staged is not None:
                self.path(home, write.staged).unlink(missing_ok=True)

    def sweep(self, keep: frozenset[str]) -> int:
        """Remove every file that is not named in `keep`; return how many."""
        left = [path for path in self._all() if path.name not in keep]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _stage(self, home: Home, write: ObjectWrite) -> StagedWrite:
        if write.text is None:
            return StagedWrite(write.calendar, write.href, write.etag, None, None)
        data, name = write.text.encode(), f"{secrets.token_hex(12)}.ics"
        path = self.path(home, name)
        try:
            write_synced(path, data)
        except FileNotFoundError:
            _make_synced(path.parent, self._root / home)
            write_synced(path, data)
        return StagedWrite(write.calendar, write.href, write.etag, Etag(etag_of(data)), name)

    def _all(self) -> Iterator[Path]:
        with os.scandir(self._root) as homes:
            for home in homes:
                folder = self._root / home.name / FOLDER
                if folder.is_dir():
                    yield from folder.iterdir()


def _make_synced(folder: Path, home: Path) -> None:
    """Make the folder below `home`, which must be there: a home is made by who makes hosts, not by a booking."""
    if not home.is_dir():
        raise FileNotFoundError(f"there is no home at {home}")
    folder.mkdir(parents=True, exist_ok=True)
    for made in (folder.parent, home):
        sync_folder(made)
