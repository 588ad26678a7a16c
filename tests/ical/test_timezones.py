"""What a TZID means, wall times at a change of the clocks, and VTIMEZONEs that others read right."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.ical.scan import Component, scan
from server.ical.timezones import epoch, vtimezone, zone, zones_of
from server.ical.windows_zones import IANA_OF_WINDOWS

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = sorted(available_timezones() - {"localtime", "Factory"})
TELLING = [
    "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Nuuk", "America/Santiago", "America/Sao_Paulo",
    "Africa/Cairo", "Africa/Casablanca", "Asia/Tokyo", "Asia/Kathmandu", "Australia/Lord_Howe", "Antarctica/Troll",
    "Pacific/Apia", "Pacific/Chatham", "Asia/Gaza", "Asia/Tehran", "UTC",
]  # fmt: skip
HOUR_S = 3600
FROM, UNTIL = datetime(2026, 1, 10, tzinfo=UTC), datetime(2027, 11, 20, tzinfo=UTC)


def calendar(*vtimezones: str) -> Component:
    return scan("\r\n".join(["BEGIN:VCALENDAR", *(text.strip() for text in vtimezones), "END:VCALENDAR"]))


def observed(text: str, tzid: str = "Own") -> tzinfo | None:
    return zones_of(calendar(text))(tzid)


def observance(kind: str, start: str, offsets: str, *more: str) -> str:
    before, after = offsets.split()
    lines = [
        f"BEGIN:{kind}",
        f"DTSTART:{start}",
        f"TZOFFSETFROM:{before}",
        f"TZOFFSETTO:{after}",
        *more,
        f"END:{kind}",
    ]
    return "\r\n".join(lines)


def own(*observances: str, tzid: str = "Own") -> str:
    return "\r\n".join(["BEGIN:VTIMEZONE", f"TZID:{tzid}", *observances, "END:VTIMEZONE"])


# Outlook's way of saying Berlin.
OUTLOOK = own(
    observance("STANDARD", "16011028T030000", "+0200 +0100", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"),
    observance("DAYLIGHT", "16010325T020000", "+0100 +0200", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3"),
)

# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tzid", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ('"Europe/Berlin"', "Europe/Berlin"),
        ("Europe/Berlin  ", "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("w. europe standard time", "Europe/Berlin"),
        ("Eastern Standard Time", "America/New_York"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "Europe/Berlin"),
        ("/mozilla.org/20050126_1/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("/citadel.org/20190914_1/UTC", "UTC"),
        ("tzone://Microsoft/Utc", "UTC"),
        ("Z", "UTC"),
    ],
)
def test_a_zone_is_known_by_the_names_clients_write(tzid: str, name: str) -> None:
    assert zone(tzid) is ZoneInfo(name)


@pytest.mark.parametrize(
    "tzid",
    ["", "Customized Time Zone", "../../etc/passwd", "/etc/localtime", "localtime", "Factory", "Europe", "Europe/",
     "x" * 300, "Europe/Berlin\x00", "GMT+25:00", "/", "//"],
)  # fmt: skip
def test_a_name_that_means_no_zone_everywhere_is_unknown(tzid: str) -> None:
    assert zone(tzid) is None


def test_an_offset_for_a_name_is_east_of_greenwich_as_it_reads() -> None:
    assert zone("GMT+02:00") == timezone(timedelta(hours=2))
    assert zone("UTC-0330") == timezone(-timedelta(hours=3, minutes=30))


def test_every_windows_name_means_a_zone_that_exists() -> None:
    assert [name for name in IANA_OF_WINDOWS if zone(name) is None] == []


# --- one meaning per calendar object ----------------------------------------------------------------------------------


def test_a_known_name_means_its_zone_whatever_definition_stands_beside_it() -> None:
    lying = own(observance("STANDARD", "19700101T000000", "+1000 +1000"), tzid="Europe/Berlin")
    assert observed(lying, "Europe/Berlin") is BERLIN


def test_two_peoples_definitions_of_one_name_never_meet() -> None:
    ten = own(observance("STANDARD", "19700101T000000", "+1000 +1000"), tzid="Customized Time Zone")
    minus_five = own(observance("STANDARD", "19700101T000000", "-0500 -0500"), tzid="Customized Time Zone")
    nine = datetime(2026, 6, 1, 9)
    found = [observed(text, "Customized Time Zone") for text in (ten, minus_five, ten)]
    offsets = [nine.replace(tzinfo=each).utcoffset() for each in found]
    assert offsets == [timedelta(hours=10), timedelta(hours=-5), timedelta(hours=10)]
    assert zone("Customized Time Zone") is None


def test_a_name_without_definition_is_unknown_for_its_object() -> None:
    assert observed(own(observance("STANDARD", "19700101T000000", "+1000 +1000"), tzid="Other")) is None


def test_a_definition_that_says_nothing_may_still_name_its_place() -> None:
    assert observed("BEGIN:VTIMEZONE\r\nTZID:Own\r\nX-LIC-LOCATION:Europe/Berlin\r\nEND:VTIMEZONE") is BERLIN


@settings(max_examples=300)
@given(st.datetimes(datetime(1997, 1, 1), datetime(2090, 1, 1)), st.integers(0, 1))
def test_a_definition_by_rules_means_what_the_zone_means(naive: datetime, fold: int) -> None:
    read = observed(OUTLOOK)
    assert (
        naive.replace(tzinfo=read, fold=fold).utcoffset()
        == naive.replace(tzinfo=BERLIN, fold=fold).utcoffset()
    )
    instant = naive.replace(tzinfo=UTC)
    theirs, ours = instant.astimezone(BERLIN), instant.astimezone(read)
    assert (ours.replace(tzinfo=None), ours.fold) == (theirs.replace(tzinfo=None), theirs.fold)


@pytest.mark.parametrize(
    "naive",
    ["2026-03-29T02:30", "2026-10-25T02:30", "2026-03-29T02:00", "2026-03-29T03:00", "2026-10-25T03:00"],
)
def test_the_change_itself_is_read_as_the_zone_reads_it(naive: str) -> None:
    read = observed(OUTLOOK)
    assert read is not None
    at = datetime.fromisoformat(naive)
    assert epoch(at, read) == epoch(at, BERLIN)


def test_a_definition_by_dates_holds_after_the_last_one() -> None:
    """RFC 5545 §3.6.5: the observance with the onset that was last before the time is in force."""
    read = observed(
        own(
            observance("STANDARD", "20200101T000000", "+0300 +0300"),
            observance("DAYLIGHT", "20240401T000000", "+0300 +0400", "RDATE:20250401T000000,20260401T000000"),
            observance("STANDARD", "20241001T000000", "+0400 +0300", "RDATE:20251001T000000"),
        )
    )
    offsets = [
        datetime(year, month, 1).replace(tzinfo=read).utcoffset()
        for year, month in [(2019, 1), (2024, 7), (2024, 12), (2026, 1), (2026, 7), (2040, 1)]
    ]
    assert [offset.seconds // HOUR_S if offset else None for offset in offsets] == [3, 4, 3, 3, 4, 4]


def test_a_rule_that_ended_holds_its_last_change() -> None:
    read = observed(
        own(
            observance(
                "DAYLIGHT",
                "19700405T020000",
                "-0500 -0400",
                "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z",
            ),
            observance(
                "DAYLIGHT", "20070311T020000", "-0500 -0400", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU;COUNT=2"
            ),
            observance(
                "STANDARD",
                "19701025T020000",
                "-0400 -0500",
                "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z",
            ),
            observance(
                "STANDARD", "20071104T020000", "-0400 -0500", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU;COUNT=2"
            ),
        )
    )
    new_york = ZoneInfo("America/New_York")
    for naive in (datetime(2006, 4, 3), datetime(2006, 10, 28), datetime(2007, 3, 12), datetime(2008, 12, 1)):
        assert naive.replace(tzinfo=read).utcoffset() == naive.replace(tzinfo=new_york).utcoffset()
    assert datetime(2030, 7, 1).replace(tzinfo=read).utcoffset() == timedelta(hours=-5)


UNREADABLE = {
    "no observance": [],
    "no properties": ["BEGIN:STANDARD\r\nEND:STANDARD"],
    "no onset": [observance("STANDARD", "never", "+0100 +0100")],
    "no offset": [observance("STANDARD", "19700101T000000", "+0100 noon")],
    "an offset of days": [observance("STANDARD", "19700101T000000", "+0100 +9900")],
    "a change every second": [
        observance("STANDARD", "19700101T000000", "+0100 +0200", "RRULE:FREQ=SECONDLY")
    ],
    "a rule of hours": [
        observance("STANDARD", "19700101T000000", "+0100 +0200", "RRULE:FREQ=YEARLY;BYHOUR=1,2,3")
    ],
    "too many onsets": [
        observance("STANDARD", "19700101T000000", "+0100 +0200", "RDATE:" + "20200101T000000," * 6000)
    ],
    "too many rules": [observance("STANDARD", "19700101T000000", "+0100 +0200", *["RRULE:FREQ=YEARLY"] * 61)],
    "too many observances": [observance("STANDARD", "19700101T000000", "+0100 +0200")] * 401,
}


@pytest.mark.parametrize("observances", UNREADABLE.values(), ids=UNREADABLE)
def test_a_definition_that_cannot_be_read_in_bounded_work_is_unknown(observances: list[str]) -> None:
    assert observed(own(*observances)) is None


# --- instants ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("naive", "utc"),
    [
        ("2026-03-29T02:30", "2026-03-29T01:30"),  # skipped: the offset before the change
        ("2026-10-25T02:30", "2026-10-25T00:30"),  # twice: the first
        ("2026-06-01T10:00", "2026-06-01T08:00"),
    ],
)
def test_a_wall_time_that_is_skipped_or_comes_twice_is_an_instant(naive: str, utc: str) -> None:
    """RFC 5545 §3.3.5."""
    instant = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert epoch(datetime.fromisoformat(naive), BERLIN) == instant.timestamp()


@given(
    st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)).map(lambda at: at.replace(microsecond=0)),
    st.sampled_from(ZONES),
)
def test_every_wall_time_is_an_instant_in_every_zone(naive: datetime, name: str) -> None:
    known = ZoneInfo(name)
    assert epoch(naive, known) == int(naive.replace(tzinfo=known).timestamp())


# --- VTIMEZONE for others ---------------------------------------------------------------------------------------------


def disagreements(text: str, name: str, start: datetime, end: datetime) -> list[datetime]:
    """Return the hours of the span that the text, under a name nobody knows, has another offset for than the zone."""
    renamed = text.replace(f"TZID:{name}", "TZID:Own")
    read, known = observed(renamed), ZoneInfo(name)
    hours = int((end - start).total_seconds()) // 3600
    instants = (start + timedelta(hours=hour) for hour in range(hours))
    return [at for at in instants if at.astimezone(read).utcoffset() != at.astimezone(known).utcoffset()]


@pytest.mark.parametrize("name", TELLING)
def test_a_written_definition_agrees_with_the_zone_in_every_hour_of_its_span(name: str) -> None:
    assert disagreements(vtimezone(name, FROM, UNTIL), name, FROM, UNTIL) == []


def test_every_zone_there_is_has_a_definition() -> None:
    noons = [datetime(2026, month, 15, 12, tzinfo=UTC) for month in range(1, 13)]
    for name in ZONES[::7]:
        read = observed(vtimezone(name, FROM, FROM).replace(f"TZID:{name}", "TZID:Own"))
        assert [at.astimezone(read).utcoffset() for at in noons] == [
            at.astimezone(ZoneInfo(name)).utcoffset() for at in noons
        ], name


@pytest.mark.parametrize(
    "name", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]
)
def test_icalendar_reads_a_written_definition_the_same(name: str) -> None:
    text = vtimezone(name, FROM, FROM).replace(f"TZID:{name}", "TZID:Daybook-Test-" + name.replace("/", "-"))
    read = icalendar.Timezone.from_ical(text).to_tz(lookup_tzid=False)  # type: ignore[attr-defined]
    for day in range(0, 365, 3):
        naive = datetime(2026, 1, 1, 12) + timedelta(days=day)
        assert naive.replace(tzinfo=read).utcoffset() == naive.replace(tzinfo=ZoneInfo(name)).utcoffset(), (
            naive
        )


def test_outlook_gets_a_rule_where_one_is_true() -> None:
    text = vtimezone("Europe/Berlin", FROM, UNTIL)
    assert "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n" in text
    assert "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n" in text
    # RFC 5545 §3.6.5: the onset is the wall time before the change: 02:00, not 03:00.
    assert "BEGIN:DAYLIGHT\r\nDTSTART:20250330T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200" in text
    assert "X-LIC-LOCATION:Europe/Berlin\r\n" in text


@pytest.mark.parametrize("name", ["Africa/Casablanca", "Africa/Cairo", "America/Nuuk"])
def test_where_no_rule_that_ical_js_reads_is_true_each_change_stands_alone(name: str) -> None:
    text = vtimezone(name, FROM, FROM)
    assert "RRULE" not in text
    assert "RDATE" not in text
    assert len(text) < 900


def test_a_zone_that_is_not_known_has_no_definition_to_write() -> None:
    with pytest.raises(ValueError, match="Nowhere"):
        vtimezone("Nowhere", FROM, UNTIL)
