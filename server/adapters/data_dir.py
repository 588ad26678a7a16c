"""The data directory: what lies where in it, and that one process at a time owns it.

DATA/lock            held by the owning process, holds its process id
DATA/ledger.db       the ledger (SQLite)
DATA/collections/    the homes, in Radicale's layout
DATA/mail/           mails as files, in demo mode
DATA/secret.key      what capability links are signed with
DATA/control.sock    where a running server takes commands
DATA/restoring/      what a restore has copied so far
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from server.domain.errors import Unavailable


class DataDirRefused(Unavailable):
    """The directory cannot be used; the message says what to do."""


class Held(DataDirRefused):
    """Another process owns the directory."""


@dataclass(frozen=True, slots=True)
class DataDir:
    """Paths of a directory that this process owns."""

    path: Path

    @property
    def ledger(self) -> Path:
        """Return where the ledger is."""
        return self.path / "ledger.db"

    @property
    def collections(self) -> Path:
        """Return the folder that Radicale knows as its `filesystem_folder`."""
        return self.path / "collections"

    @property
    def mail(self) -> Path:
        """Return the folder for mails that are written instead of sent."""
        return self.path / "mail"

    @property
    def secret_key(self) -> Path:
        """Return where the server's key is."""
        return self.path / "secret.key"

    @property
    def control_socket(self) -> Path:
        """Return where a running server listens for commands."""
        return self.path / "control.sock"

    @property
    def restoring(self) -> Path:
        """Return where a restore collects what it will put in place."""
        return self.path / "restoring"

    @classmethod
    @contextmanager
    def own(cls, path: Path, *, to_restore: bool = False) -> Iterator["DataDir"]:
        """Own `path` until the context ends, creating it for this user alone when absent.

        Raises Held while another process owns it, and DataDirRefused when it cannot be written or a restore was cut short.
        """
        try:
            data = cls(path.resolve())
            for folder in (data.path, data.collections, data.collections / "collection-root", data.mail):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(data.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _refused(path, error) from error
        try:
            _take(lock, path)
            if data.restoring.exists() and not to_restore:
                raise DataDirRefused(
                    f"A restore into {path} was cut short. Empty it, and restore into it again with daybook restore."
                )
            yield data
        finally:
            # The file stays: were it removed, two processes could hold locks on two files of one name.
            os.close(lock)


def is_unused(data: DataDir) -> bool:
    """Tell whether a directory holds nothing but what owning it makes, and what a restore has copied so far."""
    made = {data.collections, data.mail, data.path / "lock", data.restoring}
    homes = data.collections / "collection-root"
    return (
        set(data.path.iterdir()) <= made
        and set(data.collections.iterdir()) <= {homes}
        and not any(data.mail.iterdir())
        and not (homes.is_dir() and any(homes.iterdir()))
    )


def _take(lock: int, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner = os.pread(lock, 20, 0).decode("ascii", "replace").strip() or "unknown"
        raise Held(
            f"{path} is in use by another Daybook (process {owner}). Stop it, or choose another directory with --data."
        ) from error
    except OSError as error:
        raise _refused(path, error) from error
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode("ascii"), 0)


def _refused(path: Path, error: OSError) -> DataDirRefused:
    return DataDirRefused(
        f"{path} cannot be used as data directory ({error.strerror}). Make it a directory on a local disk that this "
        "user may write, or choose another one with --data."
    )
