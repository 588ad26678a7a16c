"""Whatever clients did, the index in memory says what a fresh look at the disk would."""

import shutil
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from radicale.item import Item
from radicale.storage import ComponentNotFoundError

from radicale_plugin.collection import Collection
from radicale_plugin.index import Index
from radicale_plugin.revisions import FILE
from server.domain.intervals import Span
from server.ical import vevent
from tests.builders import booking, epoch, host
from tests.radicale_plugin.asking import Dav, meeting

CALENDARS = ("calendar", "private")
HREFS = ("a.ics", "b.ics", "c.ics", "d.ics")
BOOKED = booking("10:00-10:30", "2026-12-02", number=7)
UID = "the-uid"
UIDS = ("one", "two", BOOKED.uid)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "UTC")
DAY_S = 86_400
START = epoch("2026-11-28 00:00", "UTC")
SPANS: Sequence[Span] = (
    (START, START + 14 * DAY_S),
    (START + 3 * DAY_S + 3600 * 9, START + 3 * DAY_S + 3600 * 10),
    (START + 900 * DAY_S, START + 907 * DAY_S),
    (START - 900 * DAY_S, START - 893 * DAY_S),
    (START + 6_000 * DAY_S, START + 6_001 * DAY_S),
)

EDIT = "DTSTART:20261201T100000Z\r\nDTEND:20261201T110000Z"
TIMES = {
    "utc": EDIT,
    "zoned": "DTSTART;TZID=Europe/Berlin:20261201T100000\r\nDTEND;TZID=Europe/Berlin:20261201T110000",
    "floating": "DTSTART:20261202T100000\r\nDTEND:20261202T110000",
    "all day": "DTSTART;VALUE=DATE:20261203\r\nDTEND;VALUE=DATE:20261205",
    "no end": "DTSTART:20261201T100000Z",
    "duration": "DTSTART:20261201T230000Z\r\nDURATION:P1DT2H",
    "unknown zone": "DTSTART;TZID=Nowhere/At_All:20261201T100000\r\nDTEND;TZID=Nowhere/At_All:20261201T110000",
    "years": "DTSTART:20261130T100000Z\r\nDTEND:20341201T110000Z",
    "unreadable": "DTSTART:20261399T990000Z",
}
RULES = {
    "once": "",
    "weekly": "RRULE:FREQ=WEEKLY\r\n",
    "ten days": "RRULE:FREQ=DAILY;COUNT=10\r\nEXDATE:20261203T100000Z\r\n",
    "until": "RRULE:FREQ=DAILY;UNTIL=20261208T100000\r\n",
    "floating dates": "RDATE:20261206T080000,20261207T080000\r\n",
    "whole dates": "RDATE;VALUE=DATE:20261206\r\nEXDATE;VALUE=DATE:20261203\r\n",
    "floating exceptions": "RRULE:FREQ=DAILY;COUNT=9\r\nEXDATE:20261203T100000,20261204T040000,20261205T180000\r\n",
    "too often": "RRULE:FREQ=YEARLY;INTERVAL=0\r\n",
}
SHOWS = {"opaque": "", "transparent": "TRANSP:TRANSPARENT\r\n", "cancelled": "STATUS:CANCELLED\r\n"}
OVERRIDES = {
    "none": "",
    "zoned": "RECURRENCE-ID;TZID=Europe/Berlin:20261203T100000\r\nDTSTART:20261203T150000Z\r\nDTEND:20261203T160000Z",
    "floating": "RECURRENCE-ID:20261203T100000\r\nDTSTART:20261203T150000Z\r\nDTEND:20261203T160000Z",
    "day": "RECURRENCE-ID;VALUE=DATE:20261203\r\nDTSTART:20261203T150000Z\r\nDTEND:20261203T160000Z",
}


def written(times: str, rules: str, shows: str, override: str) -> str:
    """Return an object as a client might write it."""
    text = (
        meeting(UID).replace(EDIT, TIMES[times]).replace("SUMMARY:", RULES[rules] + SHOWS[shows] + "SUMMARY:")
    )
    if OVERRIDES[override]:
        other = f"BEGIN:VEVENT\r\nUID:{UID}\r\nDTSTAMP:20260101T000000Z\r\n{OVERRIDES[override]}\r\nEND:VEVENT\r\n"
        text = text.replace("END:VCALENDAR", f"{other}END:VCALENDAR")
    return text


hrefs, calendars = st.sampled_from(HREFS), st.sampled_from(CALENDARS)
objects = st.one_of(
    st.builds(
        written,
        st.sampled_from(sorted(TIMES)),
        st.sampled_from(sorted(RULES)),
        st.sampled_from(sorted(SHOWS)),
        st.sampled_from(sorted(OVERRIDES)),
    ),
    st.just(vevent.stored(BOOKED, host()).replace(BOOKED.uid, UID)),
)


