"""The booking form and what comes of it."""

import asyncio
import html
from dataclasses import replace

import pytest
from pytest_aiohttp.plugin import AiohttpClient

from server.adapters.memory.clock import FixedClock
from server.adapters.memory.mailer import MemoryMailer
from server.ical import vevent
from server.ports import Ports
from server.web.app import make_app
from server.web.options import WebOptions
from tests.builders import calendar, event_type
from tests.web.guest.conftest import Book, Client, Guest

FORM = "/u/alice/intro/book"
AT_TEN = f"{FORM}?start=2026-03-02T09:00Z&tz=Asia/Kolkata"


async def _stored(ports: Ports) -> list[str]:
    return [found.text for found in await ports.calendars.all(calendar())]


async def test_a_slot_leads_to_the_form(guest: Guest) -> None:
    """S1.6."""
    page = await guest.open("/u/alice/intro?tz=Asia/Kolkata")
    form = await guest.open(page.slots[0])
    assert form.status == 200
    assert {"name", "email", "notes"} <= form.fields.keys()
    assert (
        "Monday, March 2, 2026 1:30 PM – 2:00 PM Kolkata (UTC+5:30) 9:00 AM – 9:30 AM for Alice Example"
        in (form.words.replace("\u202f", " "))
    )


async def test_sending_the_form_books_and_confirms(guest: Guest, ports: Ports) -> None:
    """S1.7, S1.9, S1.10, S1.12, S1.69."""
    page = await guest.fill_in(AT_TEN, name="Gus Guest", email="gus@example.net", notes="About the bridge.")
    assert page.status == 200
    assert page.path.endswith("/booked")
    for words in (
        "Your meeting is booked",
        "Introduction",
        "Alice Example",
        "gus@example.net",
        "About the bridge.",
    ):
        assert words in page.words
    (text,) = await _stored(ports)
    booking = vevent.read(text, calendar())
    assert booking is not None
    assert (booking.guest.name, booking.guest.zone, booking.zone) == (
        "Gus Guest",
        "Asia/Kolkata",
        "Europe/Berlin",
    )
    assert "DTSTART;TZID=Europe/Berlin:20260302T100000" in text


async def test_the_form_asks_browsers_to_fill_in_what_they_know(guest: Guest) -> None:
    text = (await guest.open(AT_TEN)).text
    assert 'autocomplete="name"' in text
    assert 'autocomplete="email"' in text


async def test_the_confirmation_leads_into_every_calendar(guest: Guest) -> None:
    page = await guest.fill_in(AT_TEN)
    hosts = ("calendar.google.com", "outlook.live.com", "outlook.office.com", "calendar.yahoo.com")
    assert all(any(f"https://{host}/" in link for link in page.links) for host in hosts)
    google = next(link for link in page.links if "google" in link)
    assert "dates=20260302T090000Z%2F20260302T093000Z" in google
    assert "manage" not in google


async def test_the_confirmation_has_the_meeting_as_a_file(client: Client, guest: Guest, book: Book) -> None:
    """S1.11."""
    path = await book()
    answer = await client.get(f"{path}/booking.ics")
    text = await answer.text()
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "BEGIN:VEVENT" in text
    assert "SUMMARY:Introduction" in text


async def test_the_confirmation_says_where_the_mail_goes(guest: Guest) -> None:
    page = await guest.fill_in(AT_TEN)
    assert "A confirmation with an invitation is on its way to gus@example.net." in page.words


async def test_without_a_mail_server_the_confirmation_promises_no_mail(
    ports: Ports, options: WebOptions, aiohttp_client: AiohttpClient
) -> None:
    """S1.54."""
    silent = replace(ports, mailer=MemoryMailer(is_configured=False))
    page = await Guest(await aiohttp_client(make_app(silent, options))).fill_in(AT_TEN)
    assert "Your meeting is booked" in page.words
    assert "on its way" not in page.words
    assert "sends no mail" in page.words


async def test_sending_the_same_form_twice_makes_one_booking_and_shows_it(guest: Guest, ports: Ports) -> None:
    form = await guest.open(AT_TEN)
    answers = form.fields | {"name": "Gus Guest", "email": "gus@example.net"}
    first = await guest.send(FORM, answers)
    second = await guest.send(FORM, answers)
    assert first.path == second.path
    assert len(await _stored(ports)) == 1


