"""Mails as files: what the demo sends, and where it is looked at."""

import asyncio
import os
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path

from server.domain.errors import Unavailable


class FolderMailer:
    """Writes each message as `<time>-<hash>.eml`; the same message for the same recipient is the same file."""

    is_configured = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: bytes, sender: str, recipient: str) -> None:
        """Write one message, whole or not at all."""
        try:
            await asyncio.to_thread(_write, self._folder, message, recipient)
        except OSError as error:
            raise Unavailable("The folder for mails cannot be written.") from error


def _file_name(message: bytes, recipient: str) -> str:
    date = BytesHeaderParser().parsebytes(message).get("Date")
    written = parsedate_to_datetime(date) if date else None
    time = f"{written:%Y%m%dT%H%M%SZ}" if written else "undated"
    mark = sha256(recipient.encode() + b"\0" + message).hexdigest()[:16]
    return f"{time}-{mark}.eml"


def _write(folder: Path, content: bytes, recipient: str) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / _file_name(content, recipient)
    draft = path.with_suffix(".tmp")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
