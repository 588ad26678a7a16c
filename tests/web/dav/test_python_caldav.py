"""python-caldav as a host's client: finds the calendar by discovery, writes, searches, syncs, moves and deletes."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest
from caldav.davclient import DAVClient

from tests.radicale_plugin.asking import meeting
from tests.web.dav.conftest import ALICE, Site

pytestmark = pytest.mark.interop


async def in_thread(site: Site, work: Callable[[Any], object]) -> object:
    """Run what a client does; it blocks, while the server answers in this loop."""

    def connect() -> object:
        with DAVClient(str(site.client.make_url("/dav/")), username=ALICE[0], password=ALICE[1]) as client:
            return work(client.principal())  # type: ignore[no-untyped-call]

    return await asyncio.to_thread(connect)


def calendar(principal: Any, name: str = "calendar") -> Any:
    return next(one for one in principal.calendars() if one.url.path == f"/dav/alice/{name}/")


async def test_a_client_finds_the_calendars_and_not_the_history(site: Site) -> None:
    paths = await in_thread(site, lambda principal: {one.url.path for one in principal.calendars()})
    assert paths == {"/dav/alice/calendar/"}


async def test_an_event_is_written_found_synced_and_deleted(site: Site) -> None:
    def work(principal: Any) -> list[int]:
        here, counts = calendar(principal), []
        token = here.objects_by_sync_token().sync_token
        event = here.save_event(meeting("one", "RRULE:FREQ=WEEKLY"))
        counts.append(len(list(here.objects_by_sync_token(sync_token=token))))
        window = {"start": event.icalendar_component["DTSTART"].dt.replace(month=12, day=8)}
        window["end"] = window["start"].replace(hour=23)
        counts.append(len(here.search(event=True, expand=False, **window)))
        event.icalendar_component["SUMMARY"] = "Moved, by hand"
        event.save()
        assert re.search(r"Moved\\?, by hand", here.event_by_uid("one").data)
        event.delete()
        counts.append(len(here.events()))
        return counts

    assert await in_thread(site, work) == [1, 1, 0]


async def test_a_second_calendar_is_made_and_removed_but_the_default_one_stays(site: Site) -> None:
    def work(principal: Any) -> bool:
        principal.make_calendar(name="Private", cal_id="private").save_event(meeting("one"))
        assert len(calendar(principal, "private").events()) == 1
        return True

    assert await in_thread(site, work)
    assert site.calendars.names("alice") == ("calendar", "private")  # type: ignore[arg-type]
