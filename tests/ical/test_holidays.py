"""Lists of public holidays, as they are found on the web."""

from datetime import date
from time import process_time

import pytest

from server.ical.holidays import DAYS_MAX, read_holidays
from server.ical.scan import BadCalendar

SINCE, UNTIL = date(2026, 3, 2), date(2028, 3, 2)


def calendar(*events: str) -> str:
    body = "".join(f"BEGIN:VEVENT\r\n{event}END:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Holidays//EN\r\n{body}END:VCALENDAR\r\n"


def whole_day(day: str, name: str = "Holiday", *lines: str, uid: str = "") -> str:
    head = (f"UID:{uid or name}-{day}", f"DTSTART;VALUE=DATE:{day}", f"SUMMARY:{name}", "TRANSP:TRANSPARENT")
    return "\r\n".join((*head, *lines, ""))


def read(*events: str) -> dict[str, str]:
    found = read_holidays(calendar(*events), SINCE, UNTIL)
    return {day.isoformat(): name for day, name in found.items()}


def test_whole_days_are_holidays_whatever_they_are_called() -> None:
    found = read(whole_day("20261225", "Noël\\, premier jour", "DTEND;VALUE=DATE:20261226"))
    assert found == {"2026-12-25": "Noël, premier jour"}


def test_a_holiday_of_several_days_closes_each() -> None:
    found = read(whole_day("20261224", "Christmas", "DTEND;VALUE=DATE:20261227"))
    assert list(found) == ["2026-12-24", "2026-12-25", "2026-12-26"]


def test_what_comes_again_each_year_is_followed_as_far_as_is_asked() -> None:
    found = read(whole_day("19710101", "New Year", "RRULE:FREQ=YEARLY"))
    assert list(found) == ["2027-01-01", "2028-01-01"]


def test_what_has_a_time_of_day_is_over_or_cancelled_is_none() -> None:
    timed = "UID:1\r\nDTSTART:20261224T120000Z\r\nDTEND:20261224T180000Z\r\nSUMMARY:Shops close\r\n"
    cancelled = whole_day("20261225", "Off", "STATUS:CANCELLED")
    assert read(timed, cancelled, whole_day("20251225", "Last year")) == {}


def test_two_of_one_day_and_one_without_name() -> None:
    found = read(
        whole_day("20261225", "Christmas", uid="1"),
        whole_day("20261225", "Sunday", uid="2"),
        "UID:3\r\nDTSTART;VALUE=DATE:20261226\r\n",
    )
    assert found == {"2026-12-25": "Christmas, Sunday", "2026-12-26": "–"}


def test_the_edges_of_what_is_asked_for_are_kept() -> None:
    found = read(whole_day("20260301", "Days", "DTEND;VALUE=DATE:20260304"), whole_day("20280302", "Beyond"))
    assert list(found) == ["2026-03-02", "2026-03-03"]


@pytest.mark.parametrize(
    "text", ["", "no calendar", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", calendar() * 2]
)
def test_what_is_no_calendar_says_why(text: str) -> None:
    with pytest.raises(BadCalendar):
        read_holidays(text, SINCE, UNTIL)


def test_a_calendar_with_a_day_off_each_day_is_no_list_of_holidays() -> None:
    with pytest.raises(BadCalendar, match=str(DAYS_MAX)):
        read(whole_day("20260101", "Every day", "RRULE:FREQ=DAILY"))


def test_a_byte_order_mark_and_bare_line_ends_are_read() -> None:
    text = "\ufeff" + calendar(whole_day("20261225", "Christmas")).replace("\r\n", "\n")
    assert list(read_holidays(text, SINCE, UNTIL)) == [date(2026, 12, 25)]


def test_days_that_lie_upon_one_another_are_counted_before_all_are_gone_through() -> None:
    years = "DURATION:P700D\r\nRRULE:FREQ=DAILY\r\n"
    found = calendar(*(whole_day("20260302", uid=str(at)) + years for at in range(100)))
    began = process_time()
    with pytest.raises(BadCalendar, match=str(DAYS_MAX)):
        read_holidays(found, SINCE, UNTIL)
    assert process_time() - began < 5  # a quarter of a minute where the days are counted afterwards
