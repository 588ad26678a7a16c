"""Which objects a calendar-query finds: RFC 4791 §9.7 and §9.9; and that they are those which stock Radicale finds."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from radicale import config
from radicale.app import Application

from radicale_plugin.auth import Auth
from tests.radicale_plugin.asking import Dav, meeting

CALENDAR = "/alice/calendar/"
ENVELOPE = (
    '<C:calendar-query xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><prop><getetag/></prop>'
    '<C:filter><C:comp-filter name="VCALENDAR">{}</C:comp-filter></C:filter></C:calendar-query>'
)


def comp(name: str, inside: str = "") -> str:
    return f'<C:comp-filter name="{name}">{inside}</C:comp-filter>'


def prop(name: str, inside: str = "") -> str:
    return f'<C:prop-filter name="{name}">{inside}</C:prop-filter>'


def during(start: str = "", end: str = "") -> str:
    """Return a time range of days in December 2026, such as "01" to "02", or of whole stamps."""
    ends = [("start", start), ("end", end)]
    stamps = [(name, f"202612{at}T000000Z" if len(at) == 2 else at) for name, at in ends if at]
    return "<C:time-range " + " ".join(f'{name}="{at}"' for name, at in stamps) + "/>"


def text(value: str, more: str = "") -> str:
    return f"<C:text-match {more}>{value}</C:text-match>"


ABSENT = "<C:is-not-defined/>"


def found(dav: Dav, inside: str, path: str = CALENDAR) -> set[str]:
    answer = dav.ask("REPORT", path, ENVELOPE.format(inside))
    assert answer.status == 207, answer.text
    return hrefs(answer.text)


def hrefs(answer: str) -> set[str]:
    return set(re.findall(r"<href>[^<]*/([^/<]+)\.ics</href>", answer))


def as_task(vevent: str) -> str:
    return vevent.replace("VEVENT", "VTODO").replace("DTEND", "DUE")


ALARM = ("BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Soon", "TRIGGER:-PT30M", "END:VALARM")


@pytest.fixture
def filled(dav: Dav) -> Dav:
    texts = {
        "one": meeting("one", "LOCATION:Room 5", "CATEGORIES:WORK,TRAVEL"),
        "weekly": meeting(
            "weekly", "RRULE:FREQ=WEEKLY", "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:kim@example.org"
        ),
        "alarm": meeting("alarm", *ALARM, start="20261210T100000Z", end="20261210T110000Z"),
        "task": as_task(meeting("task", start="20261203T100000Z", end="20261205T100000Z")),
        "undated": as_task(meeting("undated"))
        .replace("DTSTART:20261201T100000Z\r\n", "")
        .replace("DUE:20261201T110000Z\r\n", ""),
        "note": meeting("note").replace("VEVENT", "VJOURNAL").replace("DTEND:20261201T110000Z\r\n", ""),
        "point": meeting("point", start="20261220T100000Z").replace("DTEND:20261201T110000Z\r\n", ""),
    }
    for name, written in texts.items():
        assert dav.put(f"{CALENDAR}{name}.ics", written).status == 201
    return dav


CASES = [
    (comp("VEVENT"), {"one", "weekly", "alarm", "point"}),
    (comp("VEVENT", ABSENT), {"task", "undated", "note"}),
    (comp("VTODO"), {"task", "undated"}),
    (comp("VTIMEZONE"), set()),
    # RFC 4791 §9.9, VEVENT: (start < DTEND AND end > DTSTART); without length (start <= DTSTART AND end > DTSTART).
    (comp("VEVENT", during("01", "02")), {"one", "weekly"}),
    (comp("VEVENT", during("20261201T110000Z", "20261201T120000Z")), set()),
    (comp("VEVENT", during("20261220T100000Z", "20261220T100001Z")), {"point"}),
    (comp("VEVENT", during("20261220T095959Z", "20261220T100000Z")), set()),
    (comp("VEVENT", during("20401204T000000Z", "20401205T000000Z")), {"weekly"}),
    (comp("VEVENT", during("21")), {"weekly"}),
    (comp("VEVENT", during("", "02")), {"one", "weekly"}),
    (comp("VEVENT", during("", "20250101T000000Z")), set()),
    # VTODO: (start < DUE OR start <= DTSTART) AND (end > DTSTART OR end >= DUE); without any date it is always.
    (comp("VTODO", during("04", "05")), {"task", "undated"}),
    (comp("VTODO", during("20261205T100000Z", "20261206T000000Z")), {"undated"}),
    # VJOURNAL: (start <= DTSTART AND end > DTSTART).
    (comp("VJOURNAL", during("01", "02")), {"note"}),
    (comp("VJOURNAL", during("02", "03")), set()),
    # §9.7.2 to §9.7.5.
    (comp("VEVENT", prop("LOCATION")), {"one"}),
    (comp("VEVENT", prop("LOCATION", ABSENT)), {"weekly", "alarm", "point"}),
    (comp("VEVENT", prop("LOCATION", text("room"))), {"one"}),
    (comp("VEVENT", prop("LOCATION", text("room", 'collation="i;octet"'))), set()),
    (comp("VEVENT", prop("CATEGORIES", text("travel"))), {"one"}),
    (comp("VEVENT", prop("LOCATION", text("6", 'negate-condition="yes"'))), {"one"}),
    (comp("VEVENT", prop("ATTENDEE", '<C:param-filter name="PARTSTAT">' + text("needs") + "</C:param-filter>")), {"weekly"}),
    (comp("VEVENT", prop("ATTENDEE", f'<C:param-filter name="CN">{ABSENT}</C:param-filter>')), {"weekly"}),
    (comp("VEVENT", prop("DTSTART", during("20", "21"))), {"point"}),
    (comp("VEVENT", during("01", "02") + prop("LOCATION")), {"one"}),
    (prop("VERSION", text("2.0")), {"one", "weekly", "alarm", "task", "undated", "note", "point"}),
    (prop("METHOD"), set()),
    # §7.8.5: an alarm rings in the range.
    (comp("VEVENT", comp("VALARM")), {"alarm"}),
    (comp("VEVENT", comp("VALARM", ABSENT)), {"one", "weekly", "point"}),
    (comp("VEVENT", comp("VALARM", during("20261210T093000Z", "20261210T093001Z"))), {"alarm"}),
    (comp("VEVENT", comp("VALARM", during("20261210T100000Z", "20261210T110000Z"))), set()),
]  # fmt: skip


@pytest.mark.parametrize(("inside", "expected"), CASES)
def test_an_object_that_is_asked_itself_answers_as_in_its_calendar(
    filled: Dav, inside: str, expected: set[str]
) -> None:
    """RFC 4791 §7.8: the address may be that of a calendar object resource."""
    names = ("one", "weekly", "alarm", "task", "undated", "note", "point")
    answered = {name: found(filled, inside, f"{CALENDAR}{name}.ics") for name in names}
    assert answered == {name: {name} & expected for name in names}


def test_an_object_that_vobject_cannot_read_is_asked_itself(dav: Dav) -> None:
    """Lightning's DURATION:PT0S beside DTEND."""
    dav.put(f"{CALENDAR}one.ics", meeting("one", "DURATION:PT0S"))
    assert found(dav, comp("VEVENT", during("01", "02")), f"{CALENDAR}one.ics") == {"one"}
    assert dav.ask("REPORT", f"{CALENDAR}two.ics", ENVELOPE.format(comp("VEVENT"))).status == 404


