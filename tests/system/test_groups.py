"""A booking with two hosts on a real disk: Radicale's storage, the ledger, and what they say after the ledger is lost."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from server import bootstrap
from server.domain.booking import Actor, Booking
from server.domain.identity import Home
from server.ical import vevent
from server.ports import BookingRecord, Ports
from server.settings.model import Settings
from server.usecases.booking import accept, create, look, reschedule
from server.usecases.booking.create import NewBooking
from server.usecases.host.add import add
from tests.builders import BERLIN, host
from tests.installations import ALICE, installation, settle_alice

BOB = Home("bob")
ALWAYS = (0, 2**40)


async def joint(ports: Ports) -> Booking:
    """Let bob move in too, and book both."""
    await settle_alice(ports)
    await add(ports, replace(host("bob", name="Bob Example", weekly="always")), "bob's password")
    await ports.homes.save_host(replace(ports.homes.host(ALICE) or host(), hours=host(weekly="always").hours))
    now = ports.clock.now()
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    wish = NewBooking(
        home="alice+bob", slug="intro", start=start, name="Gus", email="gus@example.net", zone=BERLIN
    )
    return await create.create(ports, wish, Actor.GUEST, now)


async def standing(ports: Ports, made: Booking) -> list[tuple[int, int] | None]:
    """Return when the booking is in each host's calendar."""
    found: list[tuple[int, int] | None] = []
    for home in (ALICE, BOB):
        place = ports.calendars.find(home, made.uid)
        stored = None if place is None else await ports.calendars.get(place[0], place[1])
        booking = None if stored is None else vevent.read(stored.text, stored.calendar)
        found.append(None if booking is None else booking.span)
    return found


async def known(ports: Ports) -> tuple[BookingRecord, list[tuple[int, int]]]:
    (record,) = await ports.ledger.bookings()
    return record, [claim.span for home in (ALICE, BOB) for claim in ports.ledger.claims(home, ALWAYS)]


async def test_two_hosts_and_their_ledger_agree_also_after_it_was_lost(tmp_path: Path) -> None:
    """S1.3, C22."""
    async with installation(tmp_path) as parts:
        made = await joint(parts.ports)
        looked = await look.by_id(parts.ports, made.id)
        later = made.start + timedelta(hours=1)
        made = await reschedule.reschedule(parts.ports, looked, later, Actor.GUEST, parts.ports.clock.now())
        assert await standing(parts.ports, made) == [made.span] * 2
        before = await known(parts.ports)
        assert before[1] == [made.span] * 2
    (tmp_path / "ledger.db").unlink()
    done = await bootstrap.rebuild(Settings(data=tmp_path, base_url="https://book.example"))
    assert (done.found.bookings, done.found.copies) == (1, 0)
    async with installation(tmp_path) as parts:
        assert await known(parts.ports) == before
        assert await standing(parts.ports, made) == [made.span] * 2


async def test_a_start_puts_back_what_a_co_host_did_while_nobody_listened(tmp_path: Path) -> None:
    """C22."""
    async with installation(tmp_path) as parts:
        made = await joint(parts.ports)
    (copy,) = (tmp_path / "collections" / "collection-root" / "bob" / "calendar").glob("*.ics")
    copy.unlink()
    async with installation(tmp_path) as parts:
        assert await standing(parts.ports, made) == [made.span, None]
        await accept.heed_all(parts.ports, parts.ports.clock.now())
        assert await standing(parts.ports, made) == [made.span] * 2
