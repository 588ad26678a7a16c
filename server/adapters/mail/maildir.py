"""Incoming mail in a Maildir: whatever mail server the operator has delivers there, and Daybook needs no port of its own.

A file in `new/` is whole, whoever put it there (https://cr.yp.to/proto/maildir.html).
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from server.domain.errors import Unavailable
from server.ports import Arrived

BYTES_MAX = 1_000_000
"""How much of a message is read: what a report says comes before the message that it is about."""

SEEN = ":2,S"


class MaildirInbox:
    """Messages in the folder `new`; what is put aside goes to `cur`, marked as seen."""

    is_configured = True

    def __init__(self, folder: Path) -> None:
        self._new, self._cur = folder / "new", folder / "cur"

    async def waiting(self, limit: int) -> Sequence[Arrived]:
        """Return messages that wait."""
        return await asyncio.to_thread(self._read, limit)

    async def remove(self, name: str) -> None:
        """Remove a message."""
        await self._try(lambda: (self._new / name).unlink(missing_ok=True))

    async def put_aside(self, name: str) -> None:
        """Move a message to `cur`."""

        def move() -> None:
            with suppress(FileNotFoundError):
                (self._new / name).rename(self._cur / (name.partition(":")[0] + SEEN))

        await self._try(move)

    async def probe(self) -> None:
        """Raise `Unavailable` when the folders are missing or not Daybook's to change."""

        def look() -> None:
            for folder in (self._new, self._cur):
                if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                    raise PermissionError

        await self._try(look)

    def _read(self, limit: int) -> list[Arrived]:
        try:
            names = sorted(
                entry.name for entry in os.scandir(self._new) if entry.is_file(follow_symlinks=False)
            )
            found = []
            for name in names[:limit]:
                with suppress(FileNotFoundError), (self._new / name).open("rb") as file:
                    found.append(Arrived(name, file.read(BYTES_MAX)))
        except OSError as error:
            raise _refused(self._new) from error
        return found

    async def _try(self, work: Callable[[], None]) -> None:
        try:
            await asyncio.to_thread(work)
        except OSError as error:
            raise _refused(self._new.parent) from error


def _refused(folder: Path) -> Unavailable:
    return Unavailable(f"The Maildir {folder} cannot be read and changed.")
