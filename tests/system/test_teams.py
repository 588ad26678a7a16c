"""Teams on a real disk: what they are and what is booked with them is there again after a restore, and without a ledger."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from server import bootstrap
from server.domain.booking import Actor, Booking
from server.domain.hosts import Strategy
from server.domain.identity import Home
from server.domain.team import Member, Role, Team
from server.ports import BookingRecord, Ports
from server.settings.model import Settings
from server.usecases.booking import create, listing, look, offer, reschedule
from server.usecases.booking.create import NewBooking
from server.usecases.event_type.create import create as create_event_type
from server.usecases.host.add import add
from server.usecases.team.create import create as create_team
from tests.builders import BERLIN, event_type, host, team
from tests.installations import ALICE, installation

BOB, SALES = Home("bob"), Home("sales")
ALWAYS = (0, 2**40)


async def move_in(ports: Ports) -> None:
    """Let alice and bob, and their team with two event types, move in."""
    for home in (ALICE, BOB):
        await add(ports, host(home, name=home.title(), weekly="always"), f"{home}'s password")
    await create_team(
        ports, team("sales", Member(home=ALICE, role=Role.MANAGER), Member(home=BOB, weight=50))
    )
    for slug, strategy in (("demo", Strategy.ROUND_ROBIN), ("pitch", Strategy.COLLECTIVE)):
        await create_event_type(ports, replace(event_type(slug, home="sales"), strategy=strategy))


async def booked(ports: Ports, slug: str, hours_ahead: int) -> Booking:
    now = ports.clock.now()
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=2, hours=hours_ahead)
    wish = NewBooking(home="sales", slug=slug, start=start, name="Gus", email="gus@example.net", zone=BERLIN)
    return await create.create(ports, wish, Actor.GUEST, now)


async def state(
    ports: Ports,
) -> tuple[Team | None, list[str], list[BookingRecord], list[tuple[int, int]], int]:
    """Return what must be the same: the team, what it offers, the bookings, their claims, and the listing of the team."""
    listed = await listing.bookings(ports, listing.Wanted(team=SALES), ports.clock.now())
    return (
        ports.homes.team("sales"),
        [one.slug for one in ports.homes.event_types(SALES)],
        sorted(await ports.ledger.bookings(), key=lambda record: record.id),
        sorted(claim.span for home in (ALICE, BOB) for claim in ports.ledger.claims(home, ALWAYS)),
        len(listed),
    )


@pytest.mark.parametrize("how", ["restored", "rebuilt"])
async def test_a_team_and_its_meetings_are_there_again(tmp_path: Path, how: str) -> None:
    """S1.46, C22"""
    data = tmp_path / "data"
    async with installation(data) as parts:
        ports = parts.ports
        await move_in(ports)
        one = await booked(ports, "demo", 1)
        await booked(ports, "pitch", 3)
        looked = await look.by_id(ports, one.id)
        later = one.start + timedelta(hours=5)
        await reschedule.reschedule(ports, looked, later, Actor.GUEST, ports.clock.now())
        before = await state(ports)
        await ports.backups.make(tmp_path / "backup", ports.clock.now())
    if how == "restored":
        data = tmp_path / "again"
        bootstrap.restore(tmp_path / "backup", Settings(data=data))
    else:
        (data / "ledger.db").unlink()
        await bootstrap.rebuild(Settings(data=data, base_url="https://book.example"))
    async with installation(data) as parts:
        ports = parts.ports
        assert await state(ports) == before
        assert before[4] == 2
        assert {record.team for record in before[2]} == {"sales"}
        face, kind = offer.find(ports, "sales", "demo")
        span = (int(later.timestamp()), int(later.timestamp()) + 1)
        assert offer.offer(ports, face, kind, span, int(ports.clock.now().timestamp())) == [span[0]], (
            "one is free"
        )
        third = await booked(ports, "demo", 6)
        assert third.start == later
        assert third.home != one.home
