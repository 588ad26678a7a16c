"""The command that copies everything while Daybook goes on."""

from pathlib import Path

import msgspec

from server.control.command import Command
from server.ports import Ports


class MakeBackup(Command, tag="backup"):
    """Make a backup in a folder of its own, named by its absolute path."""

    folder: str


class BackupView(msgspec.Struct):
    """A backup that was made; `held_ms` is for how long calendars could not be written meanwhile."""

    folder: str
    files: int
    bytes: int
    held_ms: int
    has_key: bool


async def make_backup(ports: Ports, asked: MakeBackup) -> BackupView:
    """Make a backup."""
    made = await ports.backups.make(Path(asked.folder), ports.clock.now())
    return BackupView(str(made.folder), made.files, made.size, made.held_ms, made.has_key)
