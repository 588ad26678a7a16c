"""What else a use case needs of the process it runs in: accounts, clock, chance, tasks, a bell."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from server.domain.identity import BookingId, EventTypeId, Uid
from server.domain.invites import InviteId

T = TypeVar("T")


class Accounts(Protocol):
    """Passwords: hashed with argon2id in threads of their own, verified results remembered by keyed hash."""

    async def verify(self, login: str, password: str) -> bool:
        """Tell whether the password is the account's; as slow for unknown accounts as for wrong passwords."""
        ...

    async def set_password(self, login: str, password: str) -> None:
        """Create the account or replace its password; earlier verified results are forgotten."""
        ...


@dataclass(frozen=True, slots=True)
class BackupMade:
    """A backup in `folder`: so many files and bytes, and for how long writers had to wait.

    `has_key` is False where the server's key is no file of the data directory but stands in the settings.
    """

    folder: Path
    files: int
    size: int
    held_ms: int
    has_key: bool


class Backups(Protocol):
    """Copies of the whole data directory as it was at one instant."""

    async def make(self, folder: Path, now: datetime) -> BackupMade:
        """Put a backup into `folder`, which is new or empty; raises Invalid or Conflict."""
        ...


class Clock(Protocol):
    """The only way to know what time it is."""

    def now(self) -> datetime:
        """Return the present instant, aware and UTC."""
        ...


class Ids(Protocol):
    """The only source of randomness."""

    def booking(self) -> BookingId:
        """Return a fresh booking id."""
        ...

    def event_type(self) -> EventTypeId:
        """Return a fresh event type id."""
        ...

    def invite(self) -> InviteId:
        """Return a fresh invite id."""
        ...

    def uid(self) -> Uid:
        """Return a fresh random UUID."""
        ...

    def secret(self) -> str:
        """Return 128 fresh random bits as URL-safe text: nonces, intent ids, generated passwords."""
        ...

    def room(self) -> str:
        """Return a fresh name of a video room: 26 characters of base32, 128 random bits at least."""
        ...

    def api_key(self) -> str:
        """Return a fresh id of an API key."""
        ...

    def app_password(self) -> str:
        """Return a fresh secret for one program: 28 characters of base32, 140 random bits."""
        ...


class Tasks(Protocol):
    """Work that belongs to the application: a caller who goes away does not stop it, and shutdown waits for it."""

    async def run(self, key: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run `work` to its end and return its result; a second call with a running `key` shares that result."""
        ...

    def start(self, key: str, work: Callable[[], Awaitable[object]]) -> None:
        """Begin work that nobody waits for; do nothing while the key is running, or when the application closes."""
        ...

    async def turn(self, key: str, work: Callable[[], Awaitable[T]]) -> T:
        """Do `work` when all work that asked for a turn with this key before is done, and return its result."""
        ...

    def holds(self, key: str) -> bool:
        """Tell whether work with this key is running now."""
        ...

    async def compute(self, work: Callable[[], T]) -> T:
        """Return what `work` computes, while everybody else goes on being answered; it touches nothing that others change."""
        ...


class Nudge(Protocol):
    """A bell: rung when a mail was queued, so that delivery need not wait for its next round."""

    def ring(self) -> None:
        """Wake whoever waits."""
        ...
