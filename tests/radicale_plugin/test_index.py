"""The index in memory says what the files say, at every moment and in every zone."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radicale_plugin.calendar_index import REACH_DAYS, CalendarIndex
from radicale_plugin.days import DAY_S, Days
from radicale_plugin.entry import Basis, Entry, read_object
from server.domain.identity import CalendarPath
from server.domain.intervals import Span, clip, merge, overlaps
from tests.radicale_plugin.asking import QUERY, Dav, meeting

NOON = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp())
WINDOW = (NOON - 400 * DAY_S, NOON + 800 * DAY_S)
BASIS = Basis(CalendarPath("alice/calendar"), ZoneInfo("Europe/Berlin"), WINDOW)
DECEMBER_1 = (1796083200, 1796083200 + DAY_S)


def stamp(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y%m%dT%H%M%SZ")


def entry(uid: str, start: int, end: int, *lines: str) -> Entry:
    text = meeting(uid, *lines, start=stamp(start), end=stamp(end))
    return read_object(f"{uid}.ics", text.encode(), 0.0, BASIS)


moments = st.integers(NOON - 3 * DAY_S, NOON + 3 * DAY_S)
lengths = st.integers(1, 30 * 3600)
objects = st.lists(st.tuples(moments, lengths), max_size=12)


@given(objects, st.lists(st.integers(0, 11), max_size=6), moments, lengths)
def test_busy_time_is_that_of_the_objects_however_they_came_and_went(
    spans: list[tuple[int, int]], removed: list[int], start: int, length: int
) -> None:
    standing: dict[str, Entry] = {}
    days = Days.of(())
    for number, (begins, lasts) in enumerate(spans):
        new = entry(f"u{number % 7}", begins, begins + lasts)
        days.busy((start, start + length))
        days = days.changed(standing.get(new.uid), new)
        standing[new.uid] = new
    for number in removed:
        days = days.changed(standing.pop(f"u{number}", None), None)
    wanted = (start, start + length)
    expected = clip(merge((one.busy[0], one.busy[1]) for one in standing.values()), wanted)
    assert clip(days.busy(wanted), wanted) == expected
    assert clip(Days.of(standing.values()).busy(wanted), wanted) == expected
    assert days.busy_without(wanted, "nobody") == expected


@given(objects, moments, lengths)
def test_what_is_returned_overlaps_what_was_asked(
    spans: list[tuple[int, int]], start: int, length: int
) -> None:
    days = Days.of([entry(f"u{n}", at, at + lasts) for n, (at, lasts) in enumerate(spans)])
    found = days.busy((start, start + length))
    assert all(overlaps(span, (start, start + length)) for span in found)
    assert found == merge(found)


def test_an_event_of_ten_years_is_busy_on_each_of_its_days() -> None:
    long = entry("long", NOON, NOON + 3_650 * DAY_S)
    short = entry("short", NOON, NOON + 3_600)
    days = Days.of([short]).changed(None, long)
    day: Span = (NOON + 2_000 * DAY_S, NOON + 2_000 * DAY_S + 3_600)
    assert clip(days.busy(day), day) == [day]
    assert days.busy_without(day, "long") == []
    assert days.changed(long, None).busy(day) == []


def test_a_reader_never_sees_a_moved_meeting_nowhere() -> None:
    here, there = entry("one", NOON, NOON + 3600), entry("one", NOON + DAY_S, NOON + DAY_S + 3600)
    holder = [Days.of([here])]
    stop, missing = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            if len(holder[0].busy((NOON - DAY_S, NOON + 2 * DAY_S))) != 1:
                missing.append(1)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(2_000):
        holder[0] = holder[0].changed(here, there)
        holder[0] = holder[0].changed(there, here)
    stop.set()
    reader.join()
    assert missing == []


def test_a_series_is_indexed_in_the_window_and_followed_on_demand(tmp_path: Path) -> None:
    calendar = CalendarIndex("alice/calendar", tmp_path, "VCALENDAR", "UTC", NOON)
    text = meeting("s", "RRULE:FREQ=WEEKLY", start=stamp(NOON), end=stamp(NOON + 3600))
    calendar.apply("s.ics", calendar.read("s.ics", text.encode(), 0.0))
    held = len(calendar.entries["s.ics"].times)
    assert held == 2 * len(range(0, 800 * DAY_S, 7 * DAY_S))
    week = NOON + 7 * DAY_S * 300
    assert calendar.busy((week, week + 3600)) == [(week, week + 3600)]
    assert len(calendar.entries["s.ics"].times) > held


def test_a_series_is_never_seen_free_while_it_is_followed_further(tmp_path: Path) -> None:
    free: list[int] = []
    for year in range(3):
        calendar = CalendarIndex("alice/calendar", tmp_path, "VCALENDAR", "UTC", NOON)
        text = meeting("s", "RRULE:FREQ=DAILY", start=stamp(NOON), end=stamp(NOON + 3600))
        calendar.apply("s.ics", calendar.read("s.ics", text.encode(), 0.0))
        wanted = (NOON + (900 + 300 * year) * DAY_S, NOON + (900 + 300 * year) * DAY_S + 3600)
        together = threading.Barrier(4)

        def ask(
            calendar: CalendarIndex = calendar, wanted: Span = wanted, start: threading.Barrier = together
        ) -> None:
            start.wait()
            for _ in range(200):
                if not calendar.busy(wanted):
                    free.append(1)

        askers = [threading.Thread(target=ask) for _ in range(4)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
    assert free == []


def test_beyond_reach_an_endless_series_is_busy_never_free(tmp_path: Path) -> None:
    calendar = CalendarIndex("alice/calendar", tmp_path, "VCALENDAR", "UTC", NOON)
    far = NOON + (REACH_DAYS + 1_000) * DAY_S
    assert calendar.busy((far, far + 60)) == []
    text = meeting("s", "RRULE:FREQ=YEARLY", start=stamp(NOON), end=stamp(NOON + 3600))
    calendar.apply("s.ics", calendar.read("s.ics", text.encode(), 0.0))
    assert calendar.busy((far, far + 60)) == [(far, far + 60)]


def test_a_series_that_ends_leaves_the_far_future_free(tmp_path: Path) -> None:
    calendar = CalendarIndex("alice/calendar", tmp_path, "VCALENDAR", "UTC", NOON)
    text = meeting("s", "RRULE:FREQ=DAILY;COUNT=3", start=stamp(NOON), end=stamp(NOON + 3600))
    calendar.apply("s.ics", calendar.read("s.ics", text.encode(), 0.0))
    far = NOON + (REACH_DAYS + 1_000) * DAY_S
    assert calendar.busy((far, far + 60)) == []


def test_days_and_floating_times_follow_the_zone_of_the_home(dav: Dav) -> None:
    dav.put(
        "/alice/calendar/day.ics",
        meeting("day")
        .replace("DTSTART:20261201T100000Z", "DTSTART;VALUE=DATE:20261201")
        .replace("DTEND:20261201T110000Z", "DTEND;VALUE=DATE:20261202"),
    )
    version = dav.storage.index.version("alice")
    wide = (DECEMBER_1[0] - DAY_S, DECEMBER_1[1] + DAY_S)
    assert dav.storage.index.busy("alice/calendar", wide) == [(DECEMBER_1[0] - 3600, DECEMBER_1[1] - 3600)]
    dav.zones["alice"] = "America/New_York"
    assert dav.storage.index.is_stale("alice")
    with dav.storage.acquire_lock("r"):
        dav.storage.index.rezone("alice")
    assert not dav.storage.index.is_stale("alice")
    assert dav.storage.index.busy("alice/calendar", wide) == [
        (DECEMBER_1[0] + 5 * 3600, DECEMBER_1[1] + 5 * 3600)
    ]
    assert dav.storage.index.version("alice") > version


def test_an_object_that_is_broken_on_the_disk_is_busy_and_harms_no_other(dav: Dav) -> None:
    dav.put("/alice/calendar/good.ics", meeting("good"))
    (dav.storage.root / "alice" / "calendar" / "bad.ics").write_bytes(b"BEGIN:VCALENDAR\r\nnonsense \xff")
    dav.open()
    assert dav.storage.index.busy("alice/calendar", DECEMBER_1) == [DECEMBER_1]
    assert dav.ask("GET", "/alice/calendar/good.ics").status == 200
    assert dav.ask("DELETE", "/alice/calendar/bad.ics").status == 200
    assert dav.storage.index.busy("alice/calendar", DECEMBER_1) == [(1796119200, 1796122800)]


@pytest.mark.parametrize("name", [".hidden.ics", "backup.ics~", ".Radicale.props"])
def test_files_that_are_no_objects_are_not_indexed(dav: Dav, name: str) -> None:
    (dav.storage.root / "alice" / "calendar" / name).write_bytes(
        b'{"tag": "VCALENDAR"}' if name.endswith("props") else meeting("x").encode()
    )
    dav.open()
    calendar = dav.storage.index.get("alice/calendar")
    assert calendar is not None
    assert dict(calendar.entries) == {}


@pytest.mark.parametrize(
    ("lines", "start", "end", "is_found"),
    [
        ((), "20261201T000000Z", "20261202T000000Z", True),
        ((), "20261201T110000Z", "20261202T000000Z", False),
        (("TRANSP:TRANSPARENT",), "20261201T000000Z", "20261202T000000Z", True),
        (("RRULE:FREQ=WEEKLY",), "20270105T000000Z", "20270106T000000Z", True),
        (("RRULE:FREQ=WEEKLY",), "20270106T000000Z", "20270112T000000Z", False),
        (("RRULE:FREQ=WEEKLY", "EXDATE:20270105T100000Z"), "20270105T000000Z", "20270106T000000Z", False),
        (("RRULE:FREQ=WEEKLY",), "20310304T000000Z", "20310305T000000Z", True),
        (("RRULE:FREQ=WEEKLY",), "20310305T000000Z", "20310306T000000Z", False),
        (("RRULE:FREQ=YEARLY",), "20451201T000000Z", "20451202T000000Z", True),
    ],
)
def test_a_report_over_a_window_finds_what_takes_place_in_it(
    dav: Dav, lines: tuple[str, ...], start: str, end: str, is_found: bool
) -> None:
    dav.put("/alice/calendar/one.ics", meeting("one", *lines))
    report = dav.ask(
        "REPORT", "/alice/calendar/", QUERY.format(f'<C:time-range start="{start}" end="{end}"/>')
    )
    assert ("one.ics" in report.text) == is_found


def test_a_report_without_an_end_finds_what_is_to_come(dav: Dav) -> None:
    dav.put("/alice/calendar/one.ics", meeting("one"))
    for start, is_found in (("20261101T000000Z", True), ("20270101T000000Z", False)):
        report = dav.ask("REPORT", "/alice/calendar/", QUERY.format(f'<C:time-range start="{start}"/>'))
        assert ("one.ics" in report.text) == is_found


def test_tasks_are_found_among_events(dav: Dav) -> None:
    task = meeting("task").replace("VEVENT", "VTODO").replace("DTEND", "DUE")
    dav.put("/alice/calendar/one.ics", meeting("one"))
    assert dav.put("/alice/calendar/task.ics", task).status == 201
    query = QUERY.format("").replace("VEVENT", "VTODO")
    report = dav.ask("REPORT", "/alice/calendar/", query)
    assert "task.ics" in report.text
    assert "one.ics" not in report.text
    assert dav.storage.index.busy("alice/calendar", DECEMBER_1) == [(1796119200, 1796122800)]


def test_what_means_the_homes_zone_only_in_part_follows_it_too(dav: Dav) -> None:
    """Dates of a series may float although it does not begin so, and a zone that nobody knows is taken for the home's."""
    wide = (DECEMBER_1[0] - DAY_S, DECEMBER_1[1] + 7 * DAY_S)
    dav.put("/alice/calendar/a.ics", meeting("a", "RDATE:20261203T100000"))
    unknown = "DTSTART;TZID=Nowhere/At_All:20261205T100000"
    text = (
        meeting("b")
        .replace("DTSTART:20261201T100000Z", unknown)
        .replace("DTEND:20261201T110000Z", "DURATION:PT1H")
    )
    (dav.storage.root / "alice" / "calendar" / "b.ics").write_text(text)
    dav.open()
    dav.zones["alice"] = "Asia/Tokyo"
    with dav.storage.acquire_lock("r"):
        dav.storage.index.rezone("alice")
    followed = dav.storage.index.busy("alice/calendar", wide)
    dav.open()
    assert followed == dav.storage.index.busy("alice/calendar", wide)


