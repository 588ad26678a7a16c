"""The calendar for the bookings of test keys, as every Calendars adapter keeps it (C38)."""

from dataclasses import replace

import pytest

from server.domain.errors import Unavailable
from server.domain.identity import SANDBOX, Home, Href
from server.domain.limits import EVER
from server.ical import vevent
from server.ports import Calendars, ObjectWrite
from tests.builders import booking, calendar, host, span

ALICE = Home("alice")
TRIAL = replace(booking("10:00-10:30"), calendar=calendar("alice", SANDBOX))
HREF = Href(f"{TRIAL.uid}.ics")


async def put(calendars: Calendars) -> None:
    text = vevent.stored(TRIAL, host())
    staged = await calendars.stage(ALICE, [ObjectWrite(TRIAL.calendar, HREF, None, text)])
    await calendars.swap(ALICE, "intent", staged, ())


async def test_the_sandbox_is_there_once_it_was_asked_for(calendars: Calendars) -> None:
    with pytest.raises(Unavailable):
        await put(calendars)
    for _ in range(2):
        await calendars.create_sandbox(ALICE)
    await put(calendars)
    assert await calendars.get(TRIAL.calendar, HREF) is not None


async def test_what_stands_in_the_sandbox_is_nobodys_time_and_in_no_other_list(calendars: Calendars) -> None:
    """C38: hidden and never busy; no cap counts it, and no calendar program finds it."""
    await calendars.create_sandbox(ALICE)
    before = calendars.names(ALICE)
    await put(calendars)
    assert [row.shown.id for row in calendars.rows(ALICE, of_tests=True)] == [TRIAL.id]
    assert calendars.rows(ALICE) == []
    assert calendars.names(ALICE) == before
    assert calendars.find(ALICE, TRIAL.uid) is None
    assert calendars.booked(ALICE, TRIAL.event_type_id, EVER) == 0
    blocking = [calendar("alice", name) for name in calendars.names(ALICE)]
    assert calendars.busy(blocking, span("00:00-24:00")) == []
