"""Seats over the real store: many at once, and a calendar client beside them."""

import asyncio
from dataclasses import replace
from pathlib import Path

from server.domain.booking import Actor, Booking
from server.domain.errors import SchedulingError
from server.ical import vevent
from server.ports import Ports
from server.usecases.booking import cancel, create, look
from server.usecases.booking.create import NewBooking
from server.usecases.event_type.create import create as create_event_type
from server.usecases.event_type.edit import edit
from server.usecases.host.add import add
from tests.builders import BERLIN, event_type, host
from tests.installations import ALICE, disagreements, installation
from tests.usecases.booking.foreign import write

SEATS = 16
COME = 64


async def wish(ports: Ports, number: int) -> NewBooking:
    day = ports.clock.now().replace(hour=10, minute=0, second=0, microsecond=0)
    return NewBooking(
        home=ALICE,
        slug="class",
        start=day.replace(day=1, month=day.month % 12 + 1, year=day.year + (day.month == 12)),
        name=f"Guest {number}",
        email=f"g{number}@example.net",
        zone=BERLIN,
    )


async def settle(ports: Ports) -> None:
    await add(ports, host("alice"), "alice's password")
    await create_event_type(ports, event_type("class", weekly="always", horizon_days=365))
    await edit(ports, "alice", "class", lambda one: replace(one, seats=SEATS))


async def test_of_sixty_four_at_once_exactly_as_many_come_as_there_are_seats(tmp_path: Path) -> None:
    """S2.49, S2.50"""
    async with installation(tmp_path / "data") as parts:
        ports = parts.ports
        await settle(ports)
        wishes = [await wish(ports, number) for number in range(COME)]
        found = await asyncio.gather(
            *(create.create(ports, one, Actor.GUEST, ports.clock.now()) for one in wishes),
            return_exceptions=True,
        )
        assert sum(isinstance(one, Booking) for one in found) == SEATS
        assert all(isinstance(one, Booking | SchedulingError) for one in found)
        (record,) = await ports.ledger.bookings()
        booking = (await look.by_record(ports, record)).booking
        assert len({one.email for one in booking.attendees}) == SEATS
        assert await disagreements(ports) == []


async def test_a_joined_meeting_keeps_what_the_host_wrote_into_it(tmp_path: Path) -> None:
    async with installation(tmp_path / "data") as parts:
        ports = parts.ports
        await settle(ports)
        made = await create.create(ports, await wish(ports, 0), Actor.GUEST, ports.clock.now())
        stored = (await look.by_id(ports, made.id)).stored
        text = stored.text.replace("END:VEVENT", "X-MINE:mat 7\r\nEND:VEVENT")
        await write(ports, stored.calendar, stored.href, text)
        await create.create(ports, await wish(ports, 1), Actor.GUEST, ports.clock.now())
        looked = await look.by_id(ports, made.id)
        assert "X-MINE:mat 7" in looked.stored.text
        assert f"2/{SEATS}" in looked.stored.text
        shown = vevent.read(looked.stored.text, looked.stored.calendar)
        assert shown is not None
        assert len(shown.attendees) == 2
        await cancel.cancel(ports, looked, "", Actor.GUEST, ports.clock.now())
        assert f"1/{SEATS}" in (await look.by_id(ports, made.id)).stored.text
