"""Hours as people write them, and the instants they mean in zones that change their clocks."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.hours import (
    ALWAYS,
    DAY_MIN,
    HOURS_TEXT_MAX,
    NEVER,
    WINDOWS_A_DAY_MAX,
    DateOverride,
    Hours,
    HoursError,
    Window,
    format_hours,
    format_windows,
    open_spans,
    parse_hours,
    parse_windows,
)
from server.domain.intervals import Span, merge

BERLIN = ZoneInfo("Europe/Berlin")

CLOCK_CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Africa/Cairo", date(2026, 10, 29)),
    ("Pacific/Apia", date(2011, 12, 30)),
]


@st.composite
def day_windows(draw: st.DrawFn) -> tuple[Window, ...]:
    bounds = draw(st.lists(st.integers(0, 96), max_size=6, unique=True))
    bounds = sorted(bounds)[: len(bounds) // 2 * 2]
    return tuple(Window(a * 15, b * 15) for a, b in zip(bounds[::2], bounds[1::2], strict=True))


HOURS = st.builds(Hours, st.tuples(*[day_windows()] * 7))


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp())


def day_span(day: date, zone: ZoneInfo = BERLIN, days: int = 1) -> Span:
    return at(f"{day}T00:00", zone), at(f"{day + timedelta(days=days)}T00:00", zone)


@given(HOURS)
def test_hours_survive_being_written_and_read(hours: Hours) -> None:
    assert parse_hours(format_hours(hours)) == hours


@given(day_windows())
def test_the_windows_of_a_day_survive_being_written_and_read(windows: tuple[Window, ...]) -> None:
    assert parse_windows(format_windows(windows)) == windows


def test_a_week_is_written_as_people_write_it() -> None:
    text = "mon-fri 09:00-12:00,13:00-17:00; sat 10:00-12:00"
    assert format_hours(parse_hours(text)) == text


@pytest.mark.parametrize(
    ("loose", "strict"),
    [
        ("  MON - FRI   9:00 - 12:00 , 13:00-17:00 ;", "mon-fri 09:00-12:00,13:00-17:00"),
        ("fri-mon 09:00-10:00", "mon,fri-sun 09:00-10:00"),
        ("wed,mon 13:00-14:00,09:00-10:00", "mon,wed 09:00-10:00,13:00-14:00"),
        ("sat 22:00-24:00", "sat 22:00-24:00"),
        ("mon–fri 09:00–17:00", "mon-fri 09:00-17:00"),
        ("mon-sun 00:00-24:00", "always"),
        ("Never", "never"),
    ],
)
def test_hours_are_read_however_they_are_spaced_and_ordered(loose: str, strict: str) -> None:
    assert format_hours(parse_hours(loose)) == strict


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "hours are missing"),
        (" ; ", "hours are missing"),
        ("mon-fri", "“mon-fri” lacks days or times"),
        ("mon-fry 09:00-17:00", "“fry” in “mon-fry 09:00-17:00” is no day"),
        ("always 09:00-17:00", "“always” in"),
        ("mon 09:00", "“09:00” is no window"),
        ("mon 09:00-12:00,", "“” is no window"),
        ("mon 09:00-25:00", "“25:00” is no time"),
        ("mon 09:00-24:01", "“24:01” is no time"),
        ("mon 9-17", "“9” is no time"),
        ("mon 09:60-10:00", "“09:60” is no time"),
        ("mon ٠٩:00-10:00", "“٠٩:00” is no time"),
        ("mon 17:00-09:00", "“17:00-09:00” must end after it starts"),
        ("mon 09:00-09:00", "must end after it starts"),
        ("mon 09:00-12:00,11:00-13:00", "09:00-12:00 overlaps 11:00-13:00"),
        ("mon-fri 09:00-12:00; wed 13:00-15:00", "wed is named twice, again in “wed 13:00-15:00”"),
        ("mon,sat-tue 09:00-12:00", "mon is named twice"),
        ("mon 09:00-10:00" + " " * HOURS_TEXT_MAX, "at most 8000 characters"),
        ("mon " + ",".join(["09:00-10:00"] * (WINDOWS_A_DAY_MAX + 1)), "at most 48 windows"),
    ],
)
def test_hours_that_cannot_be_read_say_what_is_wrong_and_where(text: str, complaint: str) -> None:
    with pytest.raises(HoursError) as raised:
        parse_hours(text)
    assert complaint in str(raised.value)


def test_the_complaint_about_hours_can_be_translated_before_it_is_filled() -> None:
    with pytest.raises(HoursError) as raised:
        parse_hours("mon 09:00-25:00")
    assert raised.value.template % raised.value.values == str(raised.value)
    assert "25:00" not in raised.value.template


@pytest.mark.parametrize("bounds", [(-1, 60), (60, 60), (120, 60), (0, 1441)])
def test_a_window_lies_within_one_day(bounds: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="within one day"):
        Window(*bounds)


@pytest.mark.parametrize("windows", [(Window(60, 120), Window(0, 30)), (Window(0, 60), Window(30, 90))])
def test_windows_of_a_day_are_sorted_and_disjoint(windows: tuple[Window, ...]) -> None:
    with pytest.raises(ValueError, match="sorted and disjoint"):
        Hours((windows, *NEVER.days[1:]))
    with pytest.raises(ValueError, match="sorted and disjoint"):
        DateOverride(date(2026, 1, 1), windows)


def test_the_fullest_week_that_can_be_made_can_be_written_and_read() -> None:
    days = [tuple(Window(at + day, at + day + 1) for at in range(0, 48 * 20, 20)) for day in range(7)]
    hours = Hours(tuple(days))
    assert parse_hours(format_hours(hours)) == hours
    with pytest.raises(ValueError, match="at most 48 windows"):
        DateOverride(date(2026, 1, 1), (*days[0], Window(1000, 1001)))


def test_hours_have_seven_days() -> None:
    with pytest.raises(ValueError, match="seven days, not 6"):
        Hours(NEVER.days[1:])


def test_windows_open_at_their_wall_time_before_and_after_a_clock_change() -> None:
    """S1.5: the week around the change of 2026-03-29 keeps 09:00 at 09:00."""
    found = open_spans(parse_hours("sat-mon 09:00-12:00"), (), BERLIN, day_span(date(2026, 3, 28), days=3))
    assert found == [
        (at("2026-03-28T09:00"), at("2026-03-28T12:00")),
        (at("2026-03-29T09:00"), at("2026-03-29T12:00")),
        (at("2026-03-30T09:00"), at("2026-03-30T12:00")),
    ]
    assert found[1][0] - found[0][0] == 23 * 3600


def test_an_override_replaces_the_hours_of_its_day_only() -> None:
    overrides = (
        DateOverride(date(2026, 1, 6), parse_windows("10:00-11:00")),
        DateOverride(date(2026, 1, 7), ()),
    )
    found = open_spans(
        parse_hours("mon-fri 09:00-17:00"), overrides, BERLIN, day_span(date(2026, 1, 5), days=4)
    )
    assert found == [
        (at("2026-01-05T09:00"), at("2026-01-05T17:00")),
        (at("2026-01-06T10:00"), at("2026-01-06T11:00")),
        (at("2026-01-08T09:00"), at("2026-01-08T17:00")),
    ]


def test_of_two_overrides_for_one_day_the_last_counts() -> None:
    overrides = (
        DateOverride(date(2026, 1, 6), parse_windows("10:00-11:00")),
        DateOverride(date(2026, 1, 6), ()),
    )
    assert open_spans(ALWAYS, overrides, BERLIN, day_span(date(2026, 1, 6))) == []


def test_windows_that_touch_are_one_span_within_a_day_and_two_at_midnight() -> None:
    found = open_spans(
        parse_hours("mon 09:00-12:00,12:00-17:00,23:00-24:00; tue 00:00-01:00"),
        (),
        BERLIN,
        day_span(date(2026, 1, 5), days=2),
    )
    assert found == [
        (at("2026-01-05T09:00"), at("2026-01-05T17:00")),
        (at("2026-01-05T23:00"), at("2026-01-06T00:00")),
        (at("2026-01-06T00:00"), at("2026-01-06T01:00")),
    ]


def test_a_window_in_the_gap_of_a_clock_change_does_not_exist() -> None:
    assert open_spans(parse_hours("sun 02:15-02:45"), (), BERLIN, day_span(date(2026, 3, 29))) == []


def test_a_window_that_reaches_into_the_gap_ends_where_the_gap_starts() -> None:
    found = open_spans(parse_hours("sun 01:00-02:30"), (), BERLIN, day_span(date(2026, 3, 29)))
    assert found == [(at("2026-03-29T01:00"), at("2026-03-29T03:00"))]


def test_a_window_in_the_repeated_hour_is_met_twice() -> None:
    found = open_spans(parse_hours("sun 02:15-02:45"), (), BERLIN, day_span(date(2026, 10, 25)))
    assert found == [
        (at("2026-10-25T02:15"), at("2026-10-25T02:45")),
        (at("2026-10-25T02:15", fold=1), at("2026-10-25T02:45", fold=1)),
    ]


def test_a_window_over_the_repeated_hour_is_one_longer_span() -> None:
    [(start, end)] = open_spans(parse_hours("sun 01:00-04:00"), (), BERLIN, day_span(date(2026, 10, 25)))
    assert end - start == 4 * 3600


def test_a_date_that_the_zone_skipped_has_no_open_time() -> None:
    apia = ZoneInfo("Pacific/Apia")
    only_friday = parse_hours("fri 00:00-24:00")
    assert (
        open_spans(only_friday, (), apia, (at("2011-12-29T00:00", apia), at("2012-01-01T00:00", apia))) == []
    )


def test_an_empty_span_has_no_open_time() -> None:
    assert open_spans(ALWAYS, (), BERLIN, (at("2026-01-05T09:00"), at("2026-01-05T09:00"))) == []


@pytest.mark.parametrize("start", [-(10**12), -62_135_596_800, 253_402_300_799, 10**12])
def test_a_span_beyond_all_calendars_has_no_open_time(start: int) -> None:
    assert open_spans(ALWAYS, (), BERLIN, (start, start + 86_400)) == []


def test_never_is_never_open_but_for_an_override() -> None:
    special = DateOverride(date(2026, 1, 6), parse_windows("10:00-11:00"))
    assert open_spans(NEVER, (special,), BERLIN, day_span(date(2026, 1, 1), days=31)) == [
        (at("2026-01-06T10:00"), at("2026-01-06T11:00"))
    ]


@pytest.mark.parametrize(("name", "change"), CLOCK_CHANGES)
@given(hours=HOURS)
def test_open_time_is_what_a_wall_clock_shows_within_the_windows(
    name: str, change: date, hours: Hours
) -> None:
    zone = ZoneInfo(name)
    start = int(datetime(change.year, change.month, change.day, tzinfo=UTC).timestamp()) - 36 * 3600
    span = (start, start + 4 * 86_400)
    found = open_spans(hours, (), zone, span)
    quarters = [at for at in range(*span, 900) if any(a <= at < b for a, b in found)]
    assert quarters == [
        at for at in range(*span, 900) if _shows_open(hours, datetime.fromtimestamp(at, zone))
    ]


def _shows_open(hours: Hours, wall: datetime) -> bool:
    minute = wall.hour * 60 + wall.minute
    return any(w.start_min <= minute < w.end_min for w in hours.days[wall.weekday()])


@pytest.mark.parametrize(("name", "change"), CLOCK_CHANGES)
@given(hours=HOURS, offset=st.integers(-200, 200), length=st.integers(1, 300))
def test_what_is_open_does_not_depend_on_which_span_is_asked_for(
    name: str, change: date, hours: Hours, offset: int, length: int
) -> None:
    zone = ZoneInfo(name)
    middle = int(datetime(change.year, change.month, change.day, tzinfo=UTC).timestamp())
    start = middle + offset * 900
    asked = (start, start + length * 900)
    everything = open_spans(hours, (), zone, (asked[0] - 7 * 86_400, asked[1] + 7 * 86_400))
    assert open_spans(hours, (), zone, asked) == [
        s for s in everything if s[0] < asked[1] and s[1] > asked[0]
    ]


@given(hours=HOURS, first=st.integers(-3, 10), length=st.integers(0, 9))
def test_days_in_a_closed_range_are_closed_and_the_others_as_ever(
    hours: Hours, first: int, length: int
) -> None:
    start = date(2026, 3, 25)
    closed = (start + timedelta(days=first), start + timedelta(days=first + length))
    special = [DateOverride(start, (Window(0, DAY_MIN),)), DateOverride(closed[0], (Window(0, 60),))]
    asked = (at("2026-03-25 00:00"), at("2026-04-05 00:00"))
    before = open_spans(hours, special, BERLIN, asked)
    after = open_spans(hours, special, BERLIN, asked, closed=[closed])
    assert after == [
        one for one in before if not closed[0] <= datetime.fromtimestamp(one[0], BERLIN).date() <= closed[1]
    ]


def test_the_last_of_two_overrides_and_those_far_away_make_no_difference_to_other_days() -> None:
    asked = (at("2026-03-25 00:00"), at("2026-03-26 00:00"))
    day = date(2026, 3, 25)
    overrides = [
        DateOverride(day, ()),
        DateOverride(day, (Window(600, 660),)),
        DateOverride(date(2030, 1, 1), ()),
    ]
    found = open_spans(NEVER, overrides, BERLIN, asked)
    assert found == [(at("2026-03-25 10:00"), at("2026-03-25 11:00"))]


@given(hours=HOURS)
def test_open_spans_are_sorted_disjoint_and_never_end_before_they_start(hours: Hours) -> None:
    found = open_spans(hours, (), ZoneInfo("Australia/Lord_Howe"), (1_774_000_000, 1_776_500_000))
    assert all(start < end for start, end in found)
    assert all(first[1] <= second[0] for first, second in pairwise(found))
    assert sum(end - start for start, end in found) == sum(end - start for start, end in merge(found))
