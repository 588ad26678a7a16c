"""Guests who book and a client that writes into the same hours: no booking is put over what stood there before."""

import asyncio
import random
from pathlib import Path

from server.adapters.calendars import RadicaleCalendars
from server.domain.identity import Home, Href, Uid
from server.domain.intervals import Span, overlaps
from server.domain.limits import EVER
from server.ical import vevent
from server.ical.scan import scan
from server.ports import Busy, CalendarChange, Full, MustBeFree, MustFit, ObjectWrite
from tests import builders
from tests.contracts.test_calendars import stamp
from tests.radicale_plugin.asking import Dav, meeting

ALICE = Home("alice")
CALENDAR = builders.calendar("alice")
BOOKINGS = 60
CLIENT_WRITES = 60
HALF_HOURS = 40


def some_span(seed: int) -> Span:
    random_ = random.Random(seed)
    start = 1796083200 + random_.randrange(HALF_HOURS) * 1_800
    return start, start + random_.randrange(1, 4) * 1_800


def text(uid: str, span: Span) -> str:
    return meeting(uid, start=stamp(span[0]), end=stamp(span[1]))


async def book(calendars: RadicaleCalendars, number: int) -> bool:
    span, uid = some_span(number), f"booking-{number}"
    staged = await calendars.stage(ALICE, [ObjectWrite(CALENDAR, Href(f"{uid}.ics"), None, text(uid, span))])
    try:
        await calendars.swap(ALICE, uid, staged, [MustBeFree((CALENDAR,), span, Uid(uid))])
    except Busy:
        await calendars.discard(ALICE, staged)
        return False
    return True


def span_of(content: str) -> Span:
    (vevent,) = scan(content).children("VEVENT")
    found = [vevent.first(name) for name in ("DTSTART", "DTEND")]
    start, end = (builders.epoch(one.value[:15], "UTC") for one in found if one is not None)
    return start, end


async def test_no_booking_overlaps_what_was_written_before_it(tmp_path: Path) -> None:
    dav = Dav(tmp_path)
    calendars = RadicaleCalendars(dav.storage)
    changes: list[CalendarChange] = []
    calendars.subscribe(changes.append)

    def write_as_client() -> None:
        for number in range(CLIENT_WRITES):
            dav.put(f"/alice/calendar/c{number % 10}.ics", text(f"c{number % 10}", some_span(1_000 + number)))

    client = asyncio.to_thread(write_as_client)
    outcomes = await asyncio.gather(client, *(book(calendars, number) for number in range(BOOKINGS)))
    calendars.close()
    standing: dict[Href, Span] = {}
    for change in changes:
        assert change.new_text is not None
        span = span_of(change.new_text)
        if change.intent is not None:
            assert not any(overlaps(span, other) for other in standing.values())
        standing[change.href] = span
    assert outcomes.count(True) == sum(change.intent is not None for change in changes) > 0
    assert outcomes.count(False) > 0


async def test_of_sixty_four_at_once_no_more_are_booked_than_the_cap_allows(tmp_path: Path) -> None:
    """Each at a time of its own, so that nothing but the cap stands between them."""
    dav = Dav(tmp_path)
    calendars = RadicaleCalendars(dav.storage)
    await calendars.create_home(ALICE)
    kind = builders.event_type()

    async def cap(number: int) -> bool:
        made = builders.booking("09:00-09:30", f"2026-03-{number % 28 + 1:02}", kind=kind, number=number)
        href = Href(f"{made.uid}.ics")
        text = vevent.stored(made, builders.host())
        staged = await calendars.stage(ALICE, [ObjectWrite(CALENDAR, href, None, text)])
        try:
            await calendars.swap(
                ALICE, made.uid, staged, [MustFit((ALICE,), kind.id, EVER, 7, None, made.uid)]
            )
        except Full:
            await calendars.discard(ALICE, staged)
            return False
        return True

    outcomes = await asyncio.gather(*(cap(number) for number in range(64)))
    booked = calendars.booked(ALICE, kind.id, EVER)
    calendars.close()
    assert (outcomes.count(True), booked) == (7, 7)