async def test_a_double_click_makes_one_booking(guest: Guest, ports: Ports) -> None:
    form = await guest.open(AT_TEN)
    answers = form.fields | {"name": "Gus Guest", "email": "gus@example.net"}
    pages = await asyncio.gather(*(guest.send(FORM, answers) for _ in range(5)))
    assert {page.status for page in pages} == {200}
    assert len({page.path for page in pages}) == 1
    assert len(await _stored(ports)) == 1


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Please enter your name."),
        ("name", "x" * 256, "The name may have at most 255 characters"),
        ("email", "", "Please enter a mail address"),
        ("email", "gus at home", "Please enter a mail address"),
        ("email", "gus@example.net\r\nBcc: all@example.org", "Please enter a mail address"),
        ("notes", "x" * 5001, "The notes may have at most 5000 characters."),
    ],
)
async def test_what_is_wrong_is_said_at_the_field_and_all_that_was_typed_stays(
    guest: Guest, ports: Ports, field: str, typed: str, words: str
) -> None:
    given = {"name": "Gus Guest", "email": "gus@example.net", "notes": "About the bridge."} | {field: typed}
    page = await guest.fill_in(AT_TEN, **given)
    assert page.status == 422
    assert page.title.startswith("Please check")
    assert f'<a href="#{field}">' in page.text
    assert f'id="{field}-wrong">' in page.text
    assert page.text.count('aria-invalid="true"') == 1
    assert words in page.words
    assert all(html.unescape(page.text).find(kept) > 0 for name, kept in given.items() if name != field)
    assert await _stored(ports) == []


async def test_a_mended_form_books(guest: Guest, ports: Ports) -> None:
    page = await guest.fill_in(AT_TEN, name="")
    page = await guest.send(FORM, page.fields | {"name": "Gus Guest"})
    assert page.path.endswith("/booked")
    assert len(await _stored(ports)) == 1


async def test_a_lost_race_keeps_the_text_and_offers_the_three_nearest(
    guest: Guest, book: Book, ports: Ports
) -> None:
    """S5.39: answered with 409."""
    form = await guest.open(AT_TEN)
    await book("2026-03-02T09:00Z")
    typed = {"name": "Late Guest", "email": "late@example.net", "notes": "About the tunnel."}
    page = await guest.send(FORM, form.fields | typed)
    assert page.status == 409
    assert "no longer free" in page.words
    assert "About the tunnel." in page.text
    assert 'value="late@example.net"' in page.text
    for near in ("2026-03-02T08:00Z", "2026-03-02T08:30Z", "2026-03-02T09:30Z"):
        assert f'name="start" value="{near}"' in page.text
    chosen = await guest.send(FORM, page.fields | typed | {"start": "2026-03-02T09:30Z"})
    assert chosen.path.endswith("/booked")
    assert len(await _stored(ports)) == 2


async def test_a_form_for_a_time_that_is_gone_shows_the_nearest_at_once(guest: Guest, book: Book) -> None:
    await book("2026-03-02T09:00Z")
    page = await guest.open(AT_TEN)
    assert page.status == 409
    assert 'name="start" value="2026-03-02T09:30Z"' in page.text


@pytest.mark.parametrize(
    "start", ["2026-03-01T09:00Z", "2026-03-02T06:00Z", "2026-03-02T09:10Z", "2027-03-02T09:00Z"]
)
async def test_a_time_that_is_not_offered_cannot_be_booked(guest: Guest, ports: Ports, start: str) -> None:
    """S1.51, C26: past, outside hours, off the grid, beyond the horizon."""
    form = await guest.open(AT_TEN)
    answers = form.fields | {"start": start, "name": "Gus Guest", "email": "gus@example.net"}
    page = await guest.send(FORM, answers)
    assert page.status in {409, 422}
    assert await _stored(ports) == []


async def test_minimum_notice_holds_for_a_form_that_lay_open(
    guest: Guest, ports: Ports, clock: FixedClock
) -> None:
    """S1.51."""
    await ports.homes.save_event_type(event_type("soon", number=9, notice_min=60))
    form = await guest.open("/u/alice/soon/book?start=2026-03-02T08:00Z")
    clock.advance(minutes=5)
    answers = form.fields | {"name": "Gus Guest", "email": "gus@example.net"}
    page = await guest.send("/u/alice/soon/book", answers)
    assert (page.status, "no longer free" in page.words) == (422, True)
    assert 'name="start" value="2026-03-02T08:30Z"' in page.text


@pytest.mark.parametrize("start", ["", "soon", "2026-03-02T09:00", "2026-13-02T09:00Z"])
async def test_a_form_without_a_readable_time_is_not_there(guest: Guest, start: str) -> None:
    assert (await guest.open(f"{FORM}?start={start}")).status == 404


