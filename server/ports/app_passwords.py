"""App passwords in the database: digests and times. What a host calls them is text, and stands in the profile."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server.domain.identity import Home


@dataclass(frozen=True, slots=True)
class AppPassword:
    """One app password; instants are epoch seconds, `used_at` is coarse and None before the first use."""

    id: str
    home: Home
    digest: str
    made_at: int
    used_at: int | None = None


class AppPasswords(Protocol):
    """The part of the ledger that knows app passwords. Each method is one transaction."""

    async def add_app_password(self, password: AppPassword) -> None:
        """Keep an app password; it opens the home from now on."""
        ...

    async def app_password(self, digest: str) -> AppPassword | None:
        """Return the app password with this digest; None for the one of a disabled account."""
        ...

    async def app_passwords(self, home: Home) -> Sequence[AppPassword]:
        """Return the app passwords of a home, oldest first."""
        ...

    async def use_app_password(self, id_: str, at: int) -> None:
        """Record that an app password was used; an earlier instant than the recorded one changes nothing."""
        ...

    async def revoke_app_password(self, id_: str) -> bool:
        """Forget an app password; tell whether there was one. It opens nothing from then on."""
        ...
