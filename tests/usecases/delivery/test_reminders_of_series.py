"""Reminders of series: before each meeting, of that meeting."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.adapters.memory.clock import FixedClock
from server.domain.booking import Actor, Booking
from server.domain.reminders import parse
from server.domain.series import Frequency, Recurrence, SeriesRules
from server.domain.series_moves import with_moved
from server.ical import vevent
from server.ports import MailState
from server.usecases.booking import follow, look
from server.usecases.booking.cancel_occurrence import cancel_occurrence
from server.usecases.booking.create import NewBooking, create
from server.usecases.booking.move_occurrence import move_occurrence
from tests.builders import BERLIN, NOW, at, host
from tests.usecases.booking.foreign import write
from tests.usecases.delivery.conftest import Post

GUEST = "gus@example.net"
WEEK = timedelta(weeks=1)


@pytest.fixture
async def made(post: Post) -> Booking:
    """Return a series of three Mondays of which guests are reminded an hour before."""
    kind = post.ports.homes.event_type("alice", "intro")
    assert kind is not None
    rules = replace(kind, reminders=(parse("1h guest"),), series=SeriesRules())
    await post.ports.homes.save_event_type(rules)
    wish = NewBooking(
        home="alice",
        slug="intro",
        start=at("2026-03-02 10:00"),
        name="Gus Guest",
        email=GUEST,
        zone=BERLIN,
        recurring=Recurrence(frequency=Frequency.WEEKLY, count=3),
    )
    booking = await create(post.ports, wish, Actor.GUEST, NOW)
    await told(post, "2026-03-02 08:05")
    return booking


async def told(post: Post, wall: str) -> list[str]:
    """Deliver what is due at a wall time; return what the guest reads of it."""
    clock = post.ports.clock
    assert isinstance(clock, FixedClock)
    clock.move_to(at(wall))
    post.mailer.sent.clear()
    await post.round()
    return [str(one.get_body(("plain",))) for one in post.to(GUEST)]


async def test_the_guest_is_reminded_of_each_meeting_with_its_own_time(post: Post, made: Booking) -> None:
    """S1.61, S3.30"""
    for day in (2, 9, 16):
        (text,) = await told(post, f"2026-03-{day:02} 09:00")
        assert f"March {day}, 2026" in text
    assert await told(post, "2026-03-23 09:00") == []


async def test_of_a_meeting_that_is_cancelled_nobody_is_reminded(post: Post, made: Booking) -> None:
    """S3.32"""
    looked = await look.by_id(post.ports, made.id)
    await cancel_occurrence(post.ports, looked, made.occurrences[1].original, "", Actor.HOST, NOW)
    await told(post, "2026-03-02 08:30")
    assert await told(post, "2026-03-09 09:00") == []
    assert len(await told(post, "2026-03-16 09:00")) == 1


async def test_of_a_meeting_that_moved_the_guest_is_reminded_where_it_is(post: Post, made: Booking) -> None:
    looked = await look.by_id(post.ports, made.id)
    start = at("2026-03-10 15:00")
    await move_occurrence(post.ports, looked, made.occurrences[1].original, start, Actor.GUEST, NOW)
    await told(post, "2026-03-02 08:30")
    assert await told(post, "2026-03-09 09:00") == []
    (text,) = await told(post, "2026-03-10 14:00")
    assert "March 10, 2026" in text
    assert "3:00" in text


async def test_a_reminder_waits_for_the_ledger_to_hear_where_a_client_moved_its_meeting(
    post: Post, made: Booking
) -> None:
    looked = await look.by_id(post.ports, made.id)
    second = made.occurrences[1]
    shown = with_moved(made, second, second.start + 3 * timedelta(hours=1), by_guest=False, reason="")
    text = vevent.revised(looked.stored.text, shown, host())
    await write(post.ports, looked.stored.calendar, looked.stored.href, text)
    assert await told(post, "2026-03-09 09:00") == []
    assert [one.expires_at for one in await post.mails() if one.state is MailState.QUEUED] == [
        second.span[0],
        made.occurrences[2].span[0],
    ]
    await follow.reconcile(post.ports, looked.record, at("2026-03-09 09:05"))
    (text,) = await told(post, "2026-03-09 12:00")
    assert "1:00" in text
