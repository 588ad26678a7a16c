"""What becomes of a queued mail: sent, postponed, given up, overtaken or too late."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from server.adapters.memory.clock import FixedClock
from server.adapters.memory.mailer import MemoryMailer
from server.domain.booking import Actor, Booking
from server.ical import vevent
from server.ports import MailError, MailState, ObjectWrite
from server.usecases.booking import cancel, look, reschedule
from server.usecases.delivery.backoff import ATTEMPTS_MAX, delay_s
from server.usecases.delivery.deliver import deliver, send_by_hand
from tests.builders import DAY, NOW, at
from tests.usecases.delivery.conftest import Book, Post

GUEST, HOST = "gus@example.net", "alice@example.org"


def wait(post: Post, **duration: float) -> None:
    assert isinstance(post.ports.clock, FixedClock)
    post.ports.clock.advance(**duration)


def plain(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def sequence_in(message: EmailMessage) -> int:
    (calendar,) = (part for part in message.walk() if part.get_content_type() == "text/calendar")
    text = str(calendar.get_content())
    return int(text.partition("SEQUENCE:")[2].split()[0]) if "SEQUENCE:" in text else 0


async def test_a_confirmed_booking_is_told_to_guest_and_host(post: Post, book: Book) -> None:
    """S1.55, S1.11"""
    await book()
    assert [outcome.state for outcome in await post.round()] == [MailState.SENT, MailState.SENT]
    (guest,), (host,) = post.to(GUEST), post.to(HOST)
    assert str(guest["Subject"]) == "Confirmed: Introduction with Alice Example, Mon, Mar 2, 2026"
    assert str(host["Subject"]) == "New booking: Introduction with Gus Guest, Mon, Mar 2, 2026"
    for message in (guest, host):
        (attachment,) = message.iter_attachments()
        assert "METHOD:REQUEST" in attachment.get_content().decode()


async def test_a_cancellation_is_told_to_guest_and_host(post: Post, book: Book) -> None:
    """S1.25, S1.30, S1.58"""
    booking = await book()
    await post.round()
    post.mailer.sent.clear()
    looked = await look.by_id(post.ports, booking.id)
    await cancel.cancel(post.ports, looked, "I am ill", Actor.GUEST, NOW)
    await post.round()
    for address in (GUEST, HOST):
        (message,) = post.to(address)
        (attachment,) = message.iter_attachments()
        text = attachment.get_content().decode()
        assert "METHOD:CANCEL" in text
        assert "SEQUENCE:1" in text


async def test_a_guests_reschedule_is_told_to_both(post: Post, book: Book) -> None:
    """S1.42, C10"""
    await reschedule_after_sending(post, book, Actor.GUEST)
    (guest,), (host,) = post.to(GUEST), post.to(HOST)
    assert "2:00\u202fPM – 2:30\u202fPM" in plain(guest)
    assert "Previous time: Monday, March 2, 2026, 10:00\u202fAM" in plain(guest)
    assert "Gus Guest moved the meeting" in plain(host)


async def test_a_host_who_moves_a_meeting_is_not_told(post: Post, book: Book) -> None:
    """S1.59, C10"""
    await reschedule_after_sending(post, book, Actor.HOST)
    assert len(post.to(GUEST)) == 1
    assert post.to(HOST) == []


async def reschedule_after_sending(post: Post, book: Book, actor: Actor) -> None:
    booking = await book()
    await post.round()
    post.mailer.sent.clear()
    looked = await look.by_id(post.ports, booking.id)
    await reschedule.reschedule(post.ports, looked, at(f"{DAY} 14:00"), actor, NOW)
    await post.round()


async def test_without_smtp_a_booking_stands_and_its_mails_wait_for_a_hand(post: Post, book: Book) -> None:
    """S1.54"""
    await book()
    mute = replace(post.ports, mailer=MemoryMailer(is_configured=False))
    outcomes = await post.round(mute)
    assert [(one.state, one.error) for one in outcomes] == [(MailState.NOT_SENT, "no SMTP")] * 2
    (first, _) = await post.mails()
    assert await send_by_hand(post.ports, first.id, NOW)
    assert [outcome.state for outcome in await post.round()] == [MailState.SENT]


async def test_no_mail_leaves_after_its_meeting(post: Post, book: Book) -> None:
    await book("10:00")
    wait(post, hours=3)
    assert {outcome.state for outcome in await post.round()} == {MailState.EXPIRED}
    (first, _) = await post.mails()
    assert not await send_by_hand(post.ports, first.id, post.ports.clock.now())
    assert post.mailer.sent == []


async def test_a_revision_that_was_replaced_before_it_left_is_not_told(post: Post, book: Book) -> None:
    booking = await book()
    looked = await look.by_id(post.ports, booking.id)
    await reschedule.reschedule(post.ports, looked, at(f"{DAY} 14:00"), Actor.GUEST, NOW)
    states = [outcome.state for outcome in await post.round()]
    assert states == [MailState.SUPERSEDED, MailState.SUPERSEDED, MailState.SENT, MailState.SENT]


async def test_a_temporary_refusal_is_tried_again_a_minute_later(post: Post, book: Book) -> None:
    await book("16:00")
    post.mailer.refusals.append(MailError("451", permanent=False))
    first, _ = await post.round()
    assert (first.state, first.error) == (MailState.QUEUED, "451")
    assert await post.round() == []
    wait(post, minutes=2)
    assert [outcome.state for outcome in await post.round()] == [MailState.SENT]


async def test_a_final_refusal_is_kept_for_the_host_to_see(post: Post, book: Book) -> None:
    """S2.61"""
    await book()
    post.mailer.refusals.append(MailError("550", permanent=True))
    await post.round()
    (failed,) = await post.ports.ledger.mails(state=MailState.FAILED)
    assert failed.error == "550"
    wait(post, minutes=90)
    assert await post.round() == []


async def test_a_mail_that_never_gets_through_is_given_up(post: Post, book: Book) -> None:
    await book()
    (mail, _) = await post.mails()
    worn = replace(mail, attempts=ATTEMPTS_MAX - 1)
    post.mailer.refusals.append(MailError("timeout", permanent=False))
    outcome = await deliver(post.ports, post.stationery, worn, NOW)
    assert (outcome.state, outcome.error) == (MailState.FAILED, "timeout")


async def test_a_repeated_mail_is_the_same_to_the_byte(post: Post, book: Book) -> None:
    await book("16:00")
    await post.round()
    (mail, _) = await post.mails()
    await deliver(post.ports, post.stationery, mail, NOW + timedelta(hours=5))
    assert post.mailer.sent[0] == post.mailer.sent[2]


async def drag(post: Post, booking: Booking, clock: str) -> None:
    looked = await look.by_id(post.ports, booking.id)
    start = at(f"{DAY} {clock}")
    dragged = replace(booking, start=start, end=start + timedelta(minutes=30))
    text = vevent.revised(looked.stored.text, dragged, looked.host)
    write = ObjectWrite(looked.stored.calendar, looked.stored.href, looked.stored.etag, text)
    staged = await post.ports.calendars.stage(booking.home, [write])
    await post.ports.calendars.swap(booking.home, "client", staged, [])


async def test_a_meeting_that_the_host_dragged_is_told_as_the_calendar_shows_it(
    post: Post, book: Book
) -> None:
    await drag(post, await book(), "15:00")
    await post.round()
    (guest,) = post.to(GUEST)
    assert "3:00\u202fPM" in plain(guest)


async def test_no_mail_leaves_after_a_meeting_that_the_host_dragged_to_an_earlier_time(
    post: Post, book: Book
) -> None:
    await drag(post, await book("16:00"), "09:00")
    wait(post, hours=2)
    assert {outcome.state for outcome in await post.round()} == {MailState.EXPIRED}
    assert post.mailer.sent == []


async def test_a_meeting_that_the_host_dragged_to_a_later_time_is_still_told(post: Post, book: Book) -> None:
    await drag(post, await book("09:00"), "16:00")
    wait(post, hours=3)
    assert {outcome.state for outcome in await post.round()} == {MailState.SENT}


async def test_the_sequence_that_is_mailed_is_daybooks_own(post: Post, book: Book) -> None:
    """A client that raises it and takes that back would leave the guest with a CANCEL that looks outdated."""
    booking = await book()
    looked = await look.by_id(post.ports, booking.id)
    text = looked.stored.text.replace("SEQUENCE:0", "SEQUENCE:7")
    for version in (text, looked.stored.text):
        present = (await look.by_id(post.ports, booking.id)).stored
        write = ObjectWrite(present.calendar, present.href, present.etag, version)
        staged = await post.ports.calendars.stage(booking.home, [write])
        await post.ports.calendars.swap(booking.home, "client", staged, [])
        await post.round()
    await cancel.cancel(post.ports, await look.by_id(post.ports, booking.id), "", Actor.HOST, NOW)
    await post.round()
    assert [sequence_in(message) for message in post.to(GUEST)] == [0, 1]


async def test_a_booking_that_left_the_calendar_is_not_told_now(post: Post, book: Book) -> None:
    booking = await book("16:00")
    looked = await look.by_id(post.ports, booking.id)
    write = ObjectWrite(looked.stored.calendar, looked.stored.href, looked.stored.etag, None)
    staged = await post.ports.calendars.stage(booking.home, [write])
    await post.ports.calendars.swap(booking.home, "client", staged, [])
    outcomes = await post.round()
    assert [(one.state, one.error) for one in outcomes] == [(MailState.QUEUED, "not in the calendar")] * 2


@pytest.mark.parametrize(("attempts", "about_s"), [(0, 60), (1, 300), (3, 3600), (7, 86_400), (15, 86_400)])
async def test_attempts_come_further_apart(post: Post, book: Book, attempts: int, about_s: int) -> None:
    await book()
    (mail, _) = await post.mails()
    tried = replace(mail, attempts=attempts, expires_at=mail.due_at + 30 * 86_400)
    assert abs(delay_s(tried, mail.due_at) - about_s) <= 0.15 * about_s + 1
    assert delay_s(tried, mail.due_at) == delay_s(tried, mail.due_at)


async def test_a_mail_gets_another_chance_before_its_meeting(post: Post, book: Book) -> None:
    await book()
    (mail, _) = await post.mails()
    soon = replace(mail, attempts=6, expires_at=mail.due_at + 7200)
    assert delay_s(soon, mail.due_at) == 3600
