"""Which calendar is meant, and which may be read and written whole."""

from dataclasses import replace

import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.domain.errors import NotFound
from server.domain.identity import Href
from server.ports import Outcome, Ports
from server.usecases.calendar.transfer import Listed, hand_out, listed, take_in
from tests.builders import NOW, calendar, host, settle_in
from tests.radicale_plugin.asking import meeting


@pytest.fixture
async def ports() -> Ports:
    """Return ports with alice, whose bookings go to `work` and who has `calendar` too."""
    calendars = MemoryCalendars()
    made = memory_ports(NOW, calendars=calendars)
    saved = await settle_in(made, host())
    calendars.client_puts(calendar(name="work"), Href("one.ics"), meeting("one"))
    await made.homes.save_host(replace(saved, receiving="work"))
    return made


async def test_calendars_are_listed_with_their_size_and_use(ports: Ports) -> None:
    assert await listed(ports, "alice") == [
        Listed("calendar", 0, receives=False),
        Listed("work", 1, receives=True),
    ]


async def test_without_a_name_the_calendar_that_gets_the_bookings_is_meant(ports: Ports) -> None:
    (taken,) = await take_in(ports, "alice", None, [("two", meeting("two"))])
    assert taken.outcome is Outcome.ADDED
    assert (await hand_out(ports, "alice", "work", None)).texts == (meeting("one"), meeting("two"))
    assert (await hand_out(ports, "alice", "calendar", None)).texts == ()


async def test_an_object_without_a_uid_is_refused_and_the_next_is_not(ports: Ports) -> None:
    found = await take_in(ports, "alice", None, [("", meeting("")), ("two", meeting("two"))])
    assert [one.outcome for one in found] == [Outcome.REFUSED, Outcome.ADDED]


@pytest.mark.parametrize("name", ["history", "nowhere", "../bob/calendar"])
async def test_only_calendars_that_clients_see_are_read_and_written(ports: Ports, name: str) -> None:
    with pytest.raises(NotFound, match="alice has calendar, work"):
        await take_in(ports, "alice", name, [])
    with pytest.raises(NotFound):
        await hand_out(ports, "alice", name, None)


async def test_a_host_who_is_not_there_has_no_calendars(ports: Ports) -> None:
    with pytest.raises(NotFound):
        await listed(ports, "nobody")
