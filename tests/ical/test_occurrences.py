"""Which occurrences a stored object has: every file of tests/ical/cases, decided by a sentence of RFC 5545.

The notation is 06-01 10:00-11:00, wall time in Berlin, as a host reads it; a day that ends on another says which.
"""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from server.ical.occurrences import occurrences
from server.ical.scan import scan
from tests.ical.calendars import BERLIN, WINDOW, shown

CASES = Path(__file__).parent / "cases"


def case(name: str) -> list[str]:
    return shown(occurrences(scan((CASES / f"{name}.ics").read_text()), *WINDOW, BERLIN))


def test_allday_multi() -> None:
    """§3.6.1: the "DTEND" property specifies the non-inclusive end of the event; days are days, however long."""
    assert case("allday_multi") == [
        "03-27 00:00-03-30 00:00",
        "04-03 00:00-04-06 00:00",
        "04-10 00:00-04-13 00:00",
    ]


def test_bysetpos_last_workday() -> None:
    """§3.3.10: BYSETPOS specifies the nth occurrence within the set of recurrence instances specified by the rule."""
    found = case("bysetpos_last_workday")
    assert [day[:5] for day in found] == [
        "01-30",
        "02-27",
        "03-31",
        "04-30",
        "05-29",
        "06-30",
        "07-31",
        "08-31",
    ]
    assert {day[6:] for day in found} == {"10:00-11:00"}


def test_dtstart_not_in_rrule() -> None:
    """§3.8.5.3: the recurrence set generated with a DTSTART not synchronized with the rule is undefined.

    Undefined leaves the choice: DTSTART and all of COUNT's Mondays, so that nothing any client shows is free.
    """
    assert case("dtstart_not_in_rrule") == [f"06-{day} 10:00-11:00" for day in ("02", "08", "15", "22", "29")]


def test_duration_p1d_over_gap() -> None:
    """§3.3.6: the duration of a day is nominal: it may be 23 or 25 hours."""
    assert case("duration_p1d_over_gap") == [f"03-{day} 12:00-03-{day + 1} 12:00" for day in (27, 28, 29, 30)]


def test_duration_pt24h_over_gap() -> None:
    """§3.3.6: the duration in hours is exact, so 24 hours over the change end an hour later on the wall."""
    assert case("duration_pt24h_over_gap")[1] == "03-28 12:00-03-29 13:00"


def test_exdate_date() -> None:
    """§3.8.5.1: EXDATE may be a DATE; on a timed series it can only mean the occurrence of that day."""
    assert case("exdate_date") == [f"06-0{day} 10:00-11:00" for day in (1, 2, 4, 5)]


def test_exdate_other_tz() -> None:
    """§3.8.5.1: exceptions are compared as instants, in whatever zone they are written."""
    assert case("exdate_other_tz") == [f"06-0{day} 10:00-11:00" for day in (1, 2, 4, 5)]


def test_exdate_utc() -> None:
    """§3.8.5.1: exceptions are compared as instants, UTC included."""
    assert case("exdate_utc") == [f"06-0{day} 10:00-11:00" for day in (1, 2, 4, 5)]


def test_floating() -> None:
    """§3.3.5 form 1: local time is the time of wherever the reader is: the host's zone."""
    assert case("floating") == [f"06-0{day} 10:00-11:00" for day in (1, 2, 3)]
    tokyo = occurrences(scan((CASES / "floating.ics").read_text()), *WINDOW, ZoneInfo("Asia/Tokyo"))
    assert datetime.fromtimestamp(tokyo.occurrences[0].start, UTC) == datetime(2026, 6, 1, 1, tzinfo=UTC)


def test_fold_0230_daily() -> None:
    """§3.3.5: if the local time occurs twice, the DATE-TIME value refers to the first occurrence."""
    assert case("fold_0230_daily") == [f"10-{day} 02:30-03:15" for day in (23, 24, 25, 26, 27)]
    expansion = occurrences(scan((CASES / "fold_0230_daily.ics").read_text()), *WINDOW, BERLIN)
    assert datetime.fromtimestamp(expansion.occurrences[2].start, UTC) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_gap_0230_daily() -> None:
    """§3.3.5: if the local time does not exist, it is interpreted using the UTC offset before the gap."""
    assert case("gap_0230_daily") == [
        "03-27 02:30-03:15", "03-28 02:30-03:15", "03-29 03:30-04:15", "03-30 02:30-03:15", "03-31 02:30-03:15",
    ]  # fmt: skip


