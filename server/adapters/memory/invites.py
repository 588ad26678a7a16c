"""Uses of invites in memory."""

from collections.abc import Collection, Mapping, Sequence

from server.adapters.memory.outbox import MemoryOutbox
from server.domain.identity import BookingId
from server.domain.invites import Invite, InviteId, InviteUse
from server.ports import UsedUp


class MemoryInviteUses:
    """By which invite each person came, by booking and number."""

    def __init__(self, outbox: MemoryOutbox) -> None:
        self._outbox = outbox
        self._invites: dict[tuple[BookingId, int], InviteId] = {}

    def take(self, use: InviteUse, booking: BookingId, person: int) -> None:
        """Take a use for one of the people of a booking; raises UsedUp."""
        if sum(invite == use.invite for invite in self._invites.values()) >= use.uses_max:
            raise UsedUp
        self._invites[booking, person or 1] = use.invite

    def give_back(self, booking: BookingId, person: int) -> None:
        """Forget the use of who never came to be part of a booking."""
        self._invites.pop((booking, person or 1), None)

    async def invite_uses(self, invites: Collection[InviteId]) -> Mapping[InviteId, Sequence[BookingId]]:
        """Return the bookings made by each of these invites; those that were never used are not in it."""
        found: dict[InviteId, list[BookingId]] = {}
        for (booking, _), invite in sorted(self._invites.items()):
            if invite in invites:
                found.setdefault(invite, []).append(booking)
        return found

    async def forget_invites(self, invites: Collection[InviteId]) -> None:
        """Forget the uses of invites that are gone."""
        self._invites = {of: one for of, one in self._invites.items() if one not in invites}

    async def queue_invites(self, invites: Sequence[Invite], now: int) -> None:
        """Queue a mail for each invite, due at `now`; it expires with the invite."""
        for one in invites:
            self._outbox.queue_invite(one, now)
