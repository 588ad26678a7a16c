"""What guest and host are told while a booking waits for its host, and when that is over."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from icalendar import Calendar

from server.adapters.mail.stationery import TemplateStationery
from server.adapters.memory import SITE, memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.mailer import MemoryMailer
from server.domain.booking import Actor, Booking
from server.domain.event_type import EventType, ReschedulePolicy
from server.domain.site import Site
from server.ports import MailState
from server.resources import templates_dir
from server.usecases.booking import cancel, confirm, decline, expire, keep, look, reschedule
from server.usecases.booking.create import NewBooking, create
from server.usecases.booking.look import Looked
from tests.builders import DAY, NOW, at, event_type, host, settle_in
from tests.usecases.delivery.conftest import Book, Post

GUEST, HOST = "gus@example.net", "alice@example.org"
TWO = at(f"{DAY} 14:00")
NARROW = "\u202f"

ASKING = replace(
    event_type(location="https://meet.example.org/intro"),
    requires_confirmation=True,
    confirm_within_min=90,
    guest_reschedule_policy=ReschedulePolicy.APPROVE,
)


async def with_type(kind: EventType, site: Site = SITE) -> Post:
    mailer = MemoryMailer()
    ports = replace(memory_ports(NOW, calendars=MemoryCalendars(), mailer=mailer), site=site)
    await settle_in(ports, host(), kind)
    return Post(ports, mailer, TemplateStationery(site, templates_dir()))


@pytest.fixture
async def post() -> Post:
    """Return the post of a host who approves everything."""
    return await with_type(ASKING)


async def fresh(post: Post) -> None:
    """Deliver what is due and forget it."""
    assert {outcome.state for outcome in await post.round()} <= {MailState.SENT}
    post.mailer.sent.clear()


async def moving(post: Post, book: Book) -> Booking:
    """Return a booking that was confirmed, and whose guest asks for two o'clock."""
    booking = await book()
    await fresh(post)
    await confirm.confirm(post.ports, await look.by_id(post.ports, booking.id), Actor.HOST, NOW)
    await fresh(post)
    looked = await look.by_id(post.ports, booking.id)
    return await reschedule.reschedule(post.ports, looked, TWO, Actor.GUEST, NOW, reason="The train is late.")


