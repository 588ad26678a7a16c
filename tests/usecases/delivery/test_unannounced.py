"""What guests get when their host acts without a notice: a calendar object, and a line around it."""

import pytest

from server.domain.booking import Actor, Status
from server.domain.errors import Forbidden
from server.ports import MailKind
from server.usecases.booking import cancel, look, reschedule
from tests.builders import DAY, NOW, at
from tests.usecases.delivery.conftest import Book, Post
from tests.usecases.delivery.test_deliver import GUEST, HOST, plain, sequence_in


async def test_a_guest_whose_meeting_is_cancelled_without_a_notice_gets_the_bare_object(
    post: Post, book: Book
) -> None:
    """C9, S3.22: the calendar object is never suppressed, and the trail says how it was done."""
    booking = await book()
    await post.round()
    post.mailer.sent.clear()
    looked = await look.by_id(post.ports, booking.id)
    ended = await cancel.cancel(post.ports, looked, "Between us", Actor.HOST, NOW, notify=False)
    await post.round()
    assert ended.status is Status.CANCELLED
    (guest,), (host,) = post.to(GUEST), post.to(HOST)
    assert plain(guest).splitlines() == ["This meeting was cancelled."]
    assert "Alice Example" not in plain(guest)
    (part,) = (one for one in guest.walk() if one.get_content_type() == "text/calendar")
    text = str(part.get_content())
    assert "METHOD:CANCEL" in text
    assert part["Content-Type"].params["method"] == "CANCEL"
    assert "Between us" not in text
    assert sequence_in(guest) == 1
    assert [part.get_content_type() for part in guest.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    assert "You cancelled this meeting" in plain(host)
    *_, last = await post.ports.ledger.trail(booking.id)
    assert last.unannounced


async def test_a_guest_whose_meeting_is_moved_without_a_notice_finds_it_at_the_new_time(
    post: Post, book: Book
) -> None:
    """C9: with the link by which they manage it, which the earlier mails have no more."""
    booking = await book()
    await post.round()
    post.mailer.sent.clear()
    looked = await look.by_id(post.ports, booking.id)
    await reschedule.reschedule(post.ports, looked, at(f"{DAY} 14:00"), Actor.HOST, NOW, notify=False)
    await post.round()
    (guest,) = post.to(GUEST)
    assert plain(guest).splitlines() == ["The meeting has a new time"]
    (part,) = (one for one in guest.walk() if one.get_content_type() == "text/calendar")
    text = str(part.get_content())
    assert "METHOD:REQUEST" in text
    assert f"DTSTART;TZID=Europe/Berlin:{DAY.replace('-', '')}T140000" in text
    assert "URL:https://book.example/b/" in text
    assert sequence_in(guest) == 1
    assert post.to(HOST) == []
    assert [entry.unannounced for entry in await post.ports.ledger.trail(booking.id)] == [False, True]


async def test_guests_can_never_ask_for_it(post: Post, book: Book) -> None:
    """C9"""
    booking = await book()
    looked = await look.by_id(post.ports, booking.id)
    with pytest.raises(Forbidden):
        await cancel.cancel(post.ports, looked, "", Actor.GUEST, NOW, notify=False)
    with pytest.raises(Forbidden):
        await reschedule.reschedule(post.ports, looked, at(f"{DAY} 14:00"), Actor.GUEST, NOW, notify=False)
    after = await look.by_id(post.ports, booking.id)
    assert (after.booking.status, after.booking.revision) == (Status.CONFIRMED, 0)
    assert {mail.kind for mail in await post.mails()} == {MailKind.CONFIRMED}
