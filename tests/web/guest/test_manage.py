"""One booking in the hands of its guest: look, cancel, move."""

from urllib.parse import urlsplit

import pytest

from server.adapters.memory.clock import FixedClock
from server.domain.booking import Actor
from server.domain.identity import BookingId, Home
from server.ical import vevent
from server.ports import ObjectWrite, Ports
from server.usecases.booking import cancel, links, look
from server.web.options import WebOptions
from tests.builders import at, calendar
from tests.web.guest.conftest import Book, Client, Guest


async def _only(ports: Ports) -> BookingId:
    (row,) = await ports.ledger.bookings(home=Home("alice"))
    return row.id


async def _starts(ports: Ports) -> list[str]:
    found = [vevent.read(stored.text, calendar()) for stored in await ports.calendars.all(calendar())]
    return [f"{booking.start:%Y-%m-%dT%H:%MZ}" for booking in found if booking]


async def test_the_manage_page_shows_the_booking_in_the_guests_zone(guest: Guest, book: Book) -> None:
    page = await guest.open(await book(zone="Asia/Kolkata"))
    assert page.status == 200
    words = page.words.replace("\u202f", " ")
    assert "Your meeting Monday, March 2, 2026 2:30 PM – 3:00 PM Kolkata (UTC+5:30)" in words
    assert "10:00 AM – 10:30 AM for Alice Example" in words


async def test_pages_behind_a_link_are_kept_by_nobody(client: Client, book: Book) -> None:
    path = await book()
    for below in ("", "/booked", "/cancel", "/reschedule", "/booking.ics"):
        answer = await client.get(path + below)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("token", ["x", "m_x", "m_" + "A" * 60, "ctk_" + "A" * 60, "%00", "m_%C3%A9"])
async def test_a_made_up_link_leads_nowhere(guest: Guest, token: str) -> None:
    assert (await guest.open(f"/b/intro/manage/{token}")).status == 404


async def test_cancelling_asks_first_and_takes_a_reason(guest: Guest, book: Book, ports: Ports) -> None:
    """S1.14, S1.27, S1.28, S1.29, S1.31."""
    path = await book()
    asked = await guest.open(f"{path}/cancel")
    assert "reason" in asked.fields
    assert await _starts(ports) == ["2026-03-02T09:00Z"]
    page = await guest.send(f"{path}/cancel", {"reason": "My train is late."})
    assert page.status == 200
    assert "This meeting is cancelled You cancelled it." in page.words.replace("× ", "")
    assert "My train is late." in page.words
    assert await _starts(ports) == []
    assert any("09:00Z" in link for link in (await guest.open("/u/alice/intro")).slots)


async def test_a_reason_may_stay_empty(guest: Guest, book: Book) -> None:
    """S1.28."""
    path = await book()
    assert "cancelled" in (await guest.send(f"{path}/cancel", {"reason": ""})).words


async def test_a_reason_that_is_too_long_is_said_and_kept(guest: Guest, book: Book, ports: Ports) -> None:
    path = await book()
    page = await guest.send(f"{path}/cancel", {"reason": "x" * 501})
    assert page.status == 422
    assert "may have at most 500 characters" in page.words
    assert "x" * 501 in page.text
    assert await _starts(ports) == ["2026-03-02T09:00Z"]


async def test_a_mail_scanner_that_opens_every_link_changes_nothing(
    client: Client, book: Book, ports: Ports
) -> None:
    path = await book()
    for _ in range(2):
        for below in ("", "/booked", "/cancel", "/reschedule", "/reschedule/confirm?start=2026-03-03T09:00Z"):
            assert (await client.get(path + below)).status == 200
            assert (await client.head(path + below)).status == 200
    assert await _starts(ports) == ["2026-03-02T09:00Z"]


async def test_a_cancelled_booking_shows_itself_and_leads_to_a_new_one(guest: Guest, book: Book) -> None:
    path = await book()
    page = await guest.send(f"{path}/cancel", {"reason": ""})
    again = await guest.open(page.path)
    assert "This meeting is cancelled" in again.words
    assert "/u/alice/intro" in again.links
    assert not any("/cancel" in link or "/reschedule" in link for link in again.links)
    assert (await guest.open(f"{page.path}/cancel")).path == page.path
    assert (await guest.send(f"{page.path}/cancel", {"reason": ""})).status == 200


