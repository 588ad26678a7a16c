"""What those are told who were brought along, and what the others are told of them."""

from dataclasses import replace
from email.message import EmailMessage

import pytest
from icalendar import Calendar

from server.domain.booking import Actor, Booking
from server.domain.companions import Companion
from server.ports import MailKind, MailState
from server.usecases.booking import companions, look, reschedule
from server.usecases.booking.create import NewBooking, create
from tests.builders import BERLIN, DAY, NOW, at, event_type, host, settle_in
from tests.usecases.delivery.conftest import Post

GUS, SAM, KIM, HOST = "gus@example.net", "sam@example.net", "kim@example.net", "bob@example.org"


@pytest.fixture
async def made(post: Post) -> Booking:
    """Return a booking to which Gus brings Sam and Kim along."""
    walk = replace(event_type("walk", number=4, home="bob", title="Walk"), guests_max=3)
    await settle_in(post.ports, host("bob", number=2, name="Bob Example"), walk)
    wish = NewBooking(
        home="bob",
        slug="walk",
        start=at(f"{DAY} 10:00"),
        name="Gus Guest",
        email=GUS,
        zone=BERLIN,
        notes="Between Bob and me.",
        guests=[Companion(SAM, "Sam"), Companion(KIM)],
    )
    return await create(post.ports, wish, Actor.GUEST, NOW)


def words(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def meeting(message: EmailMessage) -> Calendar:
    for part in message.walk():
        if part.get_content_type() in {"text/calendar", "application/ics"}:
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            return Calendar.from_ical(content)
    raise AssertionError("no calendar object")


async def test_each_mail_invites_its_reader_alone(post: Post, made: Booking) -> None:
    """S1.11, C32."""
    await post.round()
    for address in (GUS, SAM, KIM):
        (message,) = post.to(address)
        (vevent,) = meeting(message).walk("VEVENT")
        attendees = vevent.get("ATTENDEE")
        assert str(attendees) == f"mailto:{address}"
        assert (str(meeting(message)["METHOD"]), vevent["SEQUENCE"]) == ("REQUEST", 0)
    (hers,) = (meeting(post.to(SAM)[0])).walk("VEVENT")
    assert (hers["ATTENDEE"].params["PARTSTAT"], hers["ATTENDEE"].params["RSVP"]) == ("NEEDS-ACTION", "TRUE")


async def test_companions_read_who_brings_them_and_only_names_of_the_others(
    post: Post, made: Booking
) -> None:
    """S1.10, C32."""
    await post.round()
    (message,) = post.to(KIM)
    text = words(message)
    assert "Gus Guest has booked a meeting with Bob Example and brings you along." in text
    assert "Also there: Gus Guest" in text
    assert "Also there: Sam" in text
    for secret in (GUS, SAM, "Between Bob and me."):
        assert secret not in message.as_string()
        assert secret not in str(meeting(message).to_ical().decode().replace("\r\n ", ""))
    assert "/leave" in text
    assert "/cancel" not in text
    assert "/reschedule" not in text


async def test_booker_and_host_read_all_of_them(post: Post, made: Booking) -> None:
    """S1.10."""
    await post.round()
    assert "Also there: Sam, sam@example.net" in words(post.to(GUS)[0])
    assert "Also there: kim@example.net" in words(post.to(GUS)[0])
    assert "Who: Sam, sam@example.net" in words(post.to(HOST)[0])
    assert "Who: kim@example.net" in words(post.to(HOST)[0])


async def test_who_is_taken_off_gets_a_cancel_without_status_and_the_others_none(
    post: Post, made: Booking
) -> None:
    """RFC 5546 §3.2.5, itip.md 1.6."""
    await post.round()
    post.mailer.sent.clear()
    looked = replace(await look.by_id(post.ports, made.id), person=2)
    await companions.take_off(post.ports, looked, 2, Actor.GUEST, NOW)
    await post.round()
    (message,) = post.to(SAM)
    calendar = meeting(message)
    (vevent,) = calendar.walk("VEVENT")
    assert (str(calendar["METHOD"]), vevent["SEQUENCE"], "STATUS" in vevent) == ("CANCEL", 1, False)
    assert str(vevent["ATTENDEE"]) == f"mailto:{SAM}"
    assert "You are off the list" in words(message)
    for address in (GUS, HOST):
        (told,) = post.to(address)
        assert "Sam is not coming to your meeting" in words(told)
        assert not [part for part in told.walk() if part.get_content_type() == "text/calendar"]
    assert post.to(KIM) == []


async def test_a_waiting_mail_outlives_a_quiet_change_under_its_own_id(post: Post, made: Booking) -> None:
    """A guest who joins must not silence the confirmations of the others."""
    looked = await look.by_id(post.ports, made.id)
    await companions.bring(post.ports, looked, Companion("lee@example.net", "Lee"), Actor.GUEST, NOW)
    await post.round()
    (first,) = post.to(GUS)
    assert first["Message-ID"] == f"<{made.id}.0.1@{first['Message-ID'].rpartition('@')[2]}"
    assert [one.state for one in await post.mails()] == [MailState.SENT] * 6
    (joined,) = [message for message in post.to(HOST) if "is joining" in message["Subject"]]
    assert "Lee is joining your meeting with Gus Guest" in words(joined)


async def test_who_left_before_their_invitation_did_is_not_invited(post: Post, made: Booking) -> None:
    looked = replace(await look.by_id(post.ports, made.id), person=2)
    await companions.take_off(post.ports, looked, 2, Actor.GUEST, NOW)
    await post.round()
    states = {(one.kind, one.recipient): one.state for one in await post.mails()}
    assert states[MailKind.CONFIRMED, 2] is MailState.SUPERSEDED
    assert states[MailKind.REMOVED, 2] is MailState.SENT


async def test_the_farewell_leaves_although_the_meeting_moved_after_it(post: Post, made: Booking) -> None:
    """Nobody else would take the meeting out of that calendar."""
    looked = replace(await look.by_id(post.ports, made.id), person=2)
    await companions.take_off(post.ports, looked, 2, Actor.GUEST, NOW)
    booker = await look.by_id(post.ports, made.id)
    await reschedule.reschedule(post.ports, booker, at(f"{DAY} 14:00"), Actor.GUEST, NOW)
    await post.round()
    (message,) = post.to(SAM)
    assert str(meeting(message)["METHOD"]) == "CANCEL"
    assert "10:00" in words(message).replace("\u202f", " ")
    assert len(post.to(KIM)) == 1
