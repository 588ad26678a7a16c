"""What each of several hosts is told, and what guests read of them."""

from email.message import EmailMessage
from typing import cast

import pytest
from icalendar import Calendar

from server.domain.booking import Actor, Booking
from server.usecases.booking import cancel, look, reschedule
from server.usecases.booking.create import NewBooking, create
from tests.builders import BERLIN, DAY, NOW, at, host, settle_in
from tests.usecases.delivery.conftest import Post

GUS, ALICE, BOB = "gus@example.net", "alice@example.org", "bob@example.org"


@pytest.fixture
async def made(post: Post) -> Booking:
    """Return a booking of alice and bob."""
    await settle_in(post.ports, host("bob", number=2, name="Bob Example"))
    wish = NewBooking(
        home="alice+bob", slug="intro", start=at(f"{DAY} 10:00"), name="Gus Guest", email=GUS, zone=BERLIN
    )
    return await create(post.ports, wish, Actor.GUEST, NOW)


def words(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def meeting(message: EmailMessage) -> Calendar:
    (content,) = {
        part.get_payload(decode=True)
        for part in message.walk()
        if part.get_content_type() in {"text/calendar", "application/ics"}
    }
    assert isinstance(content, bytes)
    return Calendar.from_ical(content)


async def test_each_host_gets_the_booking_and_guests_read_both_names(post: Post, made: Booking) -> None:
    """S1.3, S1.55, C22."""
    await post.round()
    for address in (ALICE, BOB):
        (message,) = post.to(address)
        (vevent,) = meeting(message).walk("VEVENT")
        assert str(vevent["ORGANIZER"]) == f"mailto:{ALICE}"
        assert [str(one) for one in cast("list[object]", vevent["ATTENDEE"])] == [
            f"mailto:{one}" for one in (ALICE, BOB, GUS)
        ]
        assert message["Reply-To"] == f"Gus Guest <{GUS}>"
    assert "Alice Example organizes it" in words(post.to(BOB)[0])
    assert "If you move or delete it there" in words(post.to(ALICE)[0])
    (hers,) = post.to(GUS)
    assert "With: Alice Example, Bob Example" in words(hers)
    (vevent,) = meeting(hers).walk("VEVENT")
    assert (str(vevent["ORGANIZER"]), str(vevent["ATTENDEE"])) == (f"mailto:{ALICE}", f"mailto:{GUS}")
    assert "Bob Example" in str(vevent["SUMMARY"])
    ids = {message["Message-ID"] for address in (GUS, ALICE, BOB) for message in post.to(address)}
    assert len(ids) == 3


async def test_what_the_organizer_does_the_other_host_is_told(post: Post, made: Booking) -> None:
    """C22, S1.31, S1.59."""
    await post.round()
    looked = await look.by_id(post.ports, made.id)
    await reschedule.reschedule(post.ports, looked, at(f"{DAY} 14:00"), Actor.HOST, NOW)
    await post.round()
    assert (len(post.to(ALICE)), len(post.to(BOB))) == (1, 2)
    assert "Alice Example moved the meeting" in words(post.to(BOB)[1])
    await cancel.cancel(post.ports, await look.by_id(post.ports, made.id), "", Actor.HOST, NOW)
    await post.round()
    assert "Alice Example cancelled this meeting" in words(post.to(BOB)[2])
    assert "You cancelled this meeting" in words(post.to(ALICE)[1])
    assert str(meeting(post.to(BOB)[2])["METHOD"]) == "CANCEL"
    assert "/u/alice+bob/intro" in words(post.to(GUS)[2])