@pytest.mark.parametrize(("inside", "expected"), CASES)
def test_a_query_finds(filled: Dav, inside: str, expected: set[str]) -> None:
    assert found(filled, inside) == expected


def test_all_conditions_must_hold_for_one_component(dav: Dav) -> None:
    """RFC 4791 §9.7.1: the filters of a comp-filter are of the targeted component; Radicale takes any for each."""
    master = meeting("a", "RRULE:FREQ=WEEKLY", "LOCATION:Berlin")
    other = meeting(
        "a",
        "RECURRENCE-ID:20261208T100000Z",
        "LOCATION:Paris",
        start="20261208T150000Z",
        end="20261208T160000Z",
    )
    inner = other[other.index("BEGIN:VEVENT") : other.index("END:VCALENDAR")]
    dav.put(f"{CALENDAR}a.ics", master.replace("END:VCALENDAR", f"{inner}END:VCALENDAR"))
    paris = prop("LOCATION", text("paris"))
    assert found(dav, comp("VEVENT", during("08", "09") + paris)) == {"a"}
    assert found(dav, comp("VEVENT", during("01", "02") + paris)) == set()
    assert found(dav, comp("VEVENT", during("20261208T093000Z", "20261208T113000Z"))) == set()


def test_an_override_that_was_moved_is_found_where_it_is(dav: Dav) -> None:
    master = meeting("a", "RRULE:FREQ=WEEKLY;COUNT=2")
    other = meeting("a", "RECURRENCE-ID:20261208T100000Z", start="20270301T100000Z", end="20270301T110000Z")
    inner = other[other.index("BEGIN:VEVENT") : other.index("END:VCALENDAR")]
    dav.put(f"{CALENDAR}a.ics", master.replace("END:VCALENDAR", f"{inner}END:VCALENDAR"))
    assert found(dav, comp("VEVENT", during("20270301T000000Z", "20270302T000000Z"))) == {"a"}
    assert found(dav, comp("VEVENT", during("08", "09"))) == set()


