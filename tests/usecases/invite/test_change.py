"""Taking invites back, sending them again, forgetting them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.adapters.memory import SITE
from server.domain.errors import Conflict, NotFound
from server.domain.invites import Invite, InviteUse
from server.ports import Ports
from server.usecases.invite import change
from server.usecases.invite.create import Terms, Wanted, create
from tests.builders import NOW, booking, claim, intent
from tests.contracts.ledger_steps import ALICE


@pytest.fixture
async def one(ports: Ports) -> Invite:
    """Return an invite to alice's private event type."""
    (made,) = await create(ports, ("alice", "private"), [Wanted(email="ivy@example.net")], Terms(), NOW)
    return made


async def test_an_invite_is_revoked_once_and_for_all(ports: Ports, one: Invite) -> None:
    first = await change.revoke(ports, one.id, NOW)
    assert first.revoked_at == NOW
    assert await change.revoke(ports, one.id, NOW + timedelta(days=1)) == first


async def test_what_is_changed_at_the_same_time_is_changed_by_both(ports: Ports, one: Invite) -> None:
    await change.renew(ports, one.id)
    revoked = await change.revoke(ports, one.id, NOW)
    assert (revoked.generation, revoked.revoked_at) == (1, NOW)


async def test_sending_queues_a_mail_for_each(ports: Ports, one: Invite) -> None:
    """S1.62."""
    await change.send(ports, [one, one], NOW)
    assert [mail.invite for mail in await ports.ledger.mails()] == [one.id, one.id]


@pytest.mark.parametrize("why", ["revoked", "expired", "used up", "no address", "no base_url"])
async def test_what_cannot_be_mailed_is_refused_and_nobody_is_mailed(
    ports: Ports, one: Invite, why: str
) -> None:
    now, bad = NOW, one
    if why == "revoked":
        bad = await change.revoke(ports, one.id, NOW)
    elif why == "expired":
        now = one.expires_at
    elif why == "used up":
        await ports.ledger.begin(intent(booking()), [claim(booking())], InviteUse(one.id, 1))
    elif why == "no address":
        bad = replace(one, email="")
    else:
        ports = replace(ports, site=replace(SITE, base_url=None))
    with pytest.raises(Conflict):
        await change.send(ports, [one, bad], now)
    assert list(await ports.ledger.mails()) == []


async def test_an_unknown_invite_is_not_found(ports: Ports) -> None:
    with pytest.raises(NotFound):
        await change.revoke(ports, "inv_none", NOW)


async def test_what_ended_long_ago_is_forgotten_with_its_uses(ports: Ports, one: Invite) -> None:
    (later,) = await create(ports, ("alice", "private"), [Wanted(email="l@example.net")], Terms(days=40), NOW)
    await ports.ledger.begin(intent(booking()), [claim(booking())], InviteUse(one.id, 1))
    await change.prune(ports, one.expires_at + timedelta(days=89))
    assert len(ports.homes.invites(ALICE)) == 2
    await change.prune(ports, one.expires_at + timedelta(days=90))
    assert [left.id for left in ports.homes.invites(ALICE)] == [later.id]
    assert await ports.ledger.invite_uses([one.id]) == {}
