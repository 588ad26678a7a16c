"""Invites to what a team offers: who makes them, and what a private team shows to nobody else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.errors import Invalid, NotFound
from server.domain.event_type import Visibility
from server.domain.hosts import Strategy
from server.domain.identity import Home
from server.domain.invites import KEPT_DAYS
from server.ports import Ports
from server.usecases.booking import offer
from server.usecases.host.disable import disable as disable_host
from server.usecases.invite import change
from server.usecases.invite.create import Terms, Wanted, create
from server.usecases.invite.open import enter, prove, token_of
from server.usecases.team import change as teams
from server.usecases.team.create import create as create_team
from tests.builders import NOW, event_type, host, settle_in, team

IVY = Wanted(name="Ivy Invited", email="ivy@example.net")


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports with the team sales, of alice alone, and carol, who is no member."""
    await settle_in(ports, host("carol", number=60))
    await create_team(ports, team("sales", "alice"))
    for number, visibility in enumerate(Visibility, start=71):
        kind = event_type(visibility.value, home="sales", number=number)
        await ports.homes.save_event_type(replace(kind, visibility=visibility, strategy=Strategy.ROUND_ROBIN))
    return ports


@pytest.mark.parametrize(
    ("slug", "maker", "uses", "may"),
    [
        ("private", None, 5, True),
        ("private", "alice", 5, True),
        ("internal", "alice", 5, True),
        ("internal", "carol", 1, True),
        ("internal", "carol", 2, False),
        ("private", "carol", 1, False),
        ("public", "carol", 1, False),
    ],
)
async def test_the_team_and_its_members_invite_to_anything_and_others_to_what_is_internal(
    ports: Ports, slug: str, maker: str | None, uses: int, may: bool
) -> None:
    terms = Terms(made_by=maker, uses_max=uses)
    if may:
        (made,) = await create(ports, ("sales", slug), [IVY], terms, NOW)
        assert (made.home, made.made_by) == ("sales", maker or "sales")
        return
    with pytest.raises(Invalid):
        await create(ports, ("sales", slug), [IVY], terms, NOW)
    assert list(ports.homes.invites(Home("sales"))) == []


async def test_a_private_team_offers_nothing_to_strangers_and_everything_by_invite(ports: Ports) -> None:
    await teams.change(ports, "sales", lambda one: replace(one, private=True))
    with pytest.raises(NotFound) as hidden:
        offer.find(ports, "sales", "public")
    with pytest.raises(NotFound) as unknown:
        offer.find(ports, "sqles", "public")
    assert str(hidden.value) == str(unknown.value)
    (made,) = await create(ports, ("sales", "public"), [IVY], Terms(made_by="alice"), NOW)
    invited = await enter(ports, token_of(ports, made), NOW)
    assert (invited.host.home, invited.event_type.slug) == ("sales", "public")


async def test_what_a_team_that_is_switched_off_gave_out_opens_nothing(ports: Ports) -> None:
    (made,) = await create(ports, ("sales", "private"), [IVY], Terms(), NOW)
    await teams.disable(ports, "sales")
    with pytest.raises(NotFound):
        prove(ports, token_of(ports, made), NOW)


async def test_what_a_member_who_is_switched_off_gave_out_opens_nothing(ports: Ports) -> None:
    (made,) = await create(ports, ("sales", "private"), [IVY], Terms(made_by="alice"), NOW)
    await disable_host(ports, "alice")
    with pytest.raises(NotFound):
        prove(ports, token_of(ports, made), NOW)


async def test_old_invites_of_a_team_are_forgotten_too(ports: Ports) -> None:
    (made,) = await create(ports, ("sales", "private"), [IVY], Terms(days=1), NOW)
    await change.prune(ports, NOW + timedelta(days=KEPT_DAYS + 2))
    assert ports.homes.invite(made.id) is None
