"""Answering a request from the mail: pages that ask, and act only when told to."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from server.adapters.memory.clock import FixedClock
from server.domain.booking import Actor, Status
from server.domain.event_type import ReschedulePolicy
from server.domain.identity import HISTORY
from server.ports import Ports
from server.usecases.booking import cancel, confirm, create, expire, links, look, reschedule
from server.usecases.booking.create import NewBooking
from server.usecases.booking.look import Looked
from tests.builders import NOW, at, calendar, span
from tests.usecases.booking.foreign import client_puts, write
from tests.usecases.booking.waits import set_up
from tests.web.guest.conftest import Book, Client, Guest

TEN = at("2026-03-02 10:00")
NOON = at("2026-03-02 12:00")

Request = Callable[..., Awaitable[Looked]]


@pytest.fixture
def request_made(ports: Ports) -> Request:
    """Return a maker of requests: new ones, or for another time of what was confirmed at ten."""

    async def make(*, moved: bool = False, **terms: object) -> Looked:
        policy = ReschedulePolicy.APPROVE
        await set_up(ports, requires_confirmation=not moved, guest_reschedule_policy=policy, **terms)
        wish = NewBooking(
            home="alice",
            slug="intro",
            start=TEN,
            name="Gus Guest",
            email="gus@example.net",
            zone="Asia/Kolkata",
            notes="About <bridges>.",
        )
        looked = await look.by_id(ports, (await create.create(ports, wish, Actor.GUEST, NOW)).id)
        if moved:
            await reschedule.reschedule(ports, looked, NOON, Actor.GUEST, NOW)
        return await look.by_id(ports, looked.record.id)

    return make


def path(ports: Ports, looked: Looked, verb: str = "approve") -> str:
    return f"/b/intro/{verb}/{links.answer_token(ports, looked.booking, looked.record)}"


async def status(ports: Ports, looked: Looked) -> Status:
    return (await look.by_id(ports, looked.record.id)).booking.status


@pytest.mark.parametrize("verb", ["approve", "decline"])
async def test_the_page_says_who_asks_for_what_without_login(
    guest: Guest, ports: Ports, request_made: Request, verb: str
) -> None:
    """S1.18, S1.19"""
    page = await guest.open(path(ports, await request_made(), verb))
    words = page.words.replace("\u202f", " ")
    assert page.status == 200
    assert "Gus Guest asks for a meeting Monday, March 2, 2026 10:00 AM – 10:30 AM" in words.replace("… ", "")
    assert "2:30 PM – 3:00 PM for Gus Guest" in words
    assert "Gus Guest , gus@example.net" in words
    assert "About <bridges>." in words
    assert {"answer", "reason"} <= page.fields.keys()


@pytest.mark.parametrize("verb", ["approve", "decline"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_changes_nothing_however_often(
    client: Client, ports: Ports, request_made: Request, verb: str, method: str
) -> None:
    """S1.19: link scanners fetch every address of a mail, twice."""
    looked = await request_made()
    before = (await look.by_id(ports, looked.record.id), await ports.ledger.mails())
    for _ in range(2):
        answer = await client.request(method, path(ports, looked, verb))
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
    assert (await look.by_id(ports, looked.record.id), await ports.ledger.mails()) == before


@pytest.mark.parametrize("verb", ["approve", "decline"])
async def test_approving_confirms_and_says_so(
    guest: Guest, ports: Ports, request_made: Request, verb: str
) -> None:
    """S1.19, S1.21: on either page both answers can be given."""
    looked = await request_made()
    page = await guest.send(path(ports, looked, verb), {"answer": "approve", "reason": ""})
    assert (page.status, page.path) == (200, path(ports, looked, verb))
    assert "This meeting is confirmed" in page.words
    assert await status(ports, looked) is Status.CONFIRMED
    assert (await ports.ledger.trail(looked.record.id))[-1].actor is Actor.HOST


@pytest.mark.parametrize("verb", ["approve", "decline"])
async def test_declining_takes_a_reason_and_says_so(
    guest: Guest, ports: Ports, request_made: Request, verb: str
) -> None:
    """S1.19, S1.22"""
    looked = await request_made()
    page = await guest.send(path(ports, looked, verb), {"answer": "decline", "reason": "On leave."})
    assert "This meeting is declined" in page.words
    assert "On leave." in page.words
    assert "answer" not in page.fields
    assert await status(ports, looked) is Status.DECLINED


async def test_a_reason_that_is_too_long_comes_back_with_its_fault(
    guest: Guest, ports: Ports, request_made: Request
) -> None:
    """C29"""
    looked = await request_made()
    page = await guest.send(path(ports, looked, "decline"), {"answer": "decline", "reason": "x" * 501})
    assert page.status == 422
    assert "The reason may have at most 500 characters." in page.words
    assert "x" * 501 in page.text
    assert 'data-focus="#faults"' in page.text
    assert await status(ports, looked) is Status.PENDING


@pytest.mark.parametrize("answer", ["", "perhaps"])
async def test_without_an_answer_nothing_is_done(
    guest: Guest, ports: Ports, request_made: Request, answer: str
) -> None:
    looked = await request_made()
    page = await guest.send(path(ports, looked), {"answer": answer})
    assert (page.status, await status(ports, looked)) == (422, Status.PENDING)


async def test_what_was_answered_shows_what_became_of_it(
    guest: Guest, ports: Ports, request_made: Request
) -> None:
    """S1.19: the second button of the same mail, after the first."""
    looked = await request_made()
    await guest.send(path(ports, looked), {"answer": "approve"})
    other = path(ports, looked, "decline")
    assert "This meeting is confirmed" in (await guest.open(other)).words
    page = await guest.send(other, {"answer": "decline"})
    assert "This meeting is confirmed" in page.words
    assert await status(ports, looked) is Status.CONFIRMED


async def test_what_was_taken_back_says_so(guest: Guest, ports: Ports, request_made: Request) -> None:
    looked = await request_made()
    await cancel.cancel(ports, looked, "I am ill.", Actor.GUEST, NOW)
    page = await guest.open(path(ports, looked))
    assert "Gus Guest has cancelled" in page.words
    assert "I am ill." in page.words


async def test_what_has_expired_says_so(guest: Guest, ports: Ports, request_made: Request) -> None:
    """C19"""
    looked = await request_made(confirm_within_min=30)
    assert "Expires Monday, March 2, 2026, 8:30" in (await guest.open(path(ports, looked))).words
    await expire.expire_due(ports, NOW + timedelta(minutes=30))
    assert "This request has expired" in (await guest.open(path(ports, looked))).words


async def test_the_links_of_an_earlier_wish_are_dead_and_say_so(
    guest: Guest, ports: Ports, request_made: Request
) -> None:
    """S1.43"""
    looked = await request_made()
    await reschedule.reschedule(ports, looked, NOON, Actor.GUEST, NOW)
    for page in (
        await guest.open(path(ports, looked)),
        await guest.send(path(ports, looked), {"answer": "approve"}),
    ):
        assert page.status == 410
        assert "This link has been replaced" in page.words
    assert await status(ports, looked) is Status.PENDING


async def test_a_link_of_a_guest_answers_nothing_and_a_link_of_the_host_manages_nothing(
    guest: Guest, ports: Ports, request_made: Request
) -> None:
    """C2: each link is bound to its purpose."""
    looked = await request_made()
    manage = links.manage_token(ports, looked.booking, looked.record, 1)
    api = links.api_token(ports, looked.record, 1)
    for token in (manage, api, manage.replace("m_", "a_", 1)):
        assert (await guest.send(f"/b/intro/approve/{token}", {"answer": "approve"})).status == 404
    answer = links.answer_token(ports, looked.booking, looked.record)
    for token in (answer, answer.replace("a_", "m_", 1)):
        assert (await guest.open(f"/b/intro/manage/{token}")).status == 404
    assert await status(ports, looked) is Status.PENDING


async def test_another_site_cannot_answer(client: Client, ports: Ports, request_made: Request) -> None:
    looked = await request_made()
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    answer = await client.post(path(ports, looked), data={"answer": "approve"}, headers=headers)
    assert (answer.status, await status(ports, looked)) == (403, Status.PENDING)


async def test_a_time_that_is_taken_by_now_is_not_approved_and_says_so(
    guest: Guest, ports: Ports, request_made: Request
) -> None:
    """C19"""
    looked = await request_made(pending_holds_slot=False)
    await client_puts(ports, calendar(), "dentist", span("10:00-11:00"))
    page = await guest.send(path(ports, looked), {"answer": "approve"})
    assert (page.status, await status(ports, looked)) == (409, Status.PENDING)
    assert "This time is no longer free." in page.words
    assert "Decline" in page.words


# Another time -----------------------------------------------------------------------------------------


async def test_a_request_for_another_time_shows_both_and_offers_to_keep_the_first(
    guest: Guest, ports: Ports, request_made: Request
) -> None:
    """S1.36, S1.60, C1"""
    looked = await request_made(moved=True)
    page = await guest.open(path(ports, looked))
    words = page.words.replace("\u202f", " ")
    assert "Gus Guest asks for another time" in words
    assert "Agreed before Monday, March 2, 2026 10:00 AM – 10:30 AM" in words
    assert "Asked for Monday, March 2, 2026 12:00 PM – 12:30 PM" in words
    assert "Keep the original time" in words
    kept = await guest.send(path(ports, looked), {"answer": "keep", "reason": "Lunch."})
    assert "This meeting is confirmed" in kept.words
    after = (await look.by_id(ports, looked.record.id)).booking
    assert (after.status, after.start, after.reason) == (Status.CONFIRMED, TEN, "Lunch.")


async def test_a_time_that_somebody_else_has_by_now_is_not_offered_to_be_kept(
    guest: Guest, ports: Ports, request_made: Request
) -> None:
    """C1"""
    looked = await request_made(moved=True)
    await client_puts(ports, calendar(), "dentist", span("10:00-11:00"))
    page = await guest.open(path(ports, looked))
    assert "Keep the original time" not in page.words
    assert "The time agreed before cannot be kept" in page.words
    refused = await guest.send(path(ports, looked), {"answer": "keep"})
    assert (refused.status, await status(ports, looked)) == (409, Status.PENDING)


async def test_agreeing_moves_the_meeting(guest: Guest, ports: Ports, request_made: Request) -> None:
    """S1.36"""
    looked = await request_made(moved=True)
    await guest.send(path(ports, looked), {"answer": "approve"})
    after = (await look.by_id(ports, looked.record.id)).booking
    assert (after.status, after.start) == (Status.CONFIRMED, NOON)


async def test_a_time_that_has_passed_can_be_answered_no_more(
    guest: Guest, ports: Ports, clock: FixedClock, request_made: Request
) -> None:
    looked = await request_made()
    clock.advance(hours=3)
    page = await guest.open(path(ports, looked))
    assert "The time that was asked for has passed" in page.words
    assert "answer" not in page.fields


async def test_what_the_host_took_out_of_the_calendar_is_not_there(
    guest: Guest, ports: Ports, request_made: Request
) -> None:
    looked = await request_made()
    await write(ports, looked.stored.calendar, looked.stored.href, None)
    assert (await guest.open(path(ports, looked))).status == 404


# What the guest sees ----------------------------------------------------------------------------------


async def test_the_guests_page_says_that_the_host_has_yet_to_confirm(
    guest: Guest, ports: Ports, book: Book
) -> None:
    """S1.16, S1.13, S1.33"""
    await set_up(ports, requires_confirmation=True, confirm_within_min=90)
    manage = await book()
    for page in (await guest.open(f"{manage}/booked"), await guest.open(manage)):
        assert "Alice Example has yet to confirm" in page.words
        assert "The request expires if nobody answers by Monday, March 2, 2026, 9:30" in page.words
        assert "Add it to your calendar" not in page.words
        assert f"{manage}/reschedule" in page.links
        assert f"{manage}/cancel" in page.links
    assert (await guest.open(f"{manage}/booking.ics")).status == 404


async def test_the_guests_page_shows_what_was_agreed_and_what_is_asked(
    guest: Guest, ports: Ports, request_made: Request
) -> None:
    """S1.36, S1.60"""
    looked = await request_made(moved=True)
    page = await guest.open(links.manage_path(ports, looked.booking, looked.record, 1))
    words = page.words.replace("\u202f", " ")
    assert "Alice Example has yet to agree to the new time" in words
    assert "Agreed before Monday, March 2, 2026 2:30 PM – 3:00 PM" in words
    assert "You asked for Monday, March 2, 2026 4:30 PM – 5:00 PM" in words


async def test_moving_what_must_be_approved_says_that_it_is_a_request(
    guest: Guest, ports: Ports, book: Book
) -> None:
    """S1.35, S1.36"""
    await set_up(ports, guest_reschedule_policy=ReschedulePolicy.APPROVE)
    manage = await book()
    ask = await guest.open(f"{manage}/reschedule/confirm?start=2026-03-02T11:00Z")
    assert "Alice Example has to agree to the new time." in ask.words
    assert "Ask for this time" in ask.words
    page = await guest.send(f"{manage}/reschedule/confirm", {"start": "2026-03-02T11:00Z"})
    assert page.path.endswith("/moved")
    assert "Alice Example has yet to agree to the new time" in page.words
    back = page.path.removesuffix("/moved")
    agreed = await guest.open(f"{back}/reschedule/confirm?start=2026-03-02T09:00Z")
    assert "has to agree" not in agreed.words


@pytest.mark.parametrize(
    ("expires", "heading"), [(False, "Alice Example has declined"), (True, "Your request was not answered")]
)
async def test_the_guests_page_says_how_it_ended_and_where_to_book_again(
    guest: Guest, ports: Ports, request_made: Request, expires: bool, heading: str
) -> None:
    """S1.15, S1.22, S1.44, C19"""
    looked = await request_made(confirm_within_min=30)
    if expires:
        await expire.expire_due(ports, NOW + timedelta(minutes=30))
    else:
        await guest.send(path(ports, looked), {"answer": "decline", "reason": "On leave."})
    after = await look.by_id(ports, looked.record.id)
    manage = links.manage_path(ports, after.booking, after.record, 1)
    page = await guest.open(manage)
    assert heading in page.words
    assert ("On leave." in page.words) is not expires
    assert "/u/alice/intro" in page.links
    assert (await guest.open(f"{manage}/reschedule")).status == 409
    assert len(await ports.calendars.all(calendar(name=HISTORY))) == 1


async def test_a_cancelled_booking_can_be_booked_again_with_one_click(guest: Guest, book: Book) -> None:
    """S1.29"""
    manage = await book()
    page = await guest.send(f"{manage}/cancel", {"reason": ""})
    assert "/u/alice/intro" in page.links


# Deadlines --------------------------------------------------------------------------------------------


async def test_after_the_deadline_a_guest_is_told_whom_to_write_to(
    guest: Guest, ports: Ports, book: Book, clock: FixedClock
) -> None:
    """C6"""
    await set_up(ports, cancel_deadline_min=90, reschedule_deadline_min=90)
    manage = await book()
    clock.advance(minutes=31)
    assert "It is too late to move or cancel the meeting here." in (await guest.open(manage)).words
    move = {"start": "2026-03-02T11:00Z"}
    pages = [
        await guest.open(f"{manage}/cancel"),
        await guest.send(f"{manage}/cancel", {"reason": "ill"}),
        await guest.open(f"{manage}/reschedule"),
        await guest.open(f"{manage}/reschedule/confirm?start=2026-03-02T11:00Z"),
        await guest.send(f"{manage}/reschedule/confirm", move),
    ]
    for page in pages:
        assert page.status == 409
        assert "1 hour 30 minutes before the meeting" in page.words
        assert "mailto:alice@example.org" in page.links
    (record,) = await ports.ledger.bookings()
    assert (record.status, record.revision) == (Status.CONFIRMED, 0)


async def test_an_approved_booking_is_what_it_would_have_been(
    guest: Guest, ports: Ports, request_made: Request
) -> None:
    """S1.21"""
    looked = await request_made()
    await confirm.confirm(ports, looked, Actor.HOST, NOW)
    after = await look.by_id(ports, looked.record.id)
    manage = links.manage_path(ports, after.booking, after.record, 1)
    assert "Add it to your calendar" in (await guest.open(manage)).words
    assert (await guest.open(f"{manage}/booking.ics")).status == 200
