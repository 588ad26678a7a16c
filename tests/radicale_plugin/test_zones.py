"""In which zone dates and floating times of a calendar are read: RFC 4791 §5.2.2, §7.3 and §9.8."""

import re
from datetime import UTC

import pytest

from server.ical.moments import Placing
from server.ical.scan import Component, Property, scan
from server.ical.timezones import zones_of
from tests.radicale_plugin.asking import QUERY, Dav, meeting

CALENDAR = "/alice/calendar/"
BUSY = (
    '<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">'
    '<C:time-range start="20261201T000000Z" end="20261202T000000Z"/></C:free-busy-query>'
)
FLOATING = meeting("f", start="20261201T090000", end="20261201T100000")
IN_BERLIN, IN_TOKYO, IN_NEPAL = "20261201T080000Z", "20261201T000000Z", "20261201T031500Z"
DAY = 1_796_083_200
"""2026-12-01, midnight UTC."""


def vtimezone(tzid: str, offset: str) -> str:
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//client//EN", "BEGIN:VTIMEZONE", f"TZID:{tzid}", "BEGIN:STANDARD",
        "DTSTART:19700101T000000", f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}", "END:STANDARD", "END:VTIMEZONE",
        "END:VCALENDAR", "",
    )  # fmt: skip
    return "\r\n".join(lines)


TOKYO, OWN = vtimezone("Asia/Tokyo", "+0900"), vtimezone("Somewhere of my own", "+0545")


def set_zone(dav: Dav, text: str, name: str = "C:calendar-timezone") -> None:
    body = (
        '<propertyupdate xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
        f"<set><prop><{name}>{text}</{name}></prop></set></propertyupdate>"
    )
    assert dav.ask("PROPPATCH", CALENDAR, body).status == 207


def remove_zone(dav: Dav) -> None:
    body = (
        '<propertyupdate xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
        "<remove><prop><C:calendar-timezone/></prop></remove></propertyupdate>"
    )
    assert dav.ask("PROPPATCH", CALENDAR, body).status == 207


def is_found(dav: Dav, start: str, more: str = "") -> bool:
    span = f'<C:time-range start="{start}" end="{start[:9]}{int(start[9:15]) + 1:06}Z"/>'
    body = QUERY.format(span).replace("</C:calendar-query>", f"{more}</C:calendar-query>")
    answer = dav.ask("REPORT", CALENDAR, body)
    assert answer.status == 207, answer.text
    return "f.ics" in answer.text


def busy_from(dav: Dav) -> str:
    return dav.ask("REPORT", CALENDAR, BUSY).text.partition("FBTYPE=BUSY:")[2][:16]


@pytest.mark.parametrize(("zone", "start"), [(TOKYO, IN_TOKYO), (OWN, IN_NEPAL)])
def test_a_zone_that_a_client_sets_goes_before_the_homes(dav: Dav, zone: str, start: str) -> None:
    """Slots, free-busy and queries alike, at once, and after a restart too."""
    dav.put(f"{CALENDAR}f.ics", FLOATING)
    assert (busy_from(dav), is_found(dav, IN_BERLIN)) == (IN_BERLIN, True)
    set_zone(dav, zone)
    for _ in range(2):
        assert (busy_from(dav), is_found(dav, start), is_found(dav, IN_BERLIN)) == (start, True, False)
        (span,) = dav.storage.index.busy("alice/calendar", (DAY, DAY + 86_400))
        assert span[1] - span[0] == 3600
        dav.open()


def test_without_its_own_zone_a_calendar_is_in_its_homes_again(dav: Dav) -> None:
    dav.put(f"{CALENDAR}f.ics", FLOATING)
    set_zone(dav, TOKYO)
    remove_zone(dav)
    assert busy_from(dav) == IN_BERLIN


def test_a_zone_can_be_set_by_its_name(dav: Dav) -> None:
    """RFC 7809 §5.2."""
    dav.put(f"{CALENDAR}f.ics", FLOATING)
    set_zone(dav, "Asia/Tokyo", "C:calendar-timezone-id")
    assert busy_from(dav) == IN_TOKYO