def test_hourly_over_gap() -> None:
    """§3.3.10: an instance in the gap is read as §3.3.5 says: it falls on the next one, and an instant counts once."""
    assert case("hourly_over_gap") == [f"03-29 {hour}:30-{hour}:45" for hour in ("00", "01", "03", "04")]


def test_monthly_31() -> None:
    """§3.3.10: instances with an invalid date MUST be ignored and MUST NOT be counted as part of the set."""
    assert [day[:5] for day in case("monthly_31")] == ["01-31", "03-31", "05-31", "07-31", "08-31", "10-31"]


def test_no_dtend_datetime() -> None:
    """§3.6.1: without DTEND a DATE-TIME event ends on the same date and time of day as DTSTART."""
    assert case("no_dtend_datetime") == ["06-01 10:00-10:00"]


def test_orphan_override() -> None:
    """§3.8.4.4: one instance alone may be sent to who is invited to it only."""
    assert case("orphan_override") == ["06-09 15:00-16:00"]


def test_overnight_dtend_over_gap() -> None:
    """§3.8.5.3: every instance has the same exact duration; on the wall it ends as DTEND says: the later end holds."""
    assert case("overnight_dtend_over_gap") == [
        "03-27 23:00-03-28 07:00", "03-28 23:00-03-29 08:00", "03-29 23:00-03-30 07:00", "03-30 23:00-03-31 07:00",
    ]  # fmt: skip


MOVED = ["06-01 10:00-11:00", "06-09 15:00-16:00", *(f"06-{day} 10:00-11:00" for day in (15, 22, 29))]


def test_override_and_exdate_same() -> None:
    """§3.8.5.1: EXDATE takes an instance from the set; the override that stands there is an event still shown."""
    assert case("override_and_exdate_same") == MOVED


def test_override_moved() -> None:
    """§3.8.4.4: RECURRENCE-ID is the original value of DTSTART of the instance that is replaced."""
    assert case("override_moved") == MOVED


def test_override_rid_utc() -> None:
    """§3.8.4.4: the instance is identified by its instant, in whatever zone that is written."""
    assert case("override_rid_utc") == MOVED


def test_override_thisandfuture() -> None:
    """§3.8.4.4: THISANDFUTURE: the given instance and all that follow are moved by as much as it is, and last as long."""
    assert case("override_thisandfuture") == [
        "06-01 10:00-11:00", "06-08 10:00-11:00", "06-15 14:00-15:00", "06-22 14:00-15:00", "06-29 14:00-15:00",
    ]  # fmt: skip


def test_rdate_dup_of_rrule() -> None:
    """§3.8.5.2: where duplicate instances are generated by RRULE and RDATE only one is considered."""
    assert case("rdate_dup_of_rrule") == [f"06-{day} 10:00-11:00" for day in ("01", "02", "03", "10")]


def test_rdate_period() -> None:
    """§3.8.5.2: the duration of an instance given as a PERIOD is that of the period."""
    assert case("rdate_period") == ["06-01 10:00-11:00", "06-03 10:00-13:00"]


def test_until_date_on_datetime() -> None:
    """§3.3.10: UNTIL bounds the rule in an inclusive manner; a date, though it should not stand here, is a whole day."""
    assert case("until_date_on_datetime") == [f"06-0{day} 10:00-11:00" for day in (1, 2, 3, 4, 5)]


def test_until_utc_edge() -> None:
    """§3.3.10: if UNTIL is synchronized with the rule, it becomes the last instance."""
    assert case("until_utc_edge") == [f"06-0{day} 10:00-11:00" for day in (1, 2, 3, 4, 5)]


def test_wkst_biweekly() -> None:
    """§3.3.10: WKST matters in a weekly rule with an interval above one and a BYDAY part."""
    assert [day[:5] for day in case("wkst_biweekly")] == [
        "01-04",
        "01-05",
        "01-18",
        "01-19",
        "02-01",
        "02-02",
        "02-15",
        "02-16",
    ]


def test_yearly_feb29() -> None:
    """§3.3.10: instances with an invalid date MUST be ignored and MUST NOT be counted."""
    expansion = occurrences(scan((CASES / "yearly_feb29.ics").read_text()), *WINDOW, BERLIN)
    assert [datetime.fromtimestamp(one.start, BERLIN).date().isoformat() for one in expansion.occurrences] == [
        "2024-02-29", "2028-02-29", "2032-02-29",
    ]  # fmt: skip


def test_every_case_has_its_test() -> None:
    assert {path.stem for path in CASES.glob("*.ics")} == {
        name.removeprefix("test_")
        for name in globals()
        if (CASES / f"{name.removeprefix('test_')}.ics").exists()
    }
