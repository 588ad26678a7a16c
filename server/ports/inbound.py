"""Mail that comes in: where it waits, and what the ledger makes of the mails that came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server.ports.mail import QueuedMail


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that came in: its beginning, of bounded length."""

    name: str
    content: bytes


class Inbox(Protocol):
    """Where mail for Daybook itself waits."""

    @property
    def is_configured(self) -> bool:
        """Tell whether mail can come in at all."""
        ...

    async def waiting(self, limit: int) -> Sequence[Arrived]:
        """Return messages that wait, in the order of their names."""
        ...

    async def remove(self, name: str) -> None:
        """Remove what is dealt with; nothing happens when it is gone."""
        ...

    async def put_aside(self, name: str) -> None:
        """Keep, for people to read, what is not for Daybook; it does not wait any more."""
        ...

    async def probe(self) -> None:
        """Raise `Unavailable` when mail cannot be read or not be removed."""
        ...


class Bounces(Protocol):
    """The part of the ledger that knows which mails came back. Each method is one transaction."""

    async def mail(self, id_: int) -> QueuedMail | None:
        """Return one mail of the outbox."""
        ...

    async def bounce_mail(self, id_: int, now: int, error: str) -> bool:
        """Record that a mail which was sent came back, with its status code; tell whether that is news."""
        ...
