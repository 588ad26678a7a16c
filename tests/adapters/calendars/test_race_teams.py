"""Many guests of one team at once, on a real disk and over a real ledger, while a client writes into a member's calendar."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

import radicale_plugin
from server.adapters.calendars import RadicaleCalendars
from server.adapters.ledger import SqliteLedger
from server.adapters.memory import memory_ports
from server.domain.booking import Actor, Booking
from server.domain.errors import SlotUnavailable
from server.domain.hosts import Rotation, Strategy
from server.domain.identity import Home
from server.domain.intervals import overlaps
from server.domain.team import Member
from server.ports import Ports
from server.usecases.booking import create, recover
from server.usecases.booking.create import NewBooking
from tests.builders import BERLIN, DAY, NOW, at, calendar, event_type, host, settle_in, span, team
from tests.usecases.booking.foreign import client_puts

MANY = 64
HOMES = [Home(f"h{number}") for number in range(1, 9)]
STARTS = [f"{hour:02}:{minute}" for hour in range(9, 13) for minute in ("00", "30")]
ALL_DAY = span("00:00-24:00")


@asynccontextmanager
async def opened(
    folder: Path, strategy: Strategy, rotation: Rotation, *people: Member
) -> AsyncIterator[Ports]:
    application = radicale_plugin.make(folder, lambda _: BERLIN, lambda _: (), lambda _: True)
    calendars = RadicaleCalendars(application.storage)
    ledger = await SqliteLedger.open(folder / "ledger.db")
    ports = memory_ports(NOW, calendars=calendars, ledger=ledger)
    for number, home in enumerate(HOMES, 1):
        await settle_in(ports, host(home, number=number))
    await ports.homes.save_team(team("sales", *people))
    kind = event_type("demo", home="sales", number=50)
    await ports.homes.save_event_type(replace(kind, strategy=strategy, rotation=rotation))
    try:
        yield ports
    finally:
        await ledger.close()
        calendars.close()


async def book_all(ports: Ports, starts: list[str]) -> list[Booking]:
    """Let as many guests book at once; return what was made, and see that whoever got nothing was refused."""
    outcomes = await asyncio.gather(
        *(
            create.create(
                ports,
                NewBooking(
                    home="sales",
                    slug="demo",
                    start=at(f"{DAY} {start}"),
                    name=f"Guest {number}",
                    email=f"g{number}@example.net",
                    zone=BERLIN,
                ),
                Actor.GUEST,
                NOW,
            )
            for number, start in enumerate(starts)
        ),
        return_exceptions=True,
    )
    made = [one for one in outcomes if isinstance(one, Booking)]
    assert {type(one) for one in outcomes} <= {Booking, SlotUnavailable}
    return made


async def see_that_all_agree(ports: Ports, made: list[Booking]) -> None:
    """Nobody is anywhere twice at one time, and ledger and calendars know of the same meetings."""
    assert await ports.ledger.intents(2**40) == []
    for home in HOMES:
        spans = sorted(one.span for one in made if home in one.homes)
        assert not any(overlaps(one, other) for one, other in pairwise(spans))
        assert [claim.span for claim in ports.ledger.claims(home, ALL_DAY)] == spans
        assert sorted(row.shown.span for row in ports.calendars.rows(home)) == spans


async def test_sixty_four_at_once_are_shared_fairly_and_no_turn_is_lost(tmp_path: Path) -> None:
    """S2.45, S2.46: eight hosts, eight times, each of them eight times: everybody gets a host, no host twice at one time."""
    people = [Member(home=home, weight=number) for number, home in enumerate(HOMES, 1)]
    async with opened(tmp_path, Strategy.ROUND_ROBIN, Rotation.LEAST_RECENT, *people) as ports:
        made = await book_all(ports, STARTS * (MANY // len(STARTS)))
        assert len(made) == MANY
        await see_that_all_agree(ports, made)
        assert Counter(one.home for one in made) == dict.fromkeys(HOMES, 8)
        wheel = await ports.ledger.wheel(event_type("demo", number=50).id)
        assert wheel.last == MANY
        assert len(wheel.cursors) == len(HOMES)


async def test_by_weight_nobody_gets_more_than_their_share_though_all_come_at_once(tmp_path: Path) -> None:
    """C21."""
    people = [Member(home=HOMES[0], weight=30), Member(home=HOMES[1], weight=10)]
    starts = [f"{hour:02}:{minute}" for hour in range(9, 17) for minute in ("00", "30")]
    async with opened(tmp_path, Strategy.ROUND_ROBIN, Rotation.WEIGHTED, *people) as ports:
        made = await book_all(ports, starts)
        await see_that_all_agree(ports, made)
        assert Counter(one.home for one in made) == {HOMES[0]: 12, HOMES[1]: 4}


@pytest.mark.parametrize("strategy", [Strategy.ROUND_ROBIN, Strategy.COLLECTIVE])
async def test_a_client_in_between_makes_nobody_be_in_two_places(tmp_path: Path, strategy: Strategy) -> None:
    """S2.45, S2.47."""
    people = [Member(home=home) for home in HOMES[:3]]
    async with opened(tmp_path, strategy, Rotation.LEAST_RECENT, *people) as ports:

        async def client() -> None:
            for number in range(12):
                await asyncio.sleep(0)
                await client_puts(
                    ports,
                    calendar("h1"),
                    f"c{number}",
                    span(f"{9 + number // 2:02}:00-{9 + number // 2:02}:20"),
                )

        made, _ = await asyncio.gather(book_all(ports, STARTS * 3), client())
        await recover.recover_all(ports, NOW)
        assert made
        for home in HOMES[1:3]:
            spans = sorted(one.span for one in made if home in one.homes)
            assert len(set(spans)) == len(spans)
            assert [claim.span for claim in ports.ledger.claims(home, ALL_DAY)] == spans
        if strategy is Strategy.ROUND_ROBIN:
            wheel = await ports.ledger.wheel(event_type("demo", number=50).id)
            assert wheel.last == len(made)