async def test_a_form_sent_twice_shows_the_same_end(guest: Guest, book: Book, ports: Ports) -> None:
    """C7: the second answer is the first, and the link in the last mail tells it, too."""
    path = await book()
    pages = [await guest.send(f"{path}/cancel", {"reason": "ill"}) for _ in range(2)]
    pages.append(await guest.open(path))
    assert [page.status for page in pages] == [200, 200, 200]
    assert all("This meeting is cancelled" in page.words for page in pages)
    assert len(await ports.ledger.mails()) == 4


async def test_a_cancelled_booking_cannot_be_moved(guest: Guest, book: Book) -> None:
    """S1.44, C8."""
    path = (await guest.send(f"{await book()}/cancel", {"reason": ""})).path
    for page in (
        await guest.open(f"{path}/reschedule"),
        await guest.open(f"{path}/reschedule/confirm?start=2026-03-03T09:00Z"),
        await guest.send(f"{path}/reschedule/confirm", {"start": "2026-03-03T09:00Z"}),
    ):
        assert page.status == 409
        assert "This meeting is cancelled" in page.words


async def test_who_cancelled_is_told_rightly(guest: Guest, book: Book, ports: Ports) -> None:
    """S1.31."""
    await book()
    looked = await look.by_id(ports, await _only(ports))
    ended = await cancel.cancel(ports, looked, "", Actor.HOST, ports.clock.now())
    record = await ports.ledger.booking(ended.id)
    assert record is not None
    page = await guest.open(links.manage_path(ports, ended, record, look.OWNER))
    assert "Alice Example cancelled it." in page.words


async def test_moving_offers_free_times_and_the_bookings_own(guest: Guest, book: Book, ports: Ports) -> None:
    """S1.34, S1.45."""
    path = await book()
    page = await guest.open(f"{path}/reschedule?hour=24")
    own = [label for label in page.labels if "your present time" in label]
    assert own == ["10:00, Monday, March 2 (your present time)"]
    assert len(page.slots) == 80
    assert 'class="slot is-own"' in page.text


async def test_a_new_time_is_confirmed_and_then_taken(guest: Guest, book: Book, ports: Ports) -> None:
    """S1.32, S1.35."""
    path = await book()
    picker = await guest.open(f"{path}/reschedule?hour=24")
    confirm = await guest.open(next(link for link in picker.slots if "2026-03-03T09:00Z" in link))
    assert "Present time Monday, March 2, 2026" in confirm.words
    assert "New time Tuesday, March 3, 2026" in confirm.words
    assert await _starts(ports) == ["2026-03-02T09:00Z"]
    page = await guest.send(f"{path}/reschedule/confirm", confirm.fields)
    assert page.status == 200
    assert "Your meeting has been moved" in page.words
    assert await _starts(ports) == ["2026-03-03T09:00Z"]


async def test_a_move_by_half_its_length_is_not_in_its_own_way(guest: Guest, ports: Ports) -> None:
    """S1.45."""
    page = await guest.fill_in("/u/alice/review/book?start=2026-03-02T09:00Z")
    path = page.path.partition("/booked")[0]
    picker = await guest.open(f"{path}/reschedule")
    assert any("start=2026-03-02T10:00Z" in link for link in picker.slots)
    await guest.send(f"{path}/reschedule/confirm", {"start": "2026-03-02T10:00Z"})
    assert await _starts(ports) == ["2026-03-02T10:00Z"]


async def test_a_change_kills_earlier_links(guest: Guest, book: Book) -> None:
    """S1.43, C2."""
    path = await book()
    moved = await guest.send(f"{path}/reschedule/confirm", {"start": "2026-03-03T09:00Z"})
    for below in ("", "/cancel", "/reschedule", "/booking.ics"):
        old = await guest.open(path + below)
        assert old.status == 410
        assert "This link has been replaced" in old.words
    assert (await guest.send(f"{path}/cancel", {"reason": ""})).status == 410
    assert (await guest.open(moved.path.removesuffix("/moved"))).status == 200


