"""A client's calendar object is stored when it is one, when its conditions hold, and under one UID at one place."""

from pathlib import Path

import pytest

from radicale_plugin.limits import Limits
from tests.radicale_plugin.asking import PROPFIND, QUERY, Dav, meeting

CALENDAR = "/alice/calendar/"
ONE = f"{CALENDAR}one.ics"
TWICE = (
    "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=9;UNTIL=19950924T010000Z\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n"
    "END:STANDARD\r\nEND:VTIMEZONE\r\n"
)


def wrapped(*lines: str) -> str:
    return "\r\n".join(
        ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//client//EN", *lines, "END:VCALENDAR", "")
    )


def part(*lines: str, kind: str = "VEVENT", uid: str = "one") -> tuple[str, ...]:
    return (f"BEGIN:{kind}", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, f"END:{kind}")


def override(at: str, *lines: str) -> tuple[str, ...]:
    return part(f"RECURRENCE-ID:{at}", f"DTSTART:{at}", "DURATION:PT1H", *lines)


KEPT = {
    "periods": meeting("one", "RDATE;VALUE=PERIOD:20261202T100000Z/PT30M,20261203T100000Z/20261203T120000Z"),
    "a zone whose part has two rules": meeting("one").replace("BEGIN:VEVENT", f"{TWICE}BEGIN:VEVENT"),
    "two occurrences of a series whose rest was not told": wrapped(
        *override("20261201T100000Z"), *override("20261208T100000Z")
    ),
    "a summary in two languages": meeting("one", "SUMMARY;LANGUAGE=de:Planung"),
    "a rule that ended before it began": meeting("one", "RRULE:FREQ=DAILY;UNTIL=20260101T000000Z"),
    "a property of a group": meeting("one", "g.X-ABLABEL:x"),
    "bytes": meeting("one", "X-ICON;ENCODING=BASE64;VALUE=BINARY:AAEC"),
    "an alarm that does nothing": meeting("one", "BEGIN:VALARM", "TRIGGER:-PT5M", "END:VALARM"),
    "the year that Google knows no better": meeting("one", "CREATED:00001231T000000Z"),
    "no length beside an end": meeting("one", "DURATION:PT0S"),
    "an end at the start": meeting("one", end="20261201T100000Z"),
    "an end on the clock of another zone": meeting(
        "one", start="20261201T100000Z", end="20261201T100000"
    ).replace("DTEND:", "DTEND;TZID=America/New_York:"),
    "a floating end, which is later in the west": meeting("one", end="20261201T093000"),
    "a task": wrapped(*part("DUE:20261201T100000Z", "STATUS:NEEDS-ACTION", kind="VTODO")),
    "a task that repeats from no day on": wrapped(*part("RRULE:FREQ=DAILY;COUNT=3", kind="VTODO")),
    "a journal": wrapped(*part("DTSTART;VALUE=DATE:20261201", kind="VJOURNAL")),
    "this occurrence, and those that follow": wrapped(
        *part("DTSTART:20261201T100000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"),
        *override("20261208T100000Z"),
        *override("20261208T100000Z")[:1],
        *("UID:one", "DTSTAMP:20260101T000000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261208T100000Z"),
        *("DTSTART:20261208T110000Z", "DURATION:PT1H", "END:VEVENT"),
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_rfc_5545_allows_or_harms_nobody_is_kept_to_the_byte(dav: Dav, name: str) -> None:
    put = dav.put(ONE, KEPT[name])
    assert (put.status, dav.ask("GET", ONE).text) == (201, KEPT[name])
    assert dav.ask("GET", ONE).headers["ETag"] == put.headers["ETag"]
    for question in ("", '<C:time-range start="20261130T000000Z" end="20261231T000000Z"/>'):
        for kind in ("VEVENT", "VTODO", "VJOURNAL"):
            query = QUERY.format(question).replace('"VEVENT"', f'"{kind}"')
            assert dav.ask("REPORT", CALENDAR, query).status == 207


def test_periods_take_up_time_as_they_say(dav: Dav) -> None:
    dav.put(ONE, KEPT["periods"])
    late = '<C:time-range start="20261203T113000Z" end="20261203T114500Z"/>'
    assert "one.ics" in dav.ask("REPORT", CALENDAR, QUERY.format(late)).text
    short = '<C:time-range start="20261202T103000Z" end="20261202T104500Z"/>'
    assert "one.ics" not in dav.ask("REPORT", CALENDAR, QUERY.format(short)).text


DATA, RESOURCE, COMPONENT = (
    "valid-calendar-data",
    "valid-calendar-object-resource",
    "supported-calendar-component",
)
TIMES = ("DTSTART:20261201T100000Z", "DTEND:20261201T110000Z")
BACKWARDS = {
    "an end before the start": meeting("one", end="20261201T095959Z"),
    "an end before the start, on the clock of another zone": meeting(
        "one", start="20261201T100000Z", end="20261201T103000"
    ).replace("DTEND:", "DTEND;TZID=Europe/Berlin:"),
    "an end before the start, wherever it is read": meeting(
        "one", start="20261201T100000", end="20261201T090000"
    ),
    "an end before the start, in a zone that nobody knows": meeting(
        "one", start="20261201T100000", end="20261201T090000"
    ).replace(":20261201T", ";TZID=Nowhere:20261201T"),
    "a day that ends before it": meeting("one", start="20261201", end="20261130")
    .replace(":202611", ";VALUE=DATE:202611")
    .replace("DTSTART:", "DTSTART;VALUE=DATE:"),
    "a length below nothing": wrapped(*part(TIMES[0], "DURATION:-PT1H")),
}
REFUSED = {
    **{name: (text, DATA) for name, text in BACKWARDS.items()},
    "nothing": (wrapped(), RESOURCE),
    "a zone alone": (wrapped(*TWICE.split("\r\n")[:-1]), RESOURCE),
    "two kinds": (wrapped(*part(*TIMES), *part(kind="VTODO")), RESOURCE),
    "two UIDs": (wrapped(*part(*TIMES), *part(*TIMES, uid="two")), RESOURCE),
    "no UID": (meeting("one").replace("UID:one\r\n", ""), RESOURCE),
    "an empty UID": (meeting(""), RESOURCE),
    "a second UID": (meeting("one", "UID:two"), DATA),
    "a series twice": (wrapped(*part(*TIMES), *part(*TIMES)), RESOURCE),
    "an occurrence twice": (
        wrapped(
            *part(*TIMES, "RRULE:FREQ=DAILY"), *override("20261203T100000Z"), *override("20261203T100000Z")
        ),
        RESOURCE,
    ),
    "VFREEBUSY": (wrapped(*part(kind="VFREEBUSY")), COMPONENT),
    "VAVAILABILITY": (wrapped(*part(kind="VAVAILABILITY")), COMPONENT),
    "no start": (wrapped(*part("DTEND:20261201T110000Z")), DATA),
    "two starts": (meeting("one", "DTSTART:20261202T100000Z"), DATA),
    "a start that is none": (meeting("one", start="20260230T100000Z"), DATA),
    "an end that is none": (meeting("one", end="tomorrow"), DATA),
    "an end and a length": (meeting("one", "DURATION:PT3H"), DATA),
    "a length that is none": (wrapped(*part(TIMES[0], "DURATION:1 hour")), DATA),
    "an exception that is none": (meeting("one", "EXDATE:20261301T000000Z"), DATA),
    "a period that is none": (meeting("one", "RDATE;VALUE=PERIOD:20261202T100000Z/soon"), DATA),
    "an occurrence of no time": (wrapped(*part(*TIMES, "RECURRENCE-ID:x")), DATA),
    "a task due at no time": (wrapped(*part("DUE:never", kind="VTODO")), DATA),
    "a component that does not end": (meeting("one").replace("END:VEVENT\r\n", ""), DATA),
    "two calendars": (meeting("one") + meeting("one"), DATA),
    "a card": (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:j\r\nFN:J\r\nN:J;;;;\r\nEND:VCARD\r\n",
        "supported-calendar-data",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_object_is_refused_with_the_precondition_that_says_why(dav: Dav, name: str) -> None:
    text, precondition = REFUSED[name]
    put = dav.put(ONE, text)
    assert put.status == 403
    assert f"<C:{precondition}" in put.text
    assert dav.ask("GET", ONE).status == 404


def test_a_uid_that_another_object_has_is_refused_with_its_place(dav: Dav) -> None:
    dav.put(ONE, meeting("one"))
    put = dav.put(f"{CALENDAR}two.ics", meeting("one"))
    assert put.status == 409
    assert "no-uid-conflict" in put.text
    assert "<href>/dav/alice/calendar/one.ics</href>" in put.text
    assert dav.put(ONE, meeting("other")).status == 409
    assert dav.ask("GET", ONE).text == meeting("one")
    assert dav.put("/bob/calendar/one.ics", meeting("one"), user="bob").status == 201


def test_a_calendar_made_for_tasks_takes_nothing_else(dav: Dav) -> None:
    kinds = '<C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>'
    made = f'<C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>{kinds}</prop></set></C:mkcalendar>'
    assert dav.ask("MKCALENDAR", "/alice/tasks/", made).status == 201
    refused = dav.put("/alice/tasks/one.ics", meeting("one"))
    assert (refused.status, COMPONENT in refused.text) == (403, True)
    dav.put(ONE, meeting("one"))
    there = "http://localhost/dav/alice/tasks/one.ics"
    moved = dav.ask("MOVE", ONE, destination=there)
    assert (moved.status, COMPONENT in moved.text) == (403, True)
    assert (dav.ask("GET", ONE).status, dav.ask("GET", "/alice/tasks/one.ics").status) == (200, 404)
    dav.put(ONE, KEPT["a task"])
    assert dav.ask("MOVE", ONE, destination=there).status == 201


def test_conditions_hold_for_what_stands_there(dav: Dav) -> None:
    assert dav.put(ONE, meeting("one"), if_match="*").status == 412
    etag = dav.put(ONE, meeting("one"), if_none_match="*").headers["ETag"]
    assert dav.put(ONE, meeting("one"), if_none_match="*").status == 412
    assert dav.put(ONE, meeting("one"), if_match='"other"').status == 412
    assert dav.put(ONE, meeting("one"), if_match=f"W/{etag}").status == 412
    assert dav.put(ONE, meeting("one"), if_none_match=f'"other", W/{etag}').status == 412
    assert dav.put(ONE, meeting("one"), if_none_match='"other"').status == 204
    assert dav.put(ONE, meeting("one"), if_match=f'"other", {etag}').status == 204
    assert dav.put(ONE, meeting("one"), if_match="*").status == 204


def test_an_object_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    dav = Dav(tmp_path, Limits(object_bytes=1_000))
    put = dav.put(ONE, meeting("one", "X-LONG:" + "x" * 1_000))
    assert (put.status, "max-resource-size" in put.text) == (403, True)


def test_an_object_is_put_into_a_calendar_of_ones_own_only(dav: Dav) -> None:
    assert dav.put("/bob/calendar/one.ics", meeting("one")).status == 403
    assert dav.put("/alice/nowhere/one.ics", meeting("one")).status in (403, 409)
    assert dav.put(ONE, meeting("one"), user="").status == 401
    listed = dav.ask("PROPFIND", "/bob/calendar/", PROPFIND.format("<getetag/>"), user="bob", depth="1")
    assert ".ics" not in listed.text


def test_a_disk_that_takes_nothing_is_told_and_nothing_is_there(dav: Dav) -> None:
    (dav.storage.root / "alice" / "calendar" / "one.ics").mkdir()
    assert dav.put(ONE, meeting("one")).status == 500
    assert "one.ics" not in dav.ask("REPORT", CALENDAR, QUERY.format("")).text
    assert not list((dav.storage.root / "alice" / "calendar").glob(".Radicale.tmp-*"))