def test_a_home_that_moves_does_not_take_a_calendar_with_its_own_zone_along(dav: Dav) -> None:
    dav.put(f"{CALENDAR}f.ics", FLOATING)
    set_zone(dav, TOKYO)
    dav.zones["alice"] = "America/New_York"
    with dav.storage.acquire_lock("r"):
        dav.storage.index.rezone("alice")
    assert not dav.storage.index.is_stale("alice")
    assert busy_from(dav) == IN_TOKYO


def test_a_query_may_bring_its_own_zone(dav: Dav) -> None:
    """RFC 4791 §9.8: it goes before the calendar's; RFC 7809 §4.1 lets it be named."""
    dav.put(f"{CALENDAR}f.ics", FLOATING)
    for more in (f"<C:timezone>{TOKYO}</C:timezone>", "<C:timezone-id>Asia/Tokyo</C:timezone-id>"):
        assert is_found(dav, IN_TOKYO, more)
        assert not is_found(dav, IN_BERLIN, more)


def test_a_query_in_a_zone_that_nobody_knows_is_refused(dav: Dav) -> None:
    body = QUERY.format("").replace(
        "</C:calendar-query>", "<C:timezone-id>Mars/Olympus</C:timezone-id></C:calendar-query>"
    )
    answer = dav.ask("REPORT", CALENDAR, body)
    assert (answer.status, "valid-timezone" in answer.text) == (403, True)


def test_a_whole_day_is_expanded_to_its_own_date(dav: Dav) -> None:
    days = meeting("f", "RRULE:FREQ=WEEKLY").replace(
        "DTSTART:20261201T100000Z", "DTSTART;VALUE=DATE:20261201"
    )
    dav.put(f"{CALENDAR}f.ics", days.replace("DTEND:20261201T110000Z\r\n", ""))
    set_zone(dav, TOKYO)
    data = '<C:calendar-data><C:expand start="20261207T150000Z" end="20261207T160000Z"/></C:calendar-data>'
    text = dav.ask("REPORT", CALENDAR, QUERY.replace("<C:calendar-data/>", data).format("")).text
    assert "DTSTART;VALUE=DATE:20261208" in text


def in_own_zone(uid: str, offset: str) -> str:
    """Return an object at nine o'clock of a zone of the client's own, always by the same name."""
    zone = vtimezone("Mine", offset).partition("BEGIN:VTIMEZONE")[2].partition("END:VCALENDAR")[0]
    times = meeting(uid, start="20261201T090000", end="20261201T100000").replace(
        ":20261201T", ";TZID=Mine:20261201T"
    )
    return times.replace("BEGIN:VEVENT", f"BEGIN:VTIMEZONE{zone}BEGIN:VEVENT")


def said(component: Component, name: str) -> Property:
    found = component.first(name)
    assert found is not None
    return found


def test_a_whole_calendar_shows_each_object_in_the_zone_that_it_means(dav: Dav) -> None:
    """Two clients may mean two zones by one name; read as one stream each object still is at its own time."""
    for uid, offset in (("east", "+0900"), ("west", "-0500"), ("far", "+0900")):
        dav.put(f"{CALENDAR}{uid}.ics", in_own_zone(uid, offset))
    dav.put(f"{CALENDAR}broken.ics", meeting("broken"))
    (dav.storage.root / "alice" / "calendar" / "broken.ics").write_text("BEGIN:VCALENDAR")
    whole = dav.ask("GET", CALENDAR)
    assert whole.status == 200
    starts = {
        said(vevent, "UID").value: Placing(zones_of(calendar), UTC).place(said(vevent, "DTSTART")).epoch
        for calendar in map(scan, re.findall("BEGIN:VCALENDAR.*?END:VCALENDAR\r\n", whole.text, re.DOTALL))
        for vevent in calendar.children("VEVENT")
    }
    assert starts == {"east": DAY, "west": DAY + 14 * 3_600, "far": DAY}
