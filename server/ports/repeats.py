"""Requests that programs may repeat without harm: what each was, and what came of it, in digests and ids."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Remembered:
    """A request that came before: the digest of all that it said, and the id of what it was about, None before its end."""

    digest: str
    subject: str | None


class Repeats(Protocol):
    """The part of the ledger that knows requests by their Idempotency-Key, hashed. Each method is one transaction."""

    async def begin_request(self, key: str, digest: str, at: int) -> Remembered | None:
        """Remember that a request with `key` begins, and return None; or return the one that had the key before."""
        ...

    async def end_request(self, key: str, subject: str) -> None:
        """Remember what came of a request."""
        ...

    async def forget_request(self, key: str) -> None:
        """Forget a request that came to nothing, so that it can be made again."""
        ...