async def test_the_time_a_booking_has_is_no_move(guest: Guest, book: Book) -> None:
    path = await book()
    page = await guest.open(f"{path}/reschedule/confirm?start=2026-03-02T09:00Z")
    assert "This is the present time" in page.words
    assert 'id="send"' not in page.text


async def test_a_move_that_loses_the_race_offers_the_nearest(guest: Guest, book: Book, ports: Ports) -> None:
    path = await book("2026-03-02T09:00Z")
    await book("2026-03-03T09:00Z", email="fast@example.net")
    asked = await guest.open(f"{path}/reschedule/confirm?start=2026-03-03T09:00Z")
    assert "no longer free" in asked.words
    page = await guest.send(f"{path}/reschedule/confirm", {"start": "2026-03-03T09:00Z"})
    assert page.status == 409
    assert 'name="start" value="2026-03-03T09:30Z"' in page.text
    assert sorted(await _starts(ports)) == ["2026-03-02T09:00Z", "2026-03-03T09:00Z"]


async def test_a_move_into_the_past_is_refused_on_the_page(guest: Guest, book: Book) -> None:
    """C26."""
    page = await guest.send(f"{await book()}/reschedule/confirm", {"start": "2026-02-02T09:00Z"})
    assert page.status == 422


async def test_a_meeting_that_has_begun_can_only_be_looked_at(
    guest: Guest, book: Book, clock: FixedClock
) -> None:
    path = await book()
    clock.move_to(at("2026-03-02 10:01"))
    page = await guest.open(path)
    assert "has begun or is over" in page.words
    assert not any("/cancel" in link or "/reschedule" in link for link in page.links)
    assert (await guest.open(f"{path}/reschedule")).status == 409
    assert (await guest.send(f"{path}/cancel", {"reason": ""})).status == 409


async def test_a_meeting_taken_out_of_the_calendar_is_said(guest: Guest, book: Book, ports: Ports) -> None:
    path = await book()
    stored = (await look.by_id(ports, await _only(ports))).stored
    wish = ObjectWrite(stored.calendar, stored.href, stored.etag, None)
    await ports.calendars.swap(Home("alice"), "", await ports.calendars.stage(Home("alice"), [wish]), [])
    page = await guest.open(path)
    assert page.status == 410
    assert "no longer in the calendar" in page.words
    assert "/u/alice/intro" in page.links
    for below in ("/cancel", "/reschedule", "/booking.ics"):
        assert (await guest.open(path + below)).status in {404, 410}


async def test_moving_starts_in_the_guests_own_zone_and_week(guest: Guest, book: Book) -> None:
    """S1.70."""
    path = await book("2026-03-10T09:00Z", zone="Asia/Kolkata")
    page = await guest.open(f"{path}/reschedule", **{"Accept-Language": "en-GB"})
    assert "9–15 Mar 2026" in page.words
    assert '<option value="Asia/Kolkata" selected>' in page.text
    assert all(urlsplit(link).path.startswith(path) for link in page.slots)


class TestLimits:
    """Links are easily had: whoever books in somebody's name holds one."""

    @pytest.fixture
    def options(self) -> WebOptions:
        """Return options that count."""
        return WebOptions(
            form_seconds_min=0, pages_per_minute=5, changes_per_hour=0, mails_per_recipient_per_day=3
        )

    async def test_a_mailbox_is_not_flooded_by_moving_one_booking(self, guest: Guest, book: Book) -> None:
        path = await book()
        statuses = []
        for clock in ("10:00", "11:00", "12:00"):
            page = await guest.send(f"{path}/reschedule/confirm", {"start": f"2026-03-03T{clock}Z"})
            statuses.append(page.status)
            path = page.path.removesuffix("/moved") if page.status == 200 else path
        assert statuses == [200, 200, 429]
        assert (await guest.send(f"{path}/cancel", {"reason": ""})).status == 200

    async def test_searching_without_end_is_slowed_and_looking_and_cancelling_are_not(
        self, guest: Guest, book: Book
    ) -> None:
        path = await book()
        searches = [(await guest.open(f"{path}/reschedule")).status for _ in range(6)]
        assert searches == [200] * 5 + [429]
        assert (await guest.open(path)).status == 200
        assert (await guest.send(f"{path}/cancel", {"reason": ""})).status == 200
