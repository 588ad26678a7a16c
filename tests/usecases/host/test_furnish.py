"""The demonstration has a host whose calendar holds every kind of entry."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.identity import CalendarPath
from server.ical.scan import Component, scan
from server.ports import Ports
from server.usecases.booking import offer
from server.usecases.host import demo_calendar
from server.usecases.host.furnish import DEMO, furnish
from tests.builders import BERLIN, at, event_type

NOW = at("2026-11-21 12:00")
CALENDAR = CalendarPath("demo/calendar")


@pytest.fixture
async def ports() -> Ports:
    made = memory_ports(NOW, calendars=MemoryCalendars(BERLIN))
    await furnish(made, NOW)
    return made


async def entries(ports: Ports) -> Sequence[Component]:
    stored = await ports.calendars.all(CALENDAR)
    return [part for one in stored for part in scan(one.text).children("VEVENT")]


def values(found: Sequence[Component], name: str) -> set[str]:
    return {item.value for part in found for item in part.all(name)}


async def test_the_host_signs_in_as_demo_and_lives_in_berlin(ports: Ports) -> None:
    host = ports.homes.host("demo")
    assert host is not None
    assert (host.zone, host.receiving) == (BERLIN, "calendar")
    assert await ports.accounts.verify("demo", "demo")


async def test_one_event_type_asks_its_host(ports: Ports) -> None:
    """S1.13: so that people see a request."""
    found = {str(one.slug): one.requires_confirmation for one in ports.homes.event_types(DEMO)}
    assert [slug for slug, asks in found.items() if asks] == ["review"]


async def test_there_is_a_meeting_of_each_kind(ports: Ports) -> None:
    """S2.49, S3.30: what repeats and what is shared can be tried, too."""
    found = {str(one.slug): one for one in ports.homes.event_types(DEMO)}
    assert found.keys() == {"intro", "review", "lesson", "workshop"}
    assert found["lesson"].series is not None
    assert (found["workshop"].seats, found["workshop"].waitlist_max) == (3, 2)
    assert found["intro"].duration_min == 30
    review = found["review"]
    assert (review.duration_min, review.buffer_before_min, review.buffer_after_min) == (60, 10, 15)


async def test_the_calendar_holds_every_kind_of_entry(ports: Ports) -> None:
    found = await entries(ports)
    assert {"TENTATIVE", "CANCELLED"} <= values(found, "STATUS")
    assert "TRANSPARENT" in values(found, "TRANSP")
    assert values(found, "RECURRENCE-ID")
    assert values(found, "EXDATE")
    starts = [part.first("DTSTART") for part in found]
    zones = {start.param("TZID") for start in starts if start is not None}
    assert zones == {None, "Europe/Berlin", "Asia/Kathmandu"}
    assert any(start is not None and start.param("VALUE") == "DATE" for start in starts)


async def test_both_event_types_can_be_booked_in_the_coming_week(ports: Ports) -> None:
    at_ = int(NOW.timestamp())
    for slug in ("intro", "review"):
        found = offer.find(ports, "demo", slug)
        assert len(offer.offer(ports, *found, (at_, at_ + 7 * 86_400), at_)) > 10


async def test_furnishing_again_changes_nothing(ports: Ports) -> None:
    before = ports.homes.host("demo"), await ports.calendars.all(CALENDAR)
    await ports.accounts.set_password("demo", "changed by somebody")
    await furnish(ports, NOW + timedelta(days=30))
    assert (ports.homes.host("demo"), await ports.calendars.all(CALENDAR)) == before
    assert await ports.accounts.verify("demo", "changed by somebody")


async def test_a_start_that_was_cut_short_is_completed_by_the_next_one(ports: Ports) -> None:
    cut = memory_ports(NOW, calendars=MemoryCalendars(BERLIN))
    await cut.calendars.create_home(DEMO)
    await cut.homes.save_event_type(event_type("intro", number=9, home=DEMO))
    await furnish(cut, NOW)
    assert {one.slug for one in cut.homes.event_types(DEMO)} == {"intro", "review", "lesson", "workshop"}


@pytest.mark.parametrize("ahead", range(0, 800, 37))
def test_the_calendar_can_be_written_on_any_day(ahead: int) -> None:
    today = date(2027, 12, 30) + timedelta(days=ahead)
    for href, text in demo_calendar.objects(today, datetime.combine(today, NOW.timetz())):
        assert {part.name for part in scan(text).components} <= {"VEVENT", "VTIMEZONE"}, href
