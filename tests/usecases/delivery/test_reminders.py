"""Reminders from the booking to the mailbox: when they leave, what they say, and when they keep silent."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from server.adapters.memory.clock import FixedClock
from server.domain.booking import Actor, Booking, Partstat
from server.domain.reminders import parse
from server.ical import vevent
from server.ports import MailKind, MailState, ObjectWrite, Ports, QueuedMail
from server.usecases.booking import cancel, complete, follow, look, reschedule
from server.usecases.booking.remind import timed
from tests.builders import DAY, NOW, at
from tests.usecases.delivery.conftest import Book, Post

GUEST, HOST = "gus@example.net", "alice@example.org"


@pytest.fixture
async def reminded(post: Post) -> Post:
    """Return the post of a host who reminds the guest a day and an hour before, and herself an hour before."""
    await remind(post.ports, "24h guest", "1h guest,host")
    return post


async def remind(ports: Ports, *lines: str) -> None:
    kind = ports.homes.event_type("alice", "intro")
    assert kind is not None
    await ports.homes.save_event_type(replace(kind, reminders=tuple(map(parse, lines))))


def clock_at(post: Post, wall: str) -> None:
    clock = post.ports.clock
    assert isinstance(clock, FixedClock)
    clock.move_to(at(wall))


async def told(post: Post, wall: str) -> list[tuple[MailState, str, int | None]]:
    """Deliver what is due at a wall time; return what became of each timed mail."""
    clock_at(post, wall)
    return [
        (one.state, "host" if one.mail.recipient == 0 else "guest", one.mail.offset_min)
        for one in await post.round()
        if one.mail.offset_min is not None
    ]


async def waiting(post: Post) -> list[QueuedMail]:
    return [mail for mail in await post.mails() if mail.offset_min and mail.state is MailState.QUEUED]


async def test_guest_and_host_are_reminded_an_hour_before(reminded: Post, book: Book) -> None:
    """S1.61"""
    await book("10:00")
    assert await told(reminded, f"{DAY} 08:59") == []
    reminded.mailer.sent.clear()
    assert await told(reminded, f"{DAY} 09:00") == [
        (MailState.SENT, "guest", 60),
        (MailState.SENT, "host", 60),
    ]
    (guest,), (host,) = reminded.to(GUEST), reminded.to(HOST)
    assert str(guest["Subject"]) == "Reminder: Introduction with Alice Example, in 1 hour"
    assert str(host["Subject"]) == "Reminder: Introduction with Gus Guest, in 1 hour"
    text = str(guest.get_body(("plain",)))
    assert "/cancel" in text
    assert "/reschedule" in text
    details = str(host.get_body(("plain",)))
    assert "I bring the drawings." in details
    assert "/cancel" not in details


async def test_a_reminder_is_no_itip_message_and_carries_no_calendar_object(
    reminded: Post, book: Book
) -> None:
    """S1.61, S1.63"""
    await book("10:00")
    await told(reminded, f"{DAY} 08:59")
    reminded.mailer.sent.clear()
    await told(reminded, f"{DAY} 09:00")
    for message in (*reminded.to(GUEST), *reminded.to(HOST)):
        kinds = [part.get_content_type() for part in message.walk()]
        assert kinds == ["multipart/alternative", "text/plain", "text/html"]
        assert b"METHOD" not in message.as_bytes()
        assert message["Auto-Submitted"] == "auto-generated"


async def test_each_reminder_is_a_message_of_its_own_in_the_thread_of_the_booking(
    post: Post, book: Book
) -> None:
    await remind(post.ports, "2h guest", "1h guest")
    await book("16:00")
    for wall in ("08:00", "14:00", "15:00"):
        await told(post, f"{DAY} {wall}")
    confirmed, first, second = post.to(GUEST)
    assert len({str(one["Message-ID"]) for one in (confirmed, first, second)}) == 3
    assert {str(one["In-Reply-To"]) for one in (first, second)} == {str(confirmed["Message-ID"])}


async def test_a_reminder_does_not_repeat_why_the_meeting_was_once_moved(reminded: Post, book: Book) -> None:
    booking = await book("10:00")
    looked = await look.by_id(reminded.ports, booking.id)
    await reschedule.reschedule(
        reminded.ports, looked, at(f"{DAY} 15:00"), Actor.GUEST, NOW, reason="The cat was ill."
    )
    await told(reminded, f"{DAY} 08:00")
    assert "The cat was ill." in str(reminded.to(HOST)[0])
    reminded.mailer.sent.clear()
    await told(reminded, f"{DAY} 14:00")
    assert all("The cat was ill." not in str(one) for one in reminded.to(HOST) + reminded.to(GUEST))


async def test_a_guest_who_declined_is_not_reminded(reminded: Post, book: Book) -> None:
    booking = await book("10:00")
    guest = replace(booking.guest, partstat=Partstat.DECLINED)
    assert {one.recipient for one in timed(reminded.ports, replace(booking, attendees=(guest,)))} == {0}


async def test_a_day_before_the_subject_says_tomorrow(reminded: Post, book: Book) -> None:
    await book_on(reminded, book, "2026-03-04 10:00")
    reminded.mailer.sent.clear()
    assert await told(reminded, "2026-03-03 10:00") == [(MailState.SENT, "guest", 1440)]
    (guest,) = reminded.to(GUEST)
    assert str(guest["Subject"]) == "Reminder: Introduction with Alice Example, tomorrow"


async def book_on(post: Post, book: Book, wall: str) -> Booking:
    """Book two days ahead and send what the booking itself says."""
    made = await book("16:00")
    looked = await look.by_id(post.ports, made.id)
    moved = await reschedule.reschedule(post.ports, looked, at(wall), Actor.GUEST, NOW)
    await post.round()
    return moved


async def test_a_booking_made_later_than_the_offset_gets_no_such_reminder(reminded: Post, book: Book) -> None:
    await book("10:00")
    assert sorted(mail.offset_min or 0 for mail in await waiting(reminded)) == [60, 60]


async def test_a_reschedule_clears_what_was_sent_and_reminds_again(reminded: Post, book: Book) -> None:
    """S1.47"""
    booking = await book("10:00")
    await told(reminded, f"{DAY} 09:00")
    looked = await look.by_id(reminded.ports, booking.id)
    await reschedule.reschedule(reminded.ports, looked, at(f"{DAY} 15:00"), Actor.HOST, at(f"{DAY} 09:10"))
    assert await told(reminded, f"{DAY} 13:59") == []
    assert await told(reminded, f"{DAY} 14:00") == [
        (MailState.SENT, "guest", 60),
        (MailState.SENT, "host", 60),
    ]


async def test_nobody_is_reminded_of_a_cancelled_meeting(reminded: Post, book: Book) -> None:
    booking = await book("10:00")
    looked = await look.by_id(reminded.ports, booking.id)
    await cancel.cancel(reminded.ports, looked, "", Actor.GUEST, NOW)
    assert await waiting(reminded) == []
    assert await told(reminded, f"{DAY} 09:00") == []


async def drag(post: Post, booking: Booking, start: datetime, *, tell: bool = True) -> None:
    looked = await look.by_id(post.ports, booking.id)
    dragged = replace(booking, start=start, end=start + timedelta(minutes=30))
    text = vevent.revised(looked.stored.text, dragged, looked.host)
    write = ObjectWrite(looked.stored.calendar, looked.stored.href, looked.stored.etag, text)
    staged = await post.ports.calendars.stage(booking.home, [write])
    await post.ports.calendars.swap(booking.home, "client", staged, [])
    if tell:
        await follow.reconcile(post.ports, looked.record, post.ports.clock.now())


async def test_reminders_follow_a_meeting_that_the_host_drags(reminded: Post, book: Book) -> None:
    booking = await book("10:00")
    await drag(reminded, booking, at(f"{DAY} 15:00"))
    assert await told(reminded, f"{DAY} 09:00") == []
    assert await told(reminded, f"{DAY} 14:00") == [
        (MailState.SENT, "guest", 60),
        (MailState.SENT, "host", 60),
    ]


async def test_a_reminder_waits_while_the_ledger_has_not_heard_of_a_move(reminded: Post, book: Book) -> None:
    booking = await book("10:00")
    await reminded.round()
    await drag(reminded, booking, at(f"{DAY} 15:00"), tell=False)
    assert {state for state, _, _ in await told(reminded, f"{DAY} 09:00")} == {MailState.QUEUED}
    await follow.reconcile_all(reminded.ports, reminded.ports.clock.now())
    assert await told(reminded, f"{DAY} 09:02") == []
    assert len(await told(reminded, f"{DAY} 14:00")) == 2


async def test_a_reminder_that_is_late_leaves_as_long_as_the_meeting_is_to_come(
    reminded: Post, book: Book
) -> None:
    await book("10:00")
    await reminded.round()
    reminded.mailer.sent.clear()
    assert (MailState.SENT, "guest", 60) in await told(reminded, f"{DAY} 09:40")
    (guest,) = reminded.to(GUEST)
    assert str(guest["Subject"]).endswith("in 20 minutes")


async def test_a_minute_late_it_still_tells_the_round_figure(reminded: Post, book: Book) -> None:
    await book("10:00")
    await reminded.round()
    reminded.mailer.sent.clear()
    await told(reminded, f"{DAY} 09:01")
    (guest,) = reminded.to(GUEST)
    assert str(guest["Subject"]).endswith("in 1 hour")


async def test_a_clock_that_leaps_ahead_sends_nothing_of_what_is_over(reminded: Post, book: Book) -> None:
    for hour in ("10:00", "11:00", "12:00"):
        await book(hour)
    await reminded.round()
    reminded.mailer.sent.clear()
    assert {state for state, _, _ in await told(reminded, "2027-03-02 08:00")} == {MailState.EXPIRED}
    assert reminded.mailer.sent == []


async def test_after_a_long_silence_the_nearest_of_several_reminders_says_all(post: Post, book: Book) -> None:
    await remind(post.ports, "6h guest", "2h guest", "1h guest")
    await book("16:00")
    assert sorted(await told(post, f"{DAY} 15:30")) == [
        (MailState.SENT, "guest", 60),
        (MailState.SUPERSEDED, "guest", 120),
        (MailState.SUPERSEDED, "guest", 360),
    ]


async def test_a_clock_that_is_put_back_sends_nothing_twice(reminded: Post, book: Book) -> None:
    await book("10:00")
    assert len(await told(reminded, f"{DAY} 09:00")) == 2
    assert await told(reminded, f"{DAY} 07:00") == []
    await follow.reconcile_all(reminded.ports, reminded.ports.clock.now())
    assert await told(reminded, f"{DAY} 09:00") == []


async def test_a_leap_ahead_that_was_an_error_loses_no_reminder(reminded: Post, book: Book) -> None:
    await book("10:00")
    await reminded.round()
    await told(reminded, "2027-03-02 08:00")
    clock_at(reminded, f"{DAY} 08:30")
    await reminded.ports.ledger.prune(int(reminded.ports.clock.now().timestamp()))
    assert len(await told(reminded, f"{DAY} 09:00")) == 2


async def test_no_reminder_leaves_once_the_meeting_has_begun(reminded: Post, book: Book) -> None:
    await book("10:00")
    assert {state for state, _, _ in await told(reminded, f"{DAY} 10:00")} == {MailState.EXPIRED}


async def test_without_reminders_nothing_waits(post: Post, book: Book) -> None:
    await book("10:00")
    assert {mail.kind for mail in await post.mails()} == {MailKind.CONFIRMED}


async def test_an_ended_booking_is_complete_once_and_stays_confirmed(post: Post, book: Book) -> None:
    """C5, S3.41"""
    booking = await book("10:00")
    assert await complete.complete_ended(post.ports, booking.end - timedelta(seconds=1)) == 0
    assert await complete.complete_ended(post.ports, booking.end) == 1
    assert await complete.complete_ended(post.ports, booking.end + timedelta(seconds=30)) == 0
    trail = await post.ports.ledger.trail(booking.id)
    assert [(entry.action.value, entry.actor) for entry in trail] == [
        ("create", Actor.GUEST),
        ("complete", Actor.SYSTEM),
    ]
    assert (await look.by_id(post.ports, booking.id)).booking.status.value == "confirmed"


async def test_a_meeting_that_a_client_has_just_prolonged_is_not_complete(post: Post, book: Book) -> None:
    """C5: the end is that of the calendar."""
    booking = await book("10:00")
    await drag(post, booking, at(f"{DAY} 15:00"), tell=False)
    assert await complete.complete_ended(post.ports, booking.end) == 0
    assert await complete.complete_ended(post.ports, at(f"{DAY} 15:29")) == 0
    assert await complete.complete_ended(post.ports, at(f"{DAY} 15:30")) == 1


async def test_a_meeting_that_the_host_took_out_is_not_complete(post: Post, book: Book) -> None:
    booking = await book("10:00")
    looked = await look.by_id(post.ports, booking.id)
    write = ObjectWrite(looked.stored.calendar, looked.stored.href, looked.stored.etag, None)
    staged = await post.ports.calendars.stage(booking.home, [write])
    await post.ports.calendars.swap(booking.home, "client", staged, [])
    assert await complete.complete_ended(post.ports, booking.end) == 0
    assert list(await post.ports.ledger.ended(int(booking.end.timestamp()))) == []