class Kept(dict[str, str]):
    """A mapping that nothing is taken out of."""

    def __delitem__(self, key: str) -> None:
        raise AssertionError(f"{key} is gone for a moment")


def test_an_object_is_never_out_of_reach_by_its_uid_while_it_is_replaced(tmp_path: Path) -> None:
    """Readers take no lock: one who does not find a booking takes it for removed and gives its time away."""
    calendar = CalendarIndex("alice/calendar", tmp_path, "VCALENDAR", "UTC", NOON)
    first, second = (calendar.read("one.ics", meeting("one", f"SEQUENCE:{n}").encode(), 0.0) for n in (0, 1))
    calendar.apply("one.ics", first)
    calendar._objects._hrefs = Kept(calendar._objects._hrefs)
    calendar.apply("one.ics", second)
    assert calendar.by_uid("one") is second


def test_a_state_is_taken_anew_when_something_has_changed_and_only_then(dav: Dav) -> None:
    dav.put("/alice/calendar/a.ics", meeting("a"))
    calendar = dav.storage.index.get("alice/calendar")
    assert calendar is not None
    first = calendar.snapshot()
    assert calendar.snapshot() is first
    dav.put("/alice/calendar/b.ics", meeting("b"))
    assert (list(first.entries), list(calendar.snapshot().entries)) == (["a.ics"], ["a.ics", "b.ics"])
    calendar.follow((NOON + 900 * DAY_S, NOON + 901 * DAY_S))
    assert calendar.snapshot().window[1] > NOON + 900 * DAY_S
