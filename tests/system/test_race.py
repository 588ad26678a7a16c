"""Two hundred guests want overlapping times at once, while the host's calendar client writes into the same hours."""

import asyncio
import itertools
import random
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import aiohttp
import pytest

from server.domain.booking import Booking
from server.domain.identity import CalendarPath
from server.domain.intervals import Span, overlaps
from server.ical import freebusy, vevent
from server.ical.scan import scan
from tests.system.running import Running

pytestmark = pytest.mark.slow

GUESTS = 200
CLIENT_EVENTS = 25
PATIENCE_S = 4
"""Longer than the least time that the form wants to lie open."""

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
NEAREST = re.compile(r'<input[^>]+type="radio"[^>]+name="start"')


@dataclass(frozen=True)
class Form:
    """A form that a guest has filled in and is about to send."""

    action: str
    fields: dict[str, str]


async def test_no_overlap_is_accepted_and_every_loser_gets_alternatives(running: Running) -> None:
    """S1.52, S2.58, S2.59: over two event types of one host, overlapping times and not only equal ones."""
    day = date.today() + timedelta(days=(7 - date.today().weekday()) % 7 + 7)  # noqa: DTZ011 - a Monday
    dice = random.Random(7)
    wanted = [
        (slug, start) for slug in ("intro", "review") for start in running.slots(slug, str(day), str(day))
    ]
    assert len(wanted) > 15
    choices = list(itertools.islice(itertools.cycle(wanted), GUESTS))
    dice.shuffle(choices)
    async with aiohttp.ClientSession(running.url, connector=aiohttp.TCPConnector(limit=0)) as session:
        forms = [await fill_in(session, number, *choice) for number, choice in enumerate(choices)]
        await asyncio.sleep(PATIENCE_S)
        sent = [send(session, form) for form in forms]
        results = await asyncio.gather(*sent, client_writes(session, day, dice))
    answers = [answer for answer in results if answer is not None]
    assert {status for status, _ in answers} == {303, 409}
    losers = [page for status, page in answers if status == 409]
    assert all(NEAREST.search(page) for page in losers)
    calendar = running.data / "collections" / "collection-root" / "demo" / "calendar"
    check(calendar, won=len(answers) - len(losers))


async def fill_in(session: aiohttp.ClientSession, number: int, slug: str, start: str) -> Form:
    """Open the form for a start, as a browser without JavaScript does."""
    action = f"/u/demo/{slug}/book"
    async with session.get(action, params={"start": start, "tz": "Europe/Berlin"}) as answer:
        page = await answer.text()
        assert answer.status == 200, page
    fields = {name: unescape(value) for name, value in HIDDEN.findall(page)}
    assert {"ticket", "start"} <= fields.keys()
    return Form(
        action, fields | {"name": f"Guest {number}", "email": f"guest{number}@example.net", "notes": ""}
    )


async def send(session: aiohttp.ClientSession, form: Form) -> tuple[int, str]:
    """Send the form; return status and page."""
    async with session.post(form.action, data=form.fields, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def client_writes(session: aiohttp.ClientSession, day: date, dice: random.Random) -> None:
    """Put VEVENTs into the same hours, one after the other, as a calendar client does."""
    headers = {"If-None-Match": "*", "Authorization": aiohttp.encode_basic_auth("demo", "demo")}
    for number in range(CLIENT_EVENTS):
        start = datetime(day.year, day.month, day.day, 7, tzinfo=UTC) + timedelta(minutes=dice.randrange(540))
        text = (
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Client//EN\r\nBEGIN:VEVENT\r\n"
            f"UID:client-{number}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\n"
            "DURATION:PT10M\r\nSUMMARY:Short\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
        url = f"/dav/demo/calendar/client-{number}.ics"
        async with session.put(url, data=text, headers=headers) as answer:
            assert answer.status == 201, await answer.text()


def check(calendar: Path, won: int) -> None:
    """No two bookings meet, and none was written over an event of the client that already stood."""
    texts = {path: path.read_text(encoding="utf-8") for path in calendar.glob("*.ics")}
    made = {path: vevent.read(text, CalendarPath("demo/calendar")) for path, text in texts.items()}
    bookings = [(path, booking) for path, booking in made.items() if booking is not None]
    assert len(bookings) == won
    for (_, one), (_, other) in itertools.combinations(bookings, 2):
        assert not overlaps(one.held, other.span), (one.span, other.span)
        assert not overlaps(one.span, other.held), (one.span, other.span)
    clients = {path: text for path, text in texts.items() if path.name.startswith("client-")}
    assert len(clients) == CLIENT_EVENTS
    for (path, booking), (client, text) in itertools.product(bookings, clients.items()):
        if overlaps(booking.held, span_of(text, booking)):
            # A rename sets the change time, which ticks every few milliseconds: the client may write onto a booking,
            # never a booking onto the client.
            assert path.stat().st_ctime_ns <= client.stat().st_ctime_ns


def span_of(text: str, booking: Booking) -> Span:
    """Return the busy span of a client's event."""
    start, end = booking.span
    found = freebusy.busy_spans(scan(text), start - 86_400, end + 86_400, UTC)
    return found[0].start, found[0].end
