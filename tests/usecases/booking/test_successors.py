"""Who takes a meeting over when nobody is named, and whose turn that was."""

import asyncio
from dataclasses import replace

import pytest

from server.domain.booking import Actor, Booking
from server.domain.errors import Conflict, HostUnavailable
from server.domain.hosts import Rotation
from server.domain.identity import Home
from server.domain.team import Member
from server.ports import Ports
from server.usecases.booking import look, reassign
from tests.builders import NOW
from tests.usecases.booking import teams
from tests.usecases.booking.crash import mortal
from tests.usecases.booking.teams import ALICE, BOB, CARL, KIND, agree, book, meeting


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with the team sales of alice, bob and carl."""
    await teams.move_in(ports)
    return ports


async def hand(ports: Ports, made: Booking, to: Home | None = None) -> Booking:
    """Hand the meeting over as it is now."""
    return await reassign.reassign(ports, await look.by_id(ports, made.id), Actor.HOST, NOW, to=to)


async def test_the_next_one_is_whose_turn_it_is_and_takes_it(ports: Ports) -> None:
    """S4.38, S2.45, S2.46: never the present host; the cursor moves with the claim."""
    made = meeting()
    await book(ports, made)
    assert (await hand(ports, made)).home == BOB
    assert (await hand(ports, made)).home == ALICE
    assert (await hand(ports, made)).home == CARL
    wheel = await ports.ledger.wheel(KIND.id)
    assert {one.home: one.turn for one in wheel.cursors} == {BOB: 1, ALICE: 2, CARL: 3}
    await agree(ports, made)


async def test_who_is_named_takes_the_turn_as_well(ports: Ports) -> None:
    made = meeting()
    await book(ports, made)
    await hand(ports, made, CARL)
    wheel = await ports.ledger.wheel(KIND.id)
    assert [(one.home, one.turn) for one in wheel.cursors] == [(CARL, 1)]


async def test_the_next_one_is_free_within_their_hours(ports: Ports) -> None:
    """S2.45: bob begins at half past nine, and carl has another meeting; nobody is left."""
    made = meeting("09:00-09:30")
    await book(ports, made)
    await book(ports, meeting("09:00-10:00", home=CARL, number=2))
    with pytest.raises(HostUnavailable):
        await hand(ports, made)
    assert (await look.by_id(ports, made.id)).record.revision == 0


async def test_who_takes_no_part_in_the_rotation_can_still_be_named(ports: Ports) -> None:
    """Weight 0 keeps out of turns, and no turn is taken."""
    sales = ports.homes.team("sales")
    assert sales is not None
    members = (Member(home=ALICE), Member(home=BOB, weight=0), Member(home=CARL, active=False))
    await ports.homes.save_team(replace(sales, members=members))
    made = meeting()
    await book(ports, made)
    with pytest.raises(HostUnavailable):
        await hand(ports, made)
    assert (await hand(ports, made, BOB)).home == BOB
    assert (await ports.ledger.wheel(KIND.id)).cursors == ()


async def test_it_is_never_the_turn_of_who_will_not_meet_the_guest(ports: Ports) -> None:
    bob = ports.homes.host(BOB)
    assert bob is not None
    await ports.homes.save_host(replace(bob, blocked=("*@example.net",)))
    made = meeting()
    await book(ports, made)
    assert (await hand(ports, made)).home == CARL


async def test_whose_turn_it_is_needs_an_event_type_to_say_so(ports: Ports) -> None:
    """What is no longer offered can be handed to who is named."""
    made = meeting()
    await book(ports, made)
    await ports.homes.delete_event_type(KIND)
    with pytest.raises(Conflict, match="name a host"):
        await hand(ports, made)
    assert (await hand(ports, made, BOB)).home == BOB
    await agree(ports, made)


async def test_where_turns_are_counted_otherwise_the_rotation_decides(ports: Ports) -> None:
    """S2.45, S4.38: by priority here."""
    sales = ports.homes.team("sales")
    kind = ports.homes.event_type("sales", "intro")
    assert sales is not None
    assert kind is not None
    members = (Member(home=ALICE), Member(home=BOB), Member(home=CARL, priority=5))
    await ports.homes.save_team(replace(sales, members=members))
    await ports.homes.save_event_type(replace(kind, rotation=Rotation.PRIORITY))
    made = meeting()
    await book(ports, made)
    assert (await hand(ports, made)).home == CARL


async def test_of_two_meetings_that_are_handed_over_at_once_one_host_gets_one(ports: Ports) -> None:
    """S1.52, S4.38: the claims decide, and a turn is taken by who got the meeting."""
    made = [meeting(), meeting(home=BOB, number=2)]
    looked = [await book(ports, one) for one in made]
    busy = mortal(ports, 999)  # which gives way to others at each step
    outcomes = await asyncio.gather(
        *(reassign.reassign(busy, one, Actor.HOST, NOW, to=CARL) for one in looked), return_exceptions=True
    )
    assert [type(one) for one in outcomes].count(HostUnavailable) == 1
    present = [await agree(ports, one) for one in made]
    assert [one.home for one in present].count(CARL) == 1
    wheel = await ports.ledger.wheel(KIND.id)
    assert [(one.home, one.turn) for one in wheel.cursors] == [(CARL, 1)]


async def test_many_meetings_that_are_handed_over_at_once_leave_nobody_twice_at_one_time(
    ports: Ports,
) -> None:
    """S2.45: no cursor is lost, and nobody meets two guests at once."""
    made = [
        meeting(f"{hour}:00-{hour}:30", home=home, number=10 * hour + at)
        for hour in range(10, 14)
        for at, home in enumerate((ALICE, BOB))
    ]
    looked = [await book(ports, one) for one in made]
    busy = mortal(ports, 999)
    outcomes = await asyncio.gather(
        *(reassign.reassign(busy, one, Actor.HOST, NOW) for one in looked), return_exceptions=True
    )
    assert [one for one in outcomes if not isinstance(one, Booking)] == []
    present = [await agree(ports, one) for one in made]
    assert len({(one.home, one.span) for one in present}) == len(made)
    assert all(one.home != before.home for one, before in zip(present, made, strict=True))
    assert (await ports.ledger.wheel(KIND.id)).last == len(made)
