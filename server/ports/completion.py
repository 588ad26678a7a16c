"""Meetings that are over: COMPLETED is a view (C5), but that it came to be is told once, so the ledger remembers it."""

from collections.abc import Sequence
from typing import Protocol

from server.domain.identity import BookingId


class Completion(Protocol):
    """The part of the ledger that knows which confirmed bookings have ended. Each method is one transaction."""

    async def ended(self, now: int) -> Sequence[BookingId]:
        """Return the confirmed bookings that have ended and are not yet recorded as complete, by their end."""
        ...

    async def complete(self, id_: BookingId, revision: int, at: int) -> bool:
        """Record, once in a booking's life, that its meeting has taken its time: an entry of the trail by the system.

        Does nothing and returns False for one that is recorded, not confirmed, at another revision, or being changed.
        """
        ...

    async def ended_meetings(self, now: int) -> Sequence[tuple[BookingId, int]]:
        """Return what has ended of confirmed series and is not yet recorded: booking and original start of each meeting."""
        ...

    async def complete_meeting(self, id_: BookingId, original: int, revision: int, at: int) -> bool:
        """Record, once, that one meeting of a series has taken its time, as `complete` does for a booking."""
        ...
