"""The secret feed of a host's bookings."""

from datetime import datetime, timedelta

import icalendar

from server.domain.booking import Actor, Booking
from server.domain.host import Host
from server.ports import Ports
from server.usecases.booking import look
from server.usecases.booking.cancel import cancel
from server.usecases.booking.create import NewBooking, create
from server.usecases.booking.reschedule import reschedule
from server.usecases.feed.bookings import bookings
from tests.builders import BERLIN, DAY, NOW, at
from tests.usecases.booking.foreign import write

NOW_S = int(NOW.timestamp())


async def book(ports: Ports, clock: str = "10:00") -> Booking:
    wish = NewBooking(
        home="alice",
        slug="intro",
        start=at(f"{DAY} {clock}"),
        name="Gus Guest",
        email="gus@example.net",
        zone=BERLIN,
    )
    return await create(ports, wish, Actor.GUEST, NOW)


async def shown(ports: Ports, alice: Host, now: datetime = NOW) -> list[icalendar.Component]:
    return icalendar.Calendar.from_ical(await bookings(ports, alice, int(now.timestamp()))).walk("VEVENT")


async def test_the_feed_shows_bookings_in_order_of_time_and_nothing_else(ports: Ports, alice: Host) -> None:
    await book(ports, "13:00")
    await book(ports, "10:00")
    found = await shown(ports, alice)
    assert [vevent.decoded("DTSTART") for vevent in found] == [at(f"{DAY} 10:00"), at(f"{DAY} 13:00")]
    assert found[0]["SUMMARY"] == "Introduction – Gus Guest"


async def test_a_cancelled_booking_leaves_the_feed(ports: Ports, alice: Host) -> None:
    booking = await book(ports)
    await cancel(ports, await look.by_id(ports, booking.id), "", Actor.HOST, NOW)
    assert await shown(ports, alice) == []


async def test_a_moved_booking_stays_the_same_event_and_its_former_time_is_not_shown(
    ports: Ports, alice: Host
) -> None:
    booking = await book(ports)
    [before] = await shown(ports, alice)
    await reschedule(ports, await look.by_id(ports, booking.id), at(f"{DAY} 14:00"), Actor.GUEST, NOW)
    [after] = await shown(ports, alice)
    assert after["UID"] == before["UID"]
    assert after.decoded("DTSTART") == at(f"{DAY} 14:00")
    assert int(str(after["SEQUENCE"])) > int(str(before["SEQUENCE"]))


async def test_the_feed_never_shows_the_uid_of_a_booking(ports: Ports, alice: Host) -> None:
    booking = await book(ports)
    text = await bookings(ports, alice, NOW_S)
    assert booking.uid not in text
    assert booking.id not in text


async def test_a_booking_stays_in_the_feed_for_a_month(ports: Ports, alice: Host) -> None:
    await book(ports)
    assert len(await shown(ports, alice, NOW + timedelta(days=30))) == 1
    assert await shown(ports, alice, NOW + timedelta(days=31)) == []


async def test_the_same_bookings_give_the_same_bytes(ports: Ports, alice: Host) -> None:
    await book(ports)
    assert await bookings(ports, alice, NOW_S) == await bookings(ports, alice, NOW_S + 3600)


async def test_a_booking_that_the_host_marks_as_cancelled_in_the_calendar_leaves_the_feed(
    ports: Ports, alice: Host
) -> None:
    await book(ports)
    [row] = ports.calendars.rows(alice.home)
    stored = await ports.calendars.get(row.calendar, row.href)
    assert stored is not None
    await write(ports, row.calendar, row.href, stored.text.replace("STATUS:CONFIRMED", "STATUS:CANCELLED"))
    assert await shown(ports, alice) == []
