"""API keys in the database: digests, permissions and times, no name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server.domain.identity import Home
from server.domain.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """One key, of a host or, without a home, of the site; instants are epoch seconds, `used_at` is coarse."""

    id: str
    home: Home | None
    digest: str
    permissions: frozenset[Permission]
    is_test: bool
    made_at: int
    used_at: int | None = None


class ApiKeys(Protocol):
    """The part of the ledger that knows API keys. Each method is one transaction."""

    async def add_api_key(self, key: ApiKey) -> None:
        """Keep a key; it may be used from now on."""
        ...

    async def api_key(self, digest: str) -> ApiKey | None:
        """Return the key with this digest; None for the one of a disabled account."""
        ...

    async def api_keys(self) -> Sequence[ApiKey]:
        """Return all keys, oldest first."""
        ...

    async def use_api_key(self, id_: str, at: int) -> None:
        """Record that a key was used; an earlier instant than the recorded one changes nothing."""
        ...

    async def revoke_api_key(self, id_: str) -> bool:
        """Forget a key; tell whether there was one. It opens nothing from then on."""
        ...