def plain(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace(NARROW, " ")


def rich(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def objects(message: EmailMessage) -> list[Calendar]:
    """Return the calendar objects of a mail, attached and inline."""
    parts = [
        part for part in message.walk() if part.get_content_type() in ("text/calendar", "application/ics")
    ]
    return [Calendar.from_ical(bytes(part.get_payload(decode=True))) for part in parts]


def said(message: EmailMessage) -> set[tuple[str, str, str, int]]:
    """Return METHOD, UID, STATUS and SEQUENCE of what a mail carries."""
    return {
        (str(one["METHOD"]), str(vevent["UID"]), str(vevent["STATUS"]), int(vevent.get("SEQUENCE", 0)))
        for one in objects(message)
        for vevent in one.walk("VEVENT")
    }


async def looked_at(post: Post, booking: Booking) -> Looked:
    return await look.by_id(post.ports, booking.id)


# A new request ----------------------------------------------------------------------------------------


async def test_a_request_is_told_to_the_guest_without_an_invitation(post: Post, book: Book) -> None:
    """S1.17, S1.56, S1.63, S1.64"""
    await book()
    await post.round()
    (guest,) = post.to(GUEST)
    assert str(guest["Subject"]) == "Waiting for Alice Example: Introduction, Mon, Mar 2, 2026"
    assert objects(guest) == []
    assert guest.get_content_type() == "multipart/alternative"
    assert "Alice Example has yet to confirm this meeting." in plain(guest)
    assert "The request expires if nobody answers by Monday, March 2, 2026, 9:30 AM." in plain(guest)
    for fact in (
        "Introduction",
        "10:00 AM – 10:30 AM",
        "https://meet.example.org/intro",
        "I bring the drawings.",
    ):
        assert fact in plain(guest)


async def test_a_guest_may_move_and_cancel_from_the_mail_of_the_request(post: Post, book: Book) -> None:
    """S1.33, S1.27"""
    await book()
    await post.round()
    (guest,) = post.to(GUEST)
    (path,) = {
        line.split(": ", 1)[1] for line in plain(guest).splitlines() if line.startswith("Reschedule: ")
    }
    token = path.split("/")[-2]
    assert (await look.by_token(post.ports, token)).booking.guest.email == GUEST
    assert f'href="{path}"' in rich(guest)
    assert "Cancel booking: " in plain(guest)


async def test_the_host_is_asked_with_two_buttons(post: Post, book: Book) -> None:
    """S1.18, S1.19, S1.56"""
    booking = await book()
    await post.round()
    (asked,) = post.to(HOST)
    assert str(asked["Subject"]) == "Please answer: Introduction with Gus Guest, Mon, Mar 2, 2026"
    assert str(asked["Reply-To"]) == "Gus Guest <gus@example.net>"
    assert objects(asked) == []
    lines = dict(line.split(": ", 1) for line in plain(asked).splitlines() if ": https://" in line)
    for verb, word in (("approve", "Approve"), ("decline", "Decline")):
        start, _, token = lines[word].rpartition("/")
        assert start.endswith(f"/b/intro/{verb}")
        assert (await look.by_host_token(post.ports, token)).record.id == booking.id
        assert f'href="{lines[word]}"' in rich(asked)


async def test_without_a_base_url_no_mail_has_links_and_the_request_says_where_to_answer() -> None:
    """S1.23"""
    bare = Site(name="Daybook", base_url=None, mail_address=SITE.mail_address)
    for hidden in (False, True):
        post = await with_type(
            replace(ASKING, pending_in_calendar=not hidden, location=event_type().location), bare
        )
        wish = NewBooking(
            home="alice",
            slug="intro",
            start=at(f"{DAY} 10:00"),
            name="Gus",
            email=GUEST,
            zone="Europe/Berlin",
        )
        booking = await create(post.ports, wish, Actor.GUEST, NOW)
        await post.round()
        (guest,), (asked,) = post.to(GUEST), post.to(HOST)
        for message in (guest, asked):
            assert "http" not in plain(message)
            assert "href" not in rich(message)
        assert f"daybook booking confirm {booking.id}" in plain(asked)
        assert f"daybook booking decline {booking.id}" in plain(asked)
        assert ("from tentative to confirmed" in plain(asked)) is not hidden


async def test_an_approval_invites_the_guest(post: Post, book: Book) -> None:
    """S1.21, S1.55"""
    booking = await book()
    await fresh(post)
    await confirm.confirm(post.ports, await looked_at(post, booking), Actor.HOST, NOW)
    await post.round()
    (guest,), (told,) = post.to(GUEST), post.to(HOST)
    assert str(guest["Subject"]) == "Confirmed: Introduction with Alice Example, Mon, Mar 2, 2026"
    assert said(guest) == said(told) == {("REQUEST", booking.uid, "CONFIRMED", 1)}
    assert "Alice Example confirmed the meeting." in plain(guest)
    assert "You confirmed the meeting with Gus Guest." in plain(told)


async def test_a_decline_gives_the_reason_and_takes_out_of_no_calendar_what_is_in_none(
    post: Post, book: Book
) -> None:
    """S1.22, S1.57"""
    booking = await book()
    await fresh(post)
    await decline.decline(post.ports, await looked_at(post, booking), "I am on leave.", Actor.HOST, NOW)
    await post.round()
    (guest,) = post.to(GUEST)
    assert (post.to(HOST), objects(guest)) == ([], [])
    assert "Alice Example has declined." in plain(guest)
    assert "I am on leave." in plain(guest)
    assert "I am on leave." in rich(guest)
    assert f"Book another time: {SITE.link('u', 'alice', 'intro')}" in plain(guest)


async def test_an_expired_request_is_told_to_both(post: Post, book: Book) -> None:
    """C19"""
    await book()
    await fresh(post)
    assert await expire.expire_due(post.ports, NOW + timedelta(minutes=90)) == 1
    post.ports.clock.advance(minutes=91)  # type: ignore[attr-defined]
    await post.round()
    (guest,), (told,) = post.to(GUEST), post.to(HOST)
    assert "Alice Example did not answer in time." in plain(guest)
    assert "The request of Gus Guest was not answered in time." in plain(told)
    assert objects(guest) == objects(told) == []


async def test_an_expiry_is_told_though_the_server_stood_still_till_the_meeting_was_over(
    post: Post, book: Book
) -> None:
    await book()
    await fresh(post)
    post.ports.clock.advance(hours=8)  # type: ignore[attr-defined]
    assert await expire.expire_due(post.ports, post.ports.clock.now()) == 1
    assert {outcome.state for outcome in await post.round()} == {MailState.SENT}


async def test_a_request_taken_back_is_told_to_both_and_carries_nothing(post: Post, book: Book) -> None:
    """S1.30: nobody was invited."""
    booking = await book()
    await fresh(post)
    await cancel.cancel(post.ports, await looked_at(post, booking), "", Actor.GUEST, NOW)
    await post.round()
    assert [objects(message) for address in (GUEST, HOST) for message in post.to(address)] == [[], []]


# Another time -----------------------------------------------------------------------------------------


async def test_a_request_for_another_time_says_both_times_and_mails_no_object(post: Post, book: Book) -> None:
    """S1.60, S1.33; nothing with METHOD leaves while it waits."""
    await moving(post, book)
    await post.round()
    (guest,), (asked,) = post.to(GUEST), post.to(HOST)
    for message in (guest, asked):
        assert objects(message) == []
        assert "2:00 PM – 2:30 PM" in plain(message)
        assert "Previous time: Monday, March 2, 2026, 10:00 AM – 10:30 AM" in plain(message)
        assert "The train is late." in plain(message)
    assert "Alice Example has yet to agree to it." in plain(guest)
    assert "Reschedule: " in plain(guest)
    assert str(asked["Subject"]).strip().startswith("Please answer: Gus Guest asks to move Introduction")
    assert {"Approve: http", "Decline: http"} <= {line[:13] for line in plain(asked).splitlines()}


async def test_a_second_wish_still_says_what_was_agreed(post: Post, book: Book) -> None:
    booking = await moving(post, book)
    await fresh(post)
    await reschedule.reschedule(
        post.ports, await looked_at(post, booking), at(f"{DAY} 15:00"), Actor.GUEST, NOW
    )
    await post.round()
    (asked,) = post.to(HOST)
    assert "3:00 PM – 3:30 PM" in plain(asked)
    assert "Previous time: Monday, March 2, 2026, 10:00 AM – 10:30 AM" in plain(asked)


async def test_agreement_updates_the_invitation(post: Post, book: Book) -> None:
    """S1.36, S1.41, S1.42: same UID, higher SEQUENCE."""
    booking = await moving(post, book)
    await fresh(post)
    await confirm.confirm(post.ports, await looked_at(post, booking), Actor.HOST, NOW)
    await post.round()
    (guest,), (told,) = post.to(GUEST), post.to(HOST)
    assert said(guest) == said(told) == {("REQUEST", booking.uid, "CONFIRMED", booking.sequence + 1)}
    assert "Previous time: Monday, March 2, 2026, 10:00 AM – 10:30 AM" in plain(guest)
    starts = {vevent.decoded("dtstart") for one in objects(guest) for vevent in one.walk("VEVENT")}
    assert {start.astimezone(TWO.tzinfo) for start in starts} == {TWO}


async def test_declining_another_time_cancels_the_invitation(post: Post, book: Book) -> None:
    """S1.22, C1: a REQUEST had gone out."""
    booking = await moving(post, book)
    await fresh(post)
    await decline.decline(post.ports, await looked_at(post, booking), "", Actor.HOST, NOW)
    await post.round()
    (guest,) = post.to(GUEST)
    assert said(guest) == {("CANCEL", booking.uid, "CANCELLED", booking.sequence + 1)}


async def test_keeping_the_original_time_asks_everybody_again(post: Post, book: Book) -> None:
    """C1"""
    booking = await moving(post, book)
    await fresh(post)
    await keep.keep(post.ports, await looked_at(post, booking), "Two is too late.", Actor.HOST, NOW)
    await post.round()
    (guest,) = post.to(GUEST)
    assert post.to(HOST) == []
    assert said(guest) == {("REQUEST", booking.uid, "CONFIRMED", booking.sequence + 1)}
    assert "10:00 AM – 10:30 AM" in plain(guest)
    assert "Two is too late." in plain(guest)
    (attendee,) = {
        vevent["ATTENDEE"].params["PARTSTAT"] for one in objects(guest) for vevent in one.walk("VEVENT")
    }
    assert attendee == "NEEDS-ACTION"


async def test_what_a_later_change_replaced_is_not_sent(post: Post, book: Book) -> None:
    """The approval request of the first wish would have dead buttons."""
    booking = await book()
    await reschedule.reschedule(post.ports, await looked_at(post, booking), TWO, Actor.GUEST, NOW)
    states = [outcome.state for outcome in await post.round()]
    assert sorted(states) == [MailState.SENT, MailState.SENT, MailState.SUPERSEDED, MailState.SUPERSEDED]
