"""Change invites that were made: take them back, send them again, give them another link; forget those of long ago."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from server.domain.errors import ChangedMeanwhile, Conflict, NotFound
from server.domain.invites import Invite, InviteState
from server.ports import Ports, RevisionMismatch
from server.usecases.invite.open import SENTENCES, uses
from server.usecases.team.find import every_home

ATTEMPTS_MAX = 4


def find(ports: Ports, id_: str) -> Invite:
    """Return an invite by its id; raises NotFound."""
    found = ports.homes.invite(id_)
    if found is None:
        raise NotFound(f"There is no invite {id_}.")
    return found


async def revoke(ports: Ports, id_: str, now: datetime) -> Invite:
    """End an invite: its link opens nothing from now on. One that was ended before stays as it is."""
    at = now.replace(microsecond=0)
    return await _change(ports, id_, lambda one: one if one.revoked_at else replace(one, revoked_at=at))


async def renew(ports: Ports, id_: str) -> Invite:
    """Give an invite another link; the ones before open nothing from now on."""
    return await _change(ports, id_, lambda one: replace(one, generation=one.generation + 1))


async def send(ports: Ports, invites: Sequence[Invite], now: datetime) -> None:
    """Queue a mail for each invite; raises Conflict, and queues none, where one cannot be mailed."""
    await demand_mailable(ports, invites, now)
    await ports.ledger.queue_invites(invites, int(now.timestamp()))
    ports.outbox.ring()


async def demand_mailable(ports: Ports, invites: Sequence[Invite], now: datetime) -> None:
    """Raise Conflict for an invite that has ended or has no address, and for a site without one."""
    if ports.site.base_url is None:
        raise Conflict(
            "An invite's mail is nothing without its link: set base_url first, and restart Daybook."
        )
    for one in invites:
        state = one.state(await uses(ports, one), now)
        if state is not InviteState.OPEN:
            raise Conflict(f"{one.id}: {SENTENCES[state]}")
        if not one.email:
            raise Conflict(f"{one.id} has no mail address.")


async def prune(ports: Ports, now: datetime) -> None:
    """Forget the invites that ended long ago, with what people wrote in them."""
    for home in every_home(ports):
        ended = [one for one in ports.homes.invites(home) if one.is_forgotten(now)]
        if ended:
            await ports.homes.delete_invites(ended)
            await ports.ledger.forget_invites([one.id for one in ended])


async def _change(ports: Ports, id_: str, change: Callable[[Invite], Invite]) -> Invite:
    for _ in range(ATTEMPTS_MAX):
        before = find(ports, id_)
        after = change(before)
        if after is before:
            return before
        try:
            return (await ports.homes.save_invites([after]))[0]
        except RevisionMismatch:
            continue
    raise ChangedMeanwhile("This invite is being changed by somebody else. Please try again.")
