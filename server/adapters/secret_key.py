"""The key that capability links are signed with, as a file that its owner alone can read."""

import os
import secrets
import stat
from pathlib import Path

from server.adapters.durable import replace_file
from server.domain.errors import Unavailable

KEY_BYTES = 32


class SecretKeyRefused(Unavailable):
    """The key cannot be used; the message says what to do."""


def secret_key(path: Path) -> bytes:
    """Return the key at `path`, a fresh one when there is none; raises SecretKeyRefused when others can read it."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return _create(path)
    except OSError as error:
        raise SecretKeyRefused(
            f"{path} cannot be read ({error.strerror}). Make it this user's own."
        ) from error
    with os.fdopen(descriptor, "rb") as file:
        _refuse_readers(path, os.fstat(file.fileno()))
        key = file.read(KEY_BYTES + 1)
    if len(key) != KEY_BYTES:
        raise SecretKeyRefused(
            f"{path} holds no key of {KEY_BYTES} bytes. Put it back from a backup; or delete it, and all links in mails "
            "sent so far stop working."
        )
    return key


def _create(path: Path) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    try:
        replace_file(path, key)
    except OSError as error:
        raise SecretKeyRefused(f"{path} cannot be written ({error.strerror}).") from error
    return key


def _refuse_readers(path: Path, found: os.stat_result) -> None:
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o077:
        raise SecretKeyRefused(
            f"{path} can be read by others (mode {mode:04o}). Run: chmod 600 {path}. If somebody may have read it, delete "
            "it instead; all links in mails sent so far then stop working."
        )
