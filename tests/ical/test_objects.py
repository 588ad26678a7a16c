"""Objects are made of the parts of a stream, and streams of objects, without a loss."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.ical.objects import are_same, composed, joined
from server.ical.scan import BadCalendar, Component, Property, escape, scan, serialise
from server.ical.streams import Part, parts

MINE = "Customized Time Zone"
PREFIXED = "/freeassociation.sourceforge.net/Europe/Berlin"


def zone(tzid: str, offset: str = "+0100") -> Component:
    standard = Component(
        "STANDARD",
        (
            Property("DTSTART", "19700101T000000"),
            Property("TZOFFSETFROM", offset),
            Property("TZOFFSETTO", offset),
        ),
    )
    return Component("VTIMEZONE", (Property("TZID", tzid),), (standard,))


def vevent(uid: str, *more: Property, tzid: str = "", start: datetime = datetime(2026, 3, 2, 9)) -> Component:
    params = {"TZID": (tzid,)} if tzid else {}
    written = f"{start:%Y%m%dT%H%M%S}"
    return Component("VEVENT", (Property("UID", escape(uid)), Property("DTSTART", written, params), *more))


def calendar(*components: Component) -> str:
    head = (Property("VERSION", "2.0"), Property("PRODID", "-//x//EN"))
    return serialise(Component("VCALENDAR", head, components))


def read(text: str) -> list[Part]:
    return list(parts(text.encode().splitlines(keepends=True)))


def objects(stream: str) -> dict[str, str]:
    """Return the objects in a stream by UID, as an import makes them."""
    found = read(stream)
    zones = {(part.calendar, part.tzid): part.text for part in found if part.kind == "VTIMEZONE"}
    groups: dict[str, list[Part]] = {}
    for part in found:
        if part.kind != "VTIMEZONE":
            groups.setdefault(part.uid, []).append(part)
    return {uid: composed(group, lambda *key: zones.get(key)) for uid, group in groups.items()}


def stream(texts: Sequence[str], name: str = "") -> str:
    """Return the stream that an export makes of objects."""
    apart: list[str] = []
    unreadable: list[str] = []
    text = "".join(joined(texts, name, apart.append, unreadable.append))
    assert unreadable == []
    return text + "".join(apart)


def zones_in(text: str) -> list[str]:
    return [one.properties[0].value for one in scan(text).children("VTIMEZONE")]


def test_a_series_and_its_exceptions_are_one_object_wherever_they_stand() -> None:
    override = vevent("one", Property("RECURRENCE-ID", "20260309T090000"))
    found = objects(calendar(vevent("one"), vevent("two"), override))
    assert list(found) == ["one", "two"]
    assert len(list(scan(found["one"]).children("VEVENT"))) == 2


def test_an_object_gets_the_zones_that_it_names_and_no_others() -> None:
    text = calendar(zone("Unused"), zone(MINE), vevent("one", tzid=MINE), vevent("two"))
    found = objects(text)
    assert {uid: zones_in(one) for uid, one in found.items()} == {"one": [MINE], "two": []}


def test_a_zone_that_everybody_knows_is_defined_by_us_for_the_years_of_the_object() -> None:
    found = objects(calendar(zone("Europe/Berlin", "+0900"), vevent("one", tzid="Europe/Berlin")))["one"]
    assert zones_in(found) == ["Europe/Berlin"]
    assert "+0900" not in found
    assert len(found) < 1_000


def test_another_name_of_a_known_zone_keeps_the_definition_that_has_this_name() -> None:
    found = objects(calendar(zone(PREFIXED), vevent("one", tzid=PREFIXED)))["one"]
    assert zones_in(found) == [PREFIXED]


def test_parts_that_mean_different_zones_by_one_name_are_no_object() -> None:
    override = vevent("one", Property("RECURRENCE-ID", "20260309T090000"), tzid=MINE)
    text = calendar(zone(MINE), vevent("one", tzid=MINE)) + calendar(zone(MINE, "+1000"), override)
    with pytest.raises(BadCalendar, match="different zones"):
        objects(text)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (calendar(vevent("one", tzid="Europe/Berlin")), True),
        (calendar(zone("Europe/Berlin", "+0900"), vevent("one", tzid="Europe/Berlin")), True),
        (calendar(vevent("one", tzid="Europe/Berlin")).replace("-//x//EN", "-//y//EN"), True),
        (calendar(vevent("one", tzid="Europe/Paris")), False),
        (calendar(vevent("one", Property("SUMMARY", "x"), tzid="Europe/Berlin")), False),
        ("BEGIN:VCALENDAR", False),
    ],
)
def test_objects_are_the_same_when_they_say_the_same(other: str, same: bool) -> None:
    assert are_same(calendar(vevent("one", tzid="Europe/Berlin")), other) is same


def test_a_zone_of_ones_own_is_part_of_what_is_said() -> None:
    one, other = (calendar(zone(MINE, offset), vevent("one", tzid=MINE)) for offset in ("+0100", "+1000"))
    assert are_same(one, one)
    assert not are_same(one, other)


def test_a_stream_defines_each_zone_once_and_says_its_name() -> None:
    texts = [calendar(zone("Europe/Berlin"), vevent(uid, tzid="Europe/Berlin")) for uid in ("one", "two")]
    text = stream(texts, "alice; work")
    assert zones_in(text) == ["Europe/Berlin"]
    assert "X-WR-CALNAME:alice\\; work\r\n" in text


def test_two_zones_of_one_name_stand_in_two_calendars_of_the_stream() -> None:
    texts = [
        calendar(zone(MINE, offset), vevent(offset, tzid=MINE)) for offset in ("+0100", "+1000", "+0100")
    ]
    text = stream(texts)
    assert text.count("BEGIN:VCALENDAR") == 2
    assert [part.uid for part in read(text) if part.calendar == 2 and part.uid] == ["+1000"]


def test_what_is_no_calendar_object_is_left_out_and_told() -> None:
    unreadable: list[str] = []
    text = "".join(joined(["nonsense", calendar(vevent("one"))], "", lambda _: None, unreadable.append))
    assert unreadable == ["nonsense"]
    assert [part.uid for part in read(text)] == ["one"]


words = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=120)
uids = words.map(str.strip).filter(bool)
names = st.sampled_from(["", "Europe/Berlin", "America/New_York", MINE, PREFIXED, "W. Europe Standard Time"])
moments = st.datetimes(datetime(1980, 1, 1), datetime(2036, 12, 31)).map(lambda at: at.replace(microsecond=0))


@st.composite
def calendars(draw: st.DrawFn) -> list[str]:
    """Draw the objects of a calendar, sorted by UID as they are handed out."""
    texts = []
    for uid in sorted(draw(st.sets(uids, max_size=6))):
        name, start = draw(names), draw(moments)
        master = vevent(uid, Property("SUMMARY", escape(draw(words))), tzid=name, start=start)
        overrides = [
            vevent(
                uid,
                Property("RECURRENCE-ID", f"{start + timedelta(days=day):%Y%m%dT%H%M%S}"),
                tzid=name,
                start=start + timedelta(days=day, hours=1),
            )
            for day in range(draw(st.integers(0, 2)))
        ]
        zones = [zone(name, draw(st.sampled_from(["+0100", "+1000"])))] if name else []
        texts.append(calendar(*zones, master, *overrides))
    return texts


@given(calendars())
def test_what_goes_out_and_comes_in_again_says_the_same(texts: list[str]) -> None:
    out = stream(texts)
    back = objects(out)
    by_uid = {next(part.uid for part in read(text) if part.uid): text for text in texts}
    assert back.keys() == by_uid.keys()
    assert [uid for uid, text in by_uid.items() if not are_same(text, back[uid])] == []
    assert stream([back[uid] for uid in by_uid]) == out
