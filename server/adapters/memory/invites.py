"""Uses of invites in memory."""

from collections.abc import Collection, Mapping, Sequence

from server.adapters.memory.outbox import MemoryOutbox
from server.domain.identity import BookingId
from server.domain.invites import Invite, InviteId, InviteUse
from server.ports import UsedUp


class MemoryInviteUses:
    """Which invite made a booking, by booking."""

    def __init__(self, outbox: MemoryOutbox) -> None:
        self._outbox = outbox
        self._invites: dict[BookingId, InviteId] = {}

    def take(self, use: InviteUse, booking: BookingId) -> None:
        """Take a use for a booking; raises UsedUp."""
        if sum(invite == use.invite for invite in self._invites.values()) >= use.uses_max:
            raise UsedUp
        self._invites[booking] = use.invite

    def give_back(self, booking: BookingId) -> None:
        """Forget the use of a booking that never came to be."""
        self._invites.pop(booking, None)

    async def invite_uses(self, invites: Collection[InviteId]) -> Mapping[InviteId, Sequence[BookingId]]:
        """Return the bookings made by each of these invites; those that were never used are not in it."""
        found: dict[InviteId, list[BookingId]] = {}
        for booking, invite in sorted(self._invites.items()):
            if invite in invites:
                found.setdefault(invite, []).append(booking)
        return found

    async def forget_invites(self, invites: Collection[InviteId]) -> None:
        """Forget the uses of invites that are gone."""
        self._invites = {booking: one for booking, one in self._invites.items() if one not in invites}

    async def queue_invites(self, invites: Sequence[Invite], now: int) -> None:
        """Queue a mail for each invite, due at `now`; it expires with the invite."""
        for one in invites:
            self._outbox.queue_invite(one, now)
