"""Claims, slots and links follow what the host does in a calendar client."""

from datetime import timedelta

from server.adapters.memory.calendars import MemoryCalendars
from server.domain.booking import Actor, Booking
from server.domain.identity import Etag, Home, Href
from server.ports import CalendarChange, Ports
from server.usecases.booking import create, follow, look, offer, reschedule
from tests.builders import NOW, at, calendar, clock_times, epoch, span
from tests.usecases.booking.conftest import Wish
from tests.usecases.booking.foreign import write

ALICE = Home("alice")


async def tell(ports: Ports, made: Booking) -> bool:
    """Say that a client wrote the booking's object."""
    stored = Href(f"{made.uid}.ics")
    change = CalendarChange(calendar(), stored, made.uid, Etag("old"), Etag("new"), None, None, "alice", None)
    return await follow.follow(ports, change, NOW)


async def drag(ports: Ports, made: Booking, clock: str) -> None:
    """Move the VEVENT as a calendar client does, without SEQUENCE."""
    looked = await look.by_id(ports, made.id)
    start, end = (at(f"2026-03-02 {clock}"), at(f"2026-03-02 {clock}") + (made.end - made.start))
    lines = [
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}"
        if line.startswith("DTSTART;")
        else f"DTEND:{end:%Y%m%dT%H%M%SZ}"
        if line.startswith("DTEND;")
        else line
        for line in looked.stored.text.split("\r\n")
    ]
    await write(ports, looked.stored.calendar, looked.stored.href, "\r\n".join(lines))
    assert await tell(ports, made)


def free(ports: Ports) -> str:
    alice, intro = offer.find(ports, "alice", "intro")
    return clock_times(offer.offer(ports, alice, intro, span("09:00-12:00"), epoch("2026-03-02 08:00")))


async def test_a_dragged_booking_frees_its_old_time_and_holds_the_new(ports: Ports, wish: Wish) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    await drag(ports, made, "11:00")
    assert free(ports) == "09:00 09:30 10:00 10:30 11:30"
    assert (await look.by_id(ports, made.id)).booking.start == at("2026-03-02 11:00")
    assert [claim.span for claim in ports.ledger.claims(ALICE, span("11:00-11:30"))] == [span("11:00-11:30")]


async def test_the_host_is_never_refused_even_onto_another_booking(ports: Ports, wish: Wish) -> None:
    first = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    await create.create(ports, wish("11:00"), Actor.GUEST, NOW)
    await drag(ports, first, "11:00")
    assert len(ports.ledger.claims(ALICE, span("11:00-11:30"))) == 2


async def test_a_removed_booking_frees_its_time_and_is_known_as_missing(ports: Ports, wish: Wish) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    stored = (await look.by_id(ports, made.id)).stored
    await write(ports, stored.calendar, stored.href, None)
    await tell(ports, made)
    looked = await look.by_id(ports, made.id)
    assert (looked.is_missing, looked.record.missing_since) == (True, int(NOW.timestamp()))
    assert "10:00" in free(ports)


async def test_a_booking_that_comes_back_holds_its_time_again(ports: Ports, wish: Wish) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    stored = (await look.by_id(ports, made.id)).stored
    await write(ports, stored.calendar, stored.href, None)
    await tell(ports, made)
    await write(ports, stored.calendar, Href("undone.ics"), stored.text)
    await tell(ports, made)
    looked = await look.by_id(ports, made.id)
    assert (looked.record.href, looked.record.missing_since, looked.booking) == ("undone.ics", None, made)
    assert "10:00" not in free(ports).split()


async def test_a_dragged_booking_can_be_rescheduled_by_its_guest(ports: Ports, wish: Wish) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    await drag(ports, made, "11:00")
    wanted = at("2026-03-02 09:00")
    after = await reschedule.reschedule(ports, await look.by_id(ports, made.id), wanted, Actor.GUEST, NOW)
    assert after.start == wanted
    assert free(ports) == "09:30 10:00 10:30 11:00 11:30"


async def test_reconciling_everything_finds_what_no_feed_told(ports: Ports, wish: Wish) -> None:
    made = await create.create(ports, wish("10:00"), Actor.GUEST, NOW)
    stored = (await look.by_id(ports, made.id)).stored
    await write(ports, stored.calendar, stored.href, None)
    assert await follow.reconcile_all(ports, NOW + timedelta(minutes=10)) == 1
    assert (await look.by_id(ports, made.id)).record.missing_since is not None


async def test_an_event_that_is_no_booking_is_none_of_our_business(ports: Ports) -> None:
    assert isinstance(ports.calendars, MemoryCalendars)
    change = CalendarChange(calendar(), Href("x.ics"), None, None, Etag("e"), None, None, "alice", None)
    assert await follow.follow(ports, change, NOW)
