"""What an invite's link opens: an event type, for as long as the invite holds."""

from dataclasses import dataclass
from datetime import datetime

from server.domain.errors import InviteOver, NotFound
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.invites import (
    GENERATIONS_MAX,
    Invite,
    InviteClaim,
    InviteState,
    InviteUse,
    mint_invite,
    proves_invite,
    read_invite,
)
from server.domain.plain import sentence
from server.ports import Ports
from server.usecases.booking.offer import NOTHING, find_unlisted
from server.usecases.team.find import owner_of

SENTENCES = {
    InviteState.USED_UP: sentence("This invitation has been used already."),
    InviteState.EXPIRED: sentence("This invitation has expired."),
    InviteState.REVOKED: sentence("This invitation is no longer valid."),
}


@dataclass(frozen=True, slots=True)
class Invited:
    """An invite whose link was proved, and what it is to; `token` is the link's."""

    invite: Invite
    host: Host
    event_type: EventType
    token: str

    @property
    def use(self) -> InviteUse:
        """Return what a booking takes of it."""
        return InviteUse(self.invite.id, self.invite.uses_max)


def prove(ports: Ports, token: str, now: datetime) -> Invited:
    """Return the invite that a link opens, used up or not: the last use is taken by the claim.

    Raises NotFound for a link that proves nothing or leads to nothing, InviteOver for one that is expired, revoked or replaced.
    """
    claim = read_invite(token)
    invite = None if claim is None else ports.homes.invite(claim.invite)
    if claim is None or not _is_proved(ports, claim, 0 if invite is None else invite.generation):
        if claim is None or invite is None or not _was_proved(ports, claim, invite.generation):
            raise NotFound(NOTHING)
        raise over(InviteState.REVOKED)
    if invite is None:
        raise NotFound(NOTHING)
    host, event_type = find_offer(ports, invite)
    state = invite.state(0, now)
    if state is not InviteState.OPEN:
        raise over(state)
    return Invited(invite, host, event_type, token)


async def enter(ports: Ports, token: str, now: datetime) -> Invited:
    """Return what `prove` does, and raise InviteOver for an invite that has no use left, too."""
    invited = prove(ports, token, now)
    if await uses(ports, invited.invite) >= invited.invite.uses_max:
        raise over(InviteState.USED_UP)
    return invited


async def uses(ports: Ports, invite: Invite) -> int:
    """Return how many bookings were made with an invite, cancelled ones included."""
    return len((await ports.ledger.invite_uses([invite.id])).get(invite.id, ()))


def over(state: InviteState) -> InviteOver:
    """Return the refusal of an invite that opens nothing any more."""
    return InviteOver(SENTENCES[state], state)


def find_offer(ports: Ports, invite: Invite) -> tuple[Host, EventType]:
    """Return what an invite is to; raises NotFound when that, its host or who made the invite is there no more."""
    event_type, maker = ports.homes.event_type_by_id(invite.event_type), owner_of(ports, invite.made_by)
    if maker is None or maker.disabled or event_type is None or event_type.home != invite.home:
        raise NotFound(NOTHING)
    return find_unlisted(ports, invite.home, event_type.slug)


def token_of(ports: Ports, invite: Invite) -> str:
    """Return the token of the invite's present link."""
    return mint_invite(ports.secret_key, invite.id, generation=invite.generation)


def link_of(ports: Ports, invite: Invite) -> str | None:
    """Return the absolute address of the invite's page; None when the site has no base URL."""
    return ports.site.link("i", token_of(ports, invite))


def _is_proved(ports: Ports, claim: InviteClaim, generation: int) -> bool:
    return proves_invite(claim, ports.secret_key, generation=generation)


def _was_proved(ports: Ports, claim: InviteClaim, generation: int) -> bool:
    earlier = range(max(0, generation - GENERATIONS_MAX), generation)
    return any(_is_proved(ports, claim, one) for one in earlier)