async def test_a_form_that_was_not_handed_out_here_is_handed_out_anew(guest: Guest, ports: Ports) -> None:
    form = await guest.open(AT_TEN)
    answers = form.fields | {"ticket": "made.1772434800.up", "name": "Gus Guest", "email": "gus@example.net"}
    page = await guest.send(FORM, answers)
    assert page.status == 422
    assert await _stored(ports) == []
    assert (await guest.send(FORM, page.fields)).path.endswith("/booked")


async def test_a_form_of_another_meeting_is_none_of_this(guest: Guest) -> None:
    form = await guest.open("/u/alice/review/book?start=2026-03-02T09:00Z")
    page = await guest.send(FORM, form.fields | {"name": "Gus Guest", "email": "gus@example.net"})
    assert page.status == 422


async def test_a_form_that_lay_open_for_half_a_day_is_asked_again(guest: Guest, clock: FixedClock) -> None:
    form = await guest.open(f"{FORM}?start=2026-03-04T09:00Z")
    clock.advance(hours=12)
    page = await guest.send(FORM, form.fields | {"name": "Gus Guest", "email": "gus@example.net"})
    assert page.status == 422
    assert (await guest.send(FORM, page.fields)).path.endswith("/booked")


async def test_a_robot_that_fills_in_everything_books_nothing(guest: Guest, ports: Ports) -> None:
    page = await guest.fill_in(AT_TEN, confirm_url="https://spam.example/")
    assert page.status == 422
    assert "Leave this empty" in page.words
    assert await _stored(ports) == []


async def test_what_people_type_is_shown_and_never_run(guest: Guest) -> None:
    nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    wrong = await guest.fill_in(AT_TEN, name=nasty, email=nasty, notes=nasty)
    right = await guest.fill_in(AT_TEN, name=nasty, notes=nasty)
    for page in (wrong, right):
        assert "<script>alert" not in page.text
        assert "<img" not in page.text
    assert nasty in html.unescape(right.text)


async def test_a_place_that_is_no_web_address_is_never_a_link(guest: Guest, ports: Ports) -> None:
    """S2.21 holds for guests too."""
    kind = event_type("odd", number=9, location="javascript://alert")
    await ports.homes.save_event_type(replace(kind))
    page = await guest.fill_in("/u/alice/odd/book?start=2026-03-02T09:00Z")
    assert "javascript://alert" in page.words
    assert not any(link.startswith("javascript") for link in page.links)


async def test_the_link_to_the_meeting_is_for_those_who_have_booked(guest: Guest) -> None:
    assert "meet.example" not in (await guest.open("/u/alice/intro")).text
    assert "meet.example" not in (await guest.open(AT_TEN)).text
    assert "https://meet.example/alice" in (await guest.fill_in(AT_TEN)).links


async def test_opening_the_form_books_nothing(client: Client, ports: Ports) -> None:
    for _ in range(2):
        await client.get(AT_TEN)
        await client.head(AT_TEN)
    assert await _stored(ports) == []


class TestLeastTime:
    """Somebody who answers faster than people read."""

    @pytest.fixture
    def options(self) -> WebOptions:
        """Return options with a least time."""
        return WebOptions(form_seconds_min=2)

    async def test_who_is_too_quick_sends_once_more(self, guest: Guest, clock: FixedClock) -> None:
        page = await guest.fill_in(AT_TEN)
        assert page.status == 422
        assert 'value="Gus Guest"' in page.text
        clock.advance(seconds=2)
        assert (await guest.send(FORM, page.fields)).path.endswith("/booked")


class TestLimits:
    """Bounds on what one network and one mailbox meet."""

    @pytest.fixture
    def options(self) -> WebOptions:
        """Return options that count."""
        return WebOptions(form_seconds_min=0, changes_per_hour=6, mails_per_recipient_per_day=2)

    async def test_a_mailbox_is_not_flooded_by_bookings_in_its_owners_name(self, guest: Guest) -> None:
        for start in ("09:00", "09:30"):
            await guest.fill_in(f"{FORM}?start=2026-03-02T{start}Z", email="Victim@example.net")
        page = await guest.fill_in(
            f"{FORM}?start=2026-03-02T10:00Z", email="victim@example.net", name="Typed"
        )
        assert page.status == 429
        assert "used for many bookings today" in page.words
        assert 'value="Typed"' in page.text

    async def test_a_network_that_books_too_often_waits_but_can_always_cancel(
        self, guest: Guest, book: Book
    ) -> None:
        path = await book("2026-03-02T09:00Z")
        pages = [await guest.fill_in(AT_TEN, email=f"g{at}@example.net", name="") for at in range(6)]
        assert pages[-1].status == 429
        assert "too many requests" in pages[-1].words
        assert (await guest.send(f"{path}/cancel", {"reason": ""})).status == 200
