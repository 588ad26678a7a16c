"""Reading stored text: what a scan costs beside splitting the same lines, what an occurrence costs to find."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from server.ical.freebusy import busy_of_text
from server.ical.occurrences import Occurrence, occurrences
from server.ical.scan import Component, scan
from tests.bench.harness import Row, at_most, below, compare

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, tzinfo=UTC)
AFTER = int((NOW - timedelta(days=400)).timestamp())
BEFORE = int((NOW + timedelta(days=800)).timestamp())
TIMES = "DTSTART;TZID=Europe/Berlin:20200106T100000\r\nDTEND;TZID=Europe/Berlin:20200106T110000\r\n"
BOOKING = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Daybook//EN
BEGIN:VTIMEZONE
TZID:Europe/Berlin
X-LIC-LOCATION:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:20250330T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20251026T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:7f0e0c3e-6a3e-4f4c-9a66-0c3a4e2f1f10
DTSTAMP:20260101T000000Z
CREATED:20260101T000000Z
LAST-MODIFIED:20260101T000000Z
SEQUENCE:0
DTSTART;TZID=Europe/Berlin:20260601T100000
DTEND;TZID=Europe/Berlin:20260601T103000
SUMMARY:Intro call between Ada Lovelace and Charles Babbage
DESCRIPTION:Some words about what will be talked about\\, which are long eno
 ugh to be folded\\nManage: https://example.org/b/intro/manage/4dXw3pQx8mJ
LOCATION:https://meet.example.org/abc
STATUS:CONFIRMED
TRANSP:OPAQUE
ORGANIZER;CN=Grace Hopper;SCHEDULE-AGENT=CLIENT:mailto:grace@example.org
ATTENDEE;CN="Lovelace, Ada";PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;SCHEDULE
 -AGENT=CLIENT:mailto:ada@example.org
ATTENDEE;CN=Charles;PARTSTAT=ACCEPTED;SCHEDULE-AGENT=CLIENT:mailto:c@example.net
ATTENDEE;CN=Grace;PARTSTAT=ACCEPTED;SCHEDULE-AGENT=CLIENT:mailto:grace@example.org
X-MOZ-SEND-INVITATIONS:FALSE
X-DAYBOOK-BOOKING:bkg_0123456789
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT10M
DESCRIPTION:Reminder
END:VALARM
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


def rows() -> Iterable[Row]:
    """Measure scanning, expanding and the busy time of one object."""
    scanned, split = compare(lambda: scan(BOOKING), _split)
    yield at_most(
        f"scan one booking, {len(BOOKING):,} octets, against splitting its lines", scanned, split, 5
    )
    busy, _ = compare(lambda: busy_of_text(BOOKING, AFTER, BEFORE, BERLIN), lambda: scan(BOOKING))
    yield at_most("scan it and find its busy time, against scanning it", busy, scanned, 4)
    for rule in ("FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "FREQ=DAILY", "FREQ=WEEKLY;COUNT=1000"):
        yield from _series(rule)
    weekly, _ = _per_occurrence("FREQ=WEEKLY")
    yield below("FREQ=WEEKLY, 1,200 days, per occurrence", weekly, 8e-6)


def _split() -> list[tuple[str, str, str]]:
    """Do what no scanner can leave out: unfold the lines and part each name from its value."""
    return [line.partition(":") for line in BOOKING.replace("\r\n ", "").split("\r\n")]


def _series(rule: str) -> Iterable[Row]:
    found, zones = _per_occurrence(rule)
    yield at_most(f"{rule}, 1,200 days, an occurrence against its zone conversions", found, zones, 4)


def _per_occurrence(rule: str) -> tuple[float, float]:
    """Return what one occurrence of a series begun six years ago costs, and what turning its two wall times into instants does."""
    calendar = scan(
        f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n{TIMES}RRULE:{rule}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    found = _expand(calendar)
    instants = [at for one in found for at in (one.start, one.end)]
    walls = [datetime.fromtimestamp(at, BERLIN).replace(tzinfo=None) for at in instants]
    whole, zones = compare(
        lambda: _expand(calendar), lambda: [int(wall.replace(tzinfo=BERLIN).timestamp()) for wall in walls]
    )
    return whole / len(found), zones / len(found)


def _expand(calendar: Component) -> list[Occurrence]:
    return occurrences(calendar, AFTER, BEFORE, BERLIN).occurrences
