"""What of a series a client is shown: RFC 4791 §9.6.5, §9.6.6 and the parts of §9.6.1."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radicale_plugin.calendar_data import CalendarData
from radicale_plugin.entry import Basis, read_object
from server.domain.identity import CalendarPath
from tests.radicale_plugin.asking import QUERY, Dav, meeting

CALENDAR = "/alice/calendar/"
WEEK = 'start="20261207T000000Z" end="20261214T000000Z"'


def shown(dav: Dav, data: str, *, within: str = WEEK) -> str:
    """Return what a query over one week shows of the objects in it."""
    body = QUERY.replace("<C:calendar-data/>", f"<C:calendar-data>{data}</C:calendar-data>")
    answer = dav.ask("REPORT", CALENDAR, body.format(f"<C:time-range {within}/>"))
    assert answer.status == 207, answer.text
    return answer.text.replace("\r\n ", "")


def expanded(dav: Dav, within: str = WEEK) -> list[dict[str, str]]:
    """Return the properties of each occurrence, parameters and all."""
    text = shown(dav, f"<C:expand {within}/>", within=within)
    found = re.findall(r"BEGIN:(?:VEVENT|VTODO)\r\n(.*?)END:(?:VEVENT|VTODO)", text, re.DOTALL)
    return [dict(line.split(":", 1) for line in one.splitlines() if ":" in line) for one in found]


def series(uid: str, *lines: str, override: tuple[str, ...] = (), tzid: str = "Europe/Berlin") -> str:
    """Return a weekly series on Tuesdays at nine, with one override."""
    start, end = "DTSTART;TZID={}:20261201T090000", "DTEND;TZID={}:20261201T100000"
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//client//EN")
    body = (f"UID:{uid}", "DTSTAMP:20260101T000000Z")
    master = (
        "BEGIN:VEVENT",
        *body,
        start.format(tzid),
        end.format(tzid),
        *lines,
        "SUMMARY:Planning",
        "END:VEVENT",
    )
    other = ("BEGIN:VEVENT", *body, *override, "SUMMARY:Moved", "END:VEVENT") if override else ()
    return "\r\n".join((*head, *master, *other, "END:VCALENDAR", ""))


def test_an_occurrence_is_told_in_utc_with_its_recurrence_id_and_without_its_rule(dav: Dav) -> None:
    """RFC 4791 §9.6.5: local times become UTC, RRULE, RDATE, EXDATE and the VTIMEZONE are gone."""
    dav.put(f"{CALENDAR}a.ics", series("a", "RRULE:FREQ=WEEKLY", "EXDATE;TZID=Europe/Berlin:20261215T090000"))
    (one,) = expanded(dav)
    assert one["DTSTART"] == one["RECURRENCE-ID"] == "20261208T080000Z"
    assert one["DTEND"] == "20261208T090000Z"
    assert {"RRULE", "RDATE", "EXDATE"}.isdisjoint(one)
    assert "TZID" not in shown(dav, f"<C:expand {WEEK}/>")


def test_an_excluded_occurrence_is_not_told(dav: Dav) -> None:
    dav.put(f"{CALENDAR}a.ics", series("a", "RRULE:FREQ=WEEKLY", "EXDATE;TZID=Europe/Berlin:20261208T090000"))
    assert expanded(dav) == []


def test_an_override_that_was_moved_out_of_the_window_is_not_told(dav: Dav) -> None:
    """RFC 4791 §9.6.5: only what intersects the range is returned; Radicale returns it still."""
    moved = (
        "RECURRENCE-ID;TZID=Europe/Berlin:20261208T090000",
        "DTSTART:20270108T100000Z",
        "DTEND:20270108T110000Z",
    )
    dav.put(f"{CALENDAR}a.ics", series("a", "RRULE:FREQ=WEEKLY", override=moved))
    assert expanded(dav) == []


def test_an_override_that_was_moved_into_the_window_keeps_the_id_it_had(dav: Dav) -> None:
    moved = (
        "RECURRENCE-ID;TZID=Europe/Berlin:20261201T090000",
        "DTSTART:20261209T100000Z",
        "DTEND:20261209T110000Z",
    )
    dav.put(f"{CALENDAR}a.ics", series("a", "RRULE:FREQ=WEEKLY", override=moved))
    found = {one["SUMMARY"]: (one["DTSTART"], one["RECURRENCE-ID"]) for one in expanded(dav)}
    assert found == {
        "Planning": ("20261208T080000Z", "20261208T080000Z"),
        "Moved": ("20261209T100000Z", "20261201T080000Z"),
    }


def test_what_follows_an_override_of_this_and_future_is_told_as_it_says(dav: Dav) -> None:
    """RFC 5545 §3.2.13: the change holds for all later occurrences."""
    moved = (
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261201T090000",
        "DTSTART;TZID=Europe/Berlin:20261202T110000",
        "DTEND;TZID=Europe/Berlin:20261202T120000",
    )
    dav.put(f"{CALENDAR}a.ics", series("a", "RRULE:FREQ=WEEKLY", override=moved))
    (one,) = expanded(dav)
    assert (one["DTSTART"], one["RECURRENCE-ID"]) == ("20261209T100000Z", "20261208T080000Z")


def test_whole_days_stay_dates_and_floating_times_stay_floating(dav: Dav) -> None:
    days = meeting("d", "RRULE:FREQ=WEEKLY").replace(
        "DTSTART:20261201T100000Z", "DTSTART;VALUE=DATE:20261201"
    )
    dav.put(f"{CALENDAR}d.ics", days.replace("DTEND:20261201T110000Z", "DTEND;VALUE=DATE:20261203"))
    dav.put(
        f"{CALENDAR}f.ics", meeting("f", "RRULE:FREQ=WEEKLY", start="20261201T100000", end="20261201T110000")
    )
    found = {one["UID"]: one for one in expanded(dav)}
    assert found["d"]["DTSTART;VALUE=DATE"] == found["d"]["RECURRENCE-ID;VALUE=DATE"] == "20261208"
    assert found["d"]["DTEND;VALUE=DATE"] == "20261210"
    assert found["f"]["DTSTART"] == found["f"]["RECURRENCE-ID"] == "20261208T100000"


def test_a_day_that_is_longer_than_24_hours_is_told_with_its_end(dav: Dav) -> None:
    """A DURATION of P1D over the change of the clocks is 25 hours, which UTC cannot say with days."""
    text = series("a", "RRULE:FREQ=WEEKLY").replace("20261201T", "20261024T")
    dav.put(f"{CALENDAR}a.ics", text.replace("DTEND;TZID=Europe/Berlin:20261024T100000", "DURATION:P1D"))
    one = expanded(dav, 'start="20261024T000000Z" end="20261025T000000Z"')[0]
    assert (one["DTSTART"], one["DTEND"]) == ("20261024T070000Z", "20261025T080000Z")
    assert "DURATION" not in one


def test_a_period_of_an_rdate_is_told_with_its_own_end(dav: Dav) -> None:
    text = meeting("a", "RDATE;VALUE=PERIOD:20261208T100000Z/PT3H")
    (dav.storage.root / "alice" / "calendar" / "a.ics").write_text(text, newline="")
    dav.open()
    (one,) = expanded(dav)
    assert (one["DTSTART"], one["DTEND"]) == ("20261208T100000Z", "20261208T130000Z")


def test_a_single_meeting_is_told_in_utc_and_has_no_recurrence_id(dav: Dav) -> None:
    dav.put(f"{CALENDAR}a.ics", series("a").replace("20261201T", "20261208T"))
    (one,) = expanded(dav)
    assert one["DTSTART"] == "20261208T080000Z"
    assert "RECURRENCE-ID" not in one


def test_tasks_are_expanded_as_meetings_are(dav: Dav) -> None:
    """RFC 4791 §9.6.5 speaks of every component that recurs; Radicale expands VEVENTs only."""
    dav.put(
        f"{CALENDAR}t.ics",
        meeting("t", "RRULE:FREQ=WEEKLY").replace("VEVENT", "VTODO").replace("DTEND", "DUE"),
    )
    body = QUERY.replace("VEVENT", "VTODO").replace(
        "<C:calendar-data/>", f"<C:calendar-data><C:expand {WEEK}/></C:calendar-data>"
    )
    text = dav.ask("REPORT", CALENDAR, body.format(f"<C:time-range {WEEK}/>")).text
    assert "DTSTART:20261208T100000Z" in text
    assert "DUE:20261208T110000Z" in text
    assert "RRULE" not in text


def test_an_expansion_without_a_start_or_an_end_is_refused(dav: Dav) -> None:
    body = QUERY.replace(
        "<C:calendar-data/>", '<C:calendar-data><C:expand start="20261207T000000Z"/></C:calendar-data>'
    )
    answer = dav.ask("REPORT", CALENDAR, body.format(""))
    assert (answer.status, "valid-filter" in answer.text) == (403, True)


@pytest.mark.parametrize(("data", "told"), [("20270105T090000", False), ("20261208T090000", True)])
def test_overrides_far_from_the_window_are_left_out_when_the_client_limits_them(
    dav: Dav, data: str, told: bool
) -> None:
    """RFC 4791 §9.6.6: the master stays, with those overrides that are, or were, within the range."""
    moved = (f"RECURRENCE-ID;TZID=Europe/Berlin:{data}", "DTSTART:20270108T100000Z", "DTEND:20270108T110000Z")
    dav.put(f"{CALENDAR}a.ics", series("a", "RRULE:FREQ=DAILY", override=moved))
    text = shown(dav, f"<C:limit-recurrence-set {WEEK}/>")
    assert "RRULE:FREQ=DAILY" in text
    assert ("SUMMARY:Moved" in text) is told


def test_a_client_may_ask_for_some_properties(dav: Dav) -> None:
    """RFC 4791 §9.6.1 to §9.6.4, as in the example of §7.8.1."""
    dav.put(f"{CALENDAR}a.ics", series("a", "RRULE:FREQ=WEEKLY", "LOCATION:Room 5"))
    wanted = (
        '<C:comp name="VCALENDAR"><C:prop name="VERSION"/><C:comp name="VEVENT">'
        '<C:prop name="SUMMARY"/><C:prop name="LOCATION" novalue="yes"/></C:comp></C:comp>'
    )
    found = re.search(r"<C:calendar-data>(.*?)</C:calendar-data>", shown(dav, wanted), re.DOTALL)
    assert found is not None
    assert found[1].split() == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "LOCATION:", "SUMMARY:Planning", "END:VEVENT", "END:VCALENDAR"
    ]  # fmt: skip


def test_another_format_of_calendar_data_is_refused(dav: Dav) -> None:
    """RFC 4791 §9.6: CALDAV:supported-calendar-data."""
    body = QUERY.replace("<C:calendar-data/>", '<C:calendar-data content-type="application/calendar+json"/>')
    answer = dav.ask("REPORT", CALENDAR, body.format(""))
    assert (answer.status, "supported-calendar-data" in answer.text) == (403, True)


HOUR_S, DAY_S = 3_600, 86_400
OCTOBER = int(datetime(2026, 10, 1, tzinfo=UTC).timestamp())
FOLLOWED = (OCTOBER - 60 * DAY_S, OCTOBER + 90 * DAY_S)
BERLIN = ZoneInfo("Europe/Berlin")
TIMES = (
    ("DTSTART:2026{}T233000Z", "DURATION:PT45M"),
    ("DTSTART;TZID=Europe/Berlin:2026{}T013000", "DTEND;TZID=Europe/Berlin:2026{}T031500"),
    ("DTSTART;TZID=America/New_York:2026{}T210000", "DURATION:P1DT2H"),
    ("DTSTART;TZID=Nowhere:2026{}T120000", "DURATION:PT1H"),
    ("DTSTART:2026{}T090000", "DTEND:2026{}T090000"),
    ("DTSTART;VALUE=DATE:2026{}",),
    ("DTSTART;VALUE=DATE:2026{}", "DURATION:P3D"),
)
RULES: tuple[tuple[str, ...], ...] = (
    (),
    ("RRULE:FREQ=HOURLY;INTERVAL=5",),
    ("RRULE:FREQ=DAILY;COUNT=40",),
    ("RRULE:FREQ=WEEKLY;BYDAY=MO,SU", "EXDATE:20261025T233000Z"),
    ("RRULE:FREQ=MONTHLY;BYDAY=-1SU",),
    ("RDATE:20261102T090000Z",),
    ("RRULE:FREQ=DAILY", "RDATE;VALUE=PERIOD:20261102T090000Z/PT9H"),
    ("RRULE:FREQ=NEVER",),
    ("EXDATE:20261025T233000Z",),
)


@given(
    times=st.sampled_from(TIMES),
    day=st.sampled_from(("0805", "1002", "1024", "1025", "1101", "1130")),
    rule=st.sampled_from(RULES),
    zone=st.sampled_from((BERLIN, ZoneInfo("Pacific/Kiritimati"))),
    start=st.integers(-70 * 24, 100 * 24),
    hours=st.integers(1, 30 * 24),
)
def test_what_the_index_knows_of_an_expansion_is_what_the_text_says(
    *, times: tuple[str, ...], day: str, rule: tuple[str, ...], zone: ZoneInfo, start: int, hours: int
) -> None:
    lines = (*(line.format(day) for line in times), *rule)
    text = "\r\n".join(
        ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//client//EN", "BEGIN:VEVENT", "UID:a", "SUMMARY:Planning", *lines,
         "END:VEVENT", "END:VCALENDAR", "")
    )  # fmt: skip
    entry = read_object("a.ics", text.encode(), 0.0, Basis(CalendarPath("alice/calendar"), BERLIN, FOLLOWED))
    span = (OCTOBER + start * HOUR_S, OCTOBER + (start + hours) * HOUR_S)
    data = CalendarData(expanded=span)
    worked_out = data.of(replace(entry, is_lone=False), text, zone, 10_000)
    assert data.of(entry, text, zone, 10_000) == worked_out