@pytest.mark.parametrize(
    ("inside", "precondition"),
    [
        (comp("VEVENT", "<C:text-match>a</C:text-match>"), "valid-filter"),
        (comp("VEVENT", "<C:time-range/>"), "valid-filter"),
        (comp("VEVENT", during("20261201T000000", "02")), "valid-filter"),
        (comp("VEVENT", during("02", "01")), "valid-filter"),
        (comp("VTIMEZONE", during("01", "02")), "supported-filter"),
        (comp("VEVENT", comp("VALARM", comp("X-A", comp("X-B")))), "supported-filter"),
        (comp("VEVENT", prop("SUMMARY", text("a", 'collation="i;klingon"'))), "supported-collation"),
    ],
)
def test_a_filter_that_cannot_be_answered_is_refused_with_its_reason(
    dav: Dav, inside: str, precondition: str
) -> None:
    """RFC 4791 §7.8: CALDAV:valid-filter, supported-filter and supported-collation."""
    answer = dav.ask("REPORT", CALENDAR, ENVELOPE.format(inside))
    assert (answer.status, f"<C:{precondition}" in answer.text) == (403, True), answer.text


# Beside stock Radicale --------------------------------------------------------------------------


def generated(random: Random) -> Iterator[tuple[str, str]]:
    """Give objects as clients write them, around December 2026."""
    base = datetime(2026, 12, 1, tzinfo=UTC)
    for number in range(120):
        start = base + timedelta(hours=random.randrange(-400, 1_000))
        end = start + timedelta(minutes=random.choice((15, 60, 60 * 26)))
        lines = [f"CATEGORIES:{random.choice(('WORK', 'HOME,WORK', 'TRAVEL'))}"]
        lines += random.choice(
            (
                [],
                [],
                ["RRULE:FREQ=WEEKLY"],
                ["RRULE:FREQ=DAILY;COUNT=5"],
                ["RRULE:FREQ=MONTHLY;UNTIL=20270301T000000Z"],
            )
        )
        lines += random.choice(([], ["STATUS:TENTATIVE"], ["STATUS:CANCELLED", "TRANSP:TRANSPARENT"]))
        lines += random.choice(([], ["LOCATION:Room 5"], ["LOCATION:Straße\\, Köln"]))
        lines += random.choice(([], ["ATTENDEE;PARTSTAT=DECLINED;CN=Kim:mailto:kim@example.org"]))
        stamps = {"start": f"{start:%Y%m%dT%H%M%SZ}", "end": f"{end:%Y%m%dT%H%M%SZ}"}
        written = meeting(f"g{number}", *lines, **stamps)
        yield f"g{number}", as_task(written) if number % 6 == 5 else written


def queries(random: Random) -> Iterator[str]:
    """Give filters that mean the same to Radicale as to the RFC."""
    props = [
        "",
        prop("LOCATION"),
        prop("LOCATION", ABSENT),
        prop("LOCATION", text("köln")),
        prop("CATEGORIES", text("work")),
        prop("STATUS", text("CANCELLED", 'negate-condition="yes"')),
        prop("ATTENDEE", f'<C:param-filter name="PARTSTAT">{text("declined")}</C:param-filter>'),
        prop("SUMMARY", text("Planning", 'collation="i;octet"')),
    ]
    for kind in ("VEVENT", "VTODO", "VJOURNAL"):
        yield comp(kind)
        yield comp(kind, ABSENT)
    for _ in range(120):
        start = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(hours=random.randrange(-500, 2_000))
        end = start + timedelta(hours=random.choice((1, 24, 170, 900)))
        stamps = [f"{start:%Y%m%dT%H%M%SZ}", f"{end:%Y%m%dT%H%M%SZ}"]
        stamps[random.randrange(2)] *= random.randrange(5) > 0
        inside = random.choice((during(*stamps), "")) + random.choice(props)
        yield comp(random.choice(("VEVENT", "VEVENT", "VTODO")), inside)


@pytest.fixture
def stock(tmp_path: Path) -> Callable[[Dav], Dav]:
    """Return a way to show a server's files to stock Radicale."""

    def over(dav: Dav) -> Dav:
        configuration = config.load()
        settings: dict[str, dict[str, object]] = {
            "auth": {"type": Auth, "delay": 0},
            "rights": {"type": "owner_only"},
            "storage": {"filesystem_folder": str(dav.folder)},
            "web": {"type": "none"},
        }
        configuration.update(settings, "test", privileged=True)
        other = object.__new__(Dav)
        other.application = Application(configuration)  # type: ignore[assignment]
        return other

    return over


def test_a_query_finds_what_stock_radicale_finds(dav: Dav, stock: Callable[[Dav], Dav]) -> None:
    random = Random(4791)
    for name, written in generated(random):
        assert dav.put(f"{CALENDAR}{name}.ics", written).status == 201
    theirs = stock(dav)
    asked = list(queries(random))
    differing = [inside for inside in asked if found(dav, inside) != found(theirs, inside)]
    assert differing == []
    assert sum(bool(found(dav, inside)) for inside in asked) > len(asked) // 2
