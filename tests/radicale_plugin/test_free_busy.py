"""When a host is busy, as a client asks a calendar: RFC 4791 §7.10."""

import pytest

from tests.radicale_plugin.asking import Answer, Dav, meeting

CALENDAR = "/alice/calendar/"
ASKED = (
    '<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">'
    '<C:time-range start="{}" end="{}"/></C:free-busy-query>'
)


def ask(dav: Dav, start: str = "20261201T000000Z", end: str = "20261202T000000Z") -> Answer:
    return dav.ask("REPORT", CALENDAR, ASKED.format(start, end))


def told(answer: Answer) -> list[str]:
    assert answer.status == 200
    return [line for line in answer.text.splitlines() if line.startswith("FREEBUSY")]


def test_an_answer_is_one_vfreebusy_with_one_charset(dav: Dav) -> None:
    answer = ask(dav)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.text.startswith("BEGIN:VCALENDAR\r\n")
    assert "DTSTART:20261201T000000Z\r\nDTEND:20261202T000000Z\r\n" in answer.text
    assert "METHOD" not in answer.text
    assert answer.text.count("BEGIN:VFREEBUSY") == 1


def test_times_that_touch_are_told_as_one_and_are_cut_at_the_window(dav: Dav) -> None:
    dav.put(f"{CALENDAR}a.ics", meeting("a"))
    dav.put(f"{CALENDAR}b.ics", meeting("b", start="20261201T110000Z", end="20261201T120000Z"))
    dav.put(f"{CALENDAR}c.ics", meeting("c", start="20261201T230000Z", end="20261202T010000Z"))
    assert told(ask(dav)) == [
        "FREEBUSY;FBTYPE=BUSY:20261201T100000Z/20261201T120000Z",
        "FREEBUSY;FBTYPE=BUSY:20261201T230000Z/20261202T000000Z",
    ]


def test_tentative_time_is_told_as_such_where_it_is_not_firm(dav: Dav) -> None:
    dav.put(f"{CALENDAR}a.ics", meeting("a"))
    dav.put(
        f"{CALENDAR}b.ics", meeting("b", "STATUS:TENTATIVE", start="20261201T103000Z", end="20261201T120000Z")
    )
    assert told(ask(dav)) == [
        "FREEBUSY;FBTYPE=BUSY:20261201T100000Z/20261201T110000Z",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261201T110000Z/20261201T120000Z",
    ]


def test_a_tentative_override_of_a_firm_series_is_told_as_such(dav: Dav) -> None:
    master = meeting("a", "RRULE:FREQ=DAILY")
    override = meeting(
        "a",
        "RECURRENCE-ID:20261202T100000Z",
        "STATUS:TENTATIVE",
        start="20261202T140000Z",
        end="20261202T150000Z",
    )
    inner = override[override.index("BEGIN:VEVENT") : override.index("END:VCALENDAR")]
    dav.put(f"{CALENDAR}a.ics", master.replace("END:VCALENDAR", f"{inner}END:VCALENDAR"))
    assert told(ask(dav, "20261201T000000Z", "20261203T000000Z")) == [
        "FREEBUSY;FBTYPE=BUSY:20261201T100000Z/20261201T110000Z",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261202T140000Z/20261202T150000Z",
    ]


@pytest.mark.parametrize("line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED"])
def test_what_takes_no_time_is_not_told(dav: Dav, line: str) -> None:
    """RFC 4791 §7.10: VEVENTs that are transparent or cancelled are not considered."""
    dav.put(f"{CALENDAR}a.ics", meeting("a", line))
    assert told(ask(dav)) == []


def test_an_endless_series_is_busy_ten_years_on(dav: Dav) -> None:
    dav.put(f"{CALENDAR}a.ics", meeting("a", "RRULE:FREQ=YEARLY"))
    assert told(ask(dav, "20341201T000000Z", "20341202T000000Z")) == [
        "FREEBUSY;FBTYPE=BUSY:20341201T100000Z/20341201T110000Z"
    ]


@pytest.mark.parametrize(
    "window",
    [
        "",
        '<C:time-range start="20261201T000000Z"/>',
        '<C:time-range start="tomorrow" end="20261202T000000Z"/>',
        "<C:time-range/>",
    ],
)
def test_a_window_that_cannot_be_read_is_a_bad_request(dav: Dav, window: str) -> None:
    body = f'<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">{window}</C:free-busy-query>'
    assert dav.ask("REPORT", CALENDAR, body).status == 400


def test_nobody_else_is_told(dav: Dav) -> None:
    assert (
        dav.ask("REPORT", CALENDAR, ASKED.format("20261201T000000Z", "20261202T000000Z"), user="bob").status
        == 403
    )


def test_a_calendar_can_be_fetched_as_free_busy(dav: Dav) -> None:
    """Radicale's own way, for programs that cannot send a REPORT."""
    dav.put(f"{CALENDAR}a.ics", meeting("a"))
    answer = dav.ask("GET", CALENDAR, query="view=freebusy&start=20261201T000000Z&end=20261202T000000Z")
    assert told(answer) == ["FREEBUSY;FBTYPE=BUSY:20261201T100000Z/20261201T110000Z"]
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert dav.ask("GET", CALENDAR, query="view=freebusy&start=soon&end=later").status == 400
