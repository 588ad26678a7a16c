"""Invites: files in the homes, and in the database how often each was used. A use is a booking; no text, no address."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from server.domain.identity import BookingId, Home
from server.domain.invites import Invite, InviteId


class Invites(Protocol):
    """The part of the homes that keeps invites."""

    def invite(self, id_: str) -> Invite | None:
        """Return an invite by its `inv_…` id."""
        ...

    def invites(self, home: Home) -> Sequence[Invite]:
        """Return the invites to the event types of a home, oldest first."""
        ...

    async def save_invites(self, invites: Sequence[Invite]) -> Sequence[Invite]:
        """Write all the invites or none; return them one revision further. Raises `RevisionMismatch`."""
        ...

    async def delete_invites(self, invites: Sequence[Invite]) -> None:
        """Remove the invites' files."""
        ...


class UsedUp(Exception):
    """The invite has no use left; nothing was written."""


class InviteUses(Protocol):
    """The part of the ledger that counts uses; they are taken with the claim, by `begin`, and given back by `release`."""

    async def invite_uses(self, invites: Collection[InviteId]) -> Mapping[InviteId, Sequence[BookingId]]:
        """Return the bookings made by each of these invites; those that were never used are not in it."""
        ...

    async def forget_invites(self, invites: Collection[InviteId]) -> None:
        """Forget the uses of invites that are gone."""
        ...

    async def queue_invites(self, invites: Sequence[Invite], now: int) -> None:
        """Queue a mail for each invite, due at `now` (epoch seconds); it expires with the invite."""
        ...
