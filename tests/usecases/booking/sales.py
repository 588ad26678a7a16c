"""A team of three, and its guests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from server.domain.booking import Actor, Booking
from server.domain.event_type import EventType
from server.domain.hosts import Strategy
from server.domain.identity import Home
from server.domain.team import Member
from server.ports import Ports
from server.usecases.booking import create, offer
from server.usecases.booking.create import NewBooking
from tests.builders import BERLIN, DAY, NOW, at, clock_times, event_type, host, settle_in, span, team

ALICE, BOB, CARL, SALES = Home("alice"), Home("bob"), Home("carl"), Home("sales")
ALL_DAY = span("00:00-24:00")
NOW_S = int(NOW.timestamp())
LATER = NOW + timedelta(minutes=2)

DEMO = replace(event_type("demo", home="sales", number=50), strategy=Strategy.ROUND_ROBIN)


async def move_in(ports: Ports) -> None:
    """Add the team sales: alice (1) and bob (7) in Berlin, carl (8) in London, all from 9 to 17."""
    await settle_in(ports, host("bob", number=7, name="Bob Example"))
    await settle_in(ports, host("carl", number=8, name="Carl Example", zone="Europe/London"))
    await ports.homes.save_team(team("sales", "alice", "bob", "carl"))
    await ports.homes.save_event_type(DEMO)


async def edit(ports: Ports, **changes: object) -> EventType:
    """Change the event type, and return it as saved."""
    present = ports.homes.event_type_by_id(DEMO.id)
    assert present is not None
    return await ports.homes.save_event_type(replace(present, **changes))  # type: ignore[arg-type]


async def members(ports: Ports, *given: Member | str) -> None:
    """Let these be the team."""
    present = ports.homes.team("sales")
    assert present is not None
    found = tuple(one if isinstance(one, Member) else Member(home=Home(one)) for one in given)
    await ports.homes.save_team(replace(present, members=found))


def wish(start: str = "10:00", *, guest: str = "gus", whom: str = "", key: str | None = None) -> NewBooking:
    """Return what a guest wants: half an hour from `start`, with the one who is chosen, if anybody is."""
    return NewBooking(
        home="sales",
        slug="demo",
        start=at(f"{DAY} {start}"),
        name="Gus Guest",
        email=f"{guest}@example.net",
        zone=BERLIN,
        key=key,
        host=whom,
    )


async def book(ports: Ports, start: str = "10:00", *, actor: Actor = Actor.GUEST, whom: str = "") -> Booking:
    """Book, and return what was made."""
    return await create.create(ports, wish(start, whom=whom), actor, NOW)


def offered(ports: Ports, found: Sequence[int] | None = None) -> str:
    """Return the wall times that are offered on the day, or those that were found."""
    if found is None:
        face, kind = offer.find(ports, "sales", "demo")
        found = offer.offer(ports, face, kind, ALL_DAY, NOW_S)
    return clock_times(found)


async def turns(ports: Ports) -> dict[Home, int]:
    """Return the number of the last turn of each who had one."""
    return {one.home: one.turn for one in (await ports.ledger.wheel(DEMO.id)).cursors}