def answers(index: Index) -> dict[str, object]:
    """Return what an index says of everything that can be asked of it."""
    said: dict[str, object] = {}
    for calendar in index.of_home("alice"):
        said[calendar.path] = {
            "zone": calendar.zone,
            "state": calendar.state,
            "uids": {uid: found.href if (found := calendar.by_uid(uid)) else None for uid in UIDS},
            "bookings": sorted(
                (one.href, one.uid, str(one.booking), one.first, one.last)
                for one in list(calendar.bookings.values())
            ),
            "ranges": sorted(
                (one.href, one.first, one.last, one.component) for one in list(calendar.entries.values())
            ),
            "busy": [calendar.busy(span) for span in SPANS],
            "busy without": [calendar.busy(span, uid) for span in SPANS for uid in UIDS],
            "between": [sorted(one.href for one in calendar.snapshot().between(*span)) for span in SPANS],
        }
    return said


def afresh(dav: Dav) -> dict[str, object]:
    """Return what an index says that has just read the disk; a copy, since to read is also to begin a log."""
    with tempfile.TemporaryDirectory(prefix="fresh-") as folder:
        root = Path(folder) / "root"
        shutil.copytree(dav.storage.root, root, ignore=shutil.ignore_patterns(FILE))
        fresh = Index(root, lambda home: dav.zones.get(home, "UTC"))
        fresh.load()
        return answers(fresh)


class Clients(RuleBasedStateMachine):
    """Clients that put, move and delete in two calendars of a host who now and then lives elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="index-"))
        self.dav = Dav(self.folder)
        with self.dav.storage.acquire_lock("w"):
            self.dav.storage.create_collection("/alice/private/", props={"tag": "VCALENDAR"})

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(calendar=calendars, href=hrefs, uid=st.sampled_from(UIDS), text=objects)
    def put(self, calendar: str, href: str, uid: str, text: str) -> None:
        into, text = self.collection(calendar), text.replace(UID, uid)
        with self.dav.storage.acquire_lock("w", "alice"):
            stands = into._get(href)
            if stands.uid == uid if stands else not into.has_uid(uid):
                into.upload(href, Item(collection=into, text=text))

    @rule(calendar=calendars, href=hrefs)
    def delete(self, calendar: str, href: str) -> None:
        with self.dav.storage.acquire_lock("w", "alice"), suppress(ComponentNotFoundError):
            self.collection(calendar).delete(href)

    @rule(source=calendars, href=hrefs, into=calendars, to_href=hrefs)
    def move(self, source: str, href: str, into: str, to_href: str) -> None:
        target = self.collection(into)
        with self.dav.storage.acquire_lock("w", "alice"):
            item, stands = self.collection(source)._get(href), target._get(to_href)
            if item and (
                stands.uid == item.uid if stands else source == into or not target.has_uid(item.uid)
            ):
                with suppress(ValueError):
                    self.dav.storage.move(item, target, to_href)

    @rule(zone=st.sampled_from(ZONES))
    def live_elsewhere(self, zone: str) -> None:
        self.dav.zones["alice"] = zone
        with self.dav.storage.acquire_lock("r"):
            self.dav.storage.index.rezone("alice")

    @rule(days=st.integers(-5_000, 5_000))
    def look_far(self, days: int) -> None:
        self.dav.storage.index.busy("alice/calendar", (START + days * DAY_S, START + (days + 1) * DAY_S))

    @rule()
    def start_again(self) -> None:
        self.dav.open()

    def collection(self, name: str) -> Collection:
        return self.dav.collection(f"/alice/{name}/")

    @invariant()
    def says_what_stands_on_the_disk(self) -> None:
        assert answers(self.dav.storage.index) == afresh(self.dav)


BRIEF = settings(
    max_examples=20, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_the_index_says_what_a_fresh_look_at_the_disk_would() -> None:
    run_state_machine_as_test(Clients, settings=BRIEF)


@pytest.mark.slow
def test_the_index_says_so_however_long_clients_go_on() -> None:
    run_state_machine_as_test(Clients, settings=settings(BRIEF, max_examples=50, stateful_step_count=30))


def come_and_go(dav: Dav, hour: int) -> None:
    """Put a meeting, make it a series, remove it, again and again."""
    name = f"/alice/calendar/{hour}.ics"
    for turn in range(25):
        rules = ("RRULE:FREQ=DAILY;COUNT=40",) if turn % 2 else ()
        times = {"start": f"20261201T{hour}0000Z", "end": f"20261201T{hour}3000Z"}
        dav.put(name, meeting(f"u{hour}", *rules, **times))
        if turn % 3 == 2:
            dav.ask("DELETE", name)


def test_it_does_when_many_write_while_others_read(dav: Dav) -> None:
    """What nobody touches is busy in every answer; what is written whole is read whole."""
    rock = (START + 3 * DAY_S + 8 * 3600, START + 3 * DAY_S + 9 * 3600)
    dav.put("/alice/calendar/rock.ics", meeting("rock", start="20261201T080000Z", end="20261201T090000Z"))
    index, stop, faults = dav.storage.index, threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            found = index.busy("alice/calendar", SPANS[0])
            if rock not in found or any(end - start not in {1800, 3600} for start, end in found):
                faults.append(found)
            answers(index)

    readers = [threading.Thread(target=read) for _ in range(3)]
    writers = [threading.Thread(target=come_and_go, args=(dav, hour)) for hour in (10, 12, 14)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in readers:
        thread.join()
    assert faults == []
    assert answers(index) == afresh(dav)
