"""Reminders by text message: to whom, in which words, and what becomes of refusals."""

from dataclasses import replace

import pytest

from server.adapters.mail.stationery import TemplateStationery
from server.adapters.memory import SITE
from server.adapters.memory.clock import FixedClock
from server.adapters.memory.texter import MemoryTexter
from server.domain import gsm
from server.domain.booking import Actor, Booking
from server.domain.reminders import Channel, parse
from server.ports import Letter, MailKind, MailState, TextError
from server.resources import templates_dir
from server.usecases.booking.create import NewBooking, create
from tests.builders import BERLIN, DAY, NOW, at, booking, guest, host
from tests.usecases.delivery.conftest import Post

NUMBER = "+4915112345678"


@pytest.fixture
def texter() -> MemoryTexter:
    return MemoryTexter()


@pytest.fixture
async def texted(post: Post, texter: MemoryTexter) -> Post:
    """Return the post of a host who reminds guests by text message an hour before."""
    intro = post.ports.homes.event_type("alice", "intro")
    assert intro is not None
    await post.ports.homes.save_event_type(replace(intro, reminders=(parse("1h guest sms"),)))
    post.ports = replace(post.ports, texter=texter)
    return post


async def book(post: Post, phone: str = NUMBER) -> Booking:
    wish = NewBooking(
        home="alice",
        slug="intro",
        start=at(f"{DAY} 10:00"),
        name="Gus Guest",
        email="gus@example.net",
        zone=BERLIN,
        phone=phone,
    )
    return await create(post.ports, wish, Actor.GUEST, NOW)


async def states_at(post: Post, wall: str) -> list[MailState]:
    clock = post.ports.clock
    assert isinstance(clock, FixedClock)
    clock.move_to(at(f"{DAY} {wall}"))
    return [one.state for one in await post.round() if one.mail.channel is Channel.SMS]


async def test_the_guest_is_reminded_by_text_message(texted: Post, texter: MemoryTexter) -> None:
    """S3.43"""
    await book(texted)
    assert await states_at(texted, "08:59") == []
    assert await states_at(texted, "09:00") == [MailState.SENT]
    (sent,) = texter.sent
    assert sent.to == NUMBER
    assert sent.text == (
        "Reminder: Introduction with Alice Example, in 1 hour, on Mon, Mar 2, 2026, 10:00 AM - 10:30 AM."
        " https://meet.example.org/intro"
    )
    assert gsm.fits(sent.text)


async def test_who_gave_no_number_gets_none(texted: Post, texter: MemoryTexter) -> None:
    await book(texted, phone="")
    assert await states_at(texted, "09:00") == []
    assert texter.sent == []


async def test_a_gateway_in_trouble_is_tried_again_under_the_same_name(
    texted: Post, texter: MemoryTexter
) -> None:
    await book(texted)
    texter.refusals.append(TextError("503", permanent=False))
    assert await states_at(texted, "09:00") == [MailState.QUEUED]
    assert await states_at(texted, "09:02") == [MailState.SENT]
    (mail,) = [mail for mail in await texted.mails() if mail.kind is MailKind.REMINDER]
    assert texter.sent[0].id == f"{mail.booking}-{mail.id}"
    assert mail.attempts == 2


async def test_a_number_that_is_refused_is_not_tried_again(texted: Post, texter: MemoryTexter) -> None:
    await book(texted)
    texter.refusals.append(TextError("400", permanent=True))
    assert await states_at(texted, "09:00") == [MailState.FAILED]
    assert await states_at(texted, "09:30") == []


async def test_without_a_gateway_the_message_is_kept_as_not_sent(texted: Post) -> None:
    await book(texted)
    texted.ports = replace(texted.ports, texter=MemoryTexter(is_configured=False))
    assert await states_at(texted, "09:00") == [MailState.NOT_SENT]


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "pl", "nl"])
def test_a_message_is_one_however_long_the_title(language: str) -> None:
    reader = replace(guest(language=language), phone=NUMBER)
    meeting = replace(booking(attendees=[reader]), title="A very long title of a meeting " * 8)
    letter = Letter(
        kind=MailKind.REMINDER,
        booking=meeting,
        host=host(),
        attendee=reader,
        actor=Actor.GUEST,
        due=at(f"{DAY} 09:00"),
        offset_min=60,
    )
    text = TemplateStationery(SITE, templates_dir()).text(letter)
    assert gsm.fits(text)
    assert "..." in text
