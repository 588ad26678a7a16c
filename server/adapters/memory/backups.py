"""Backups of what is kept nowhere."""

from datetime import datetime
from pathlib import Path

from server.domain.errors import Unavailable
from server.ports import BackupMade


class NoBackups:
    """Says that there is nothing to copy."""

    async def make(self, folder: Path, now: datetime) -> BackupMade:
        """Raise Unavailable."""
        raise Unavailable("What is in memory only cannot be backed up.")
