"""Caps and the periods that they count in."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.away import Away, upcoming
from server.domain.intervals import Span
from server.domain.limits import CAP_MAX, EVER, NO_CAPS, Caps, Period, fault, parse_caps, periods, quotas
from tests.builders import BERLIN, epoch, span

ZONES = [
    "Europe/Berlin",
    "America/St_Johns",
    "Pacific/Apia",
    "Africa/Cairo",
    "Asia/Kolkata",
    "America/Santiago",
]
CALENDAR = [Period.DAY, Period.WEEK, Period.MONTH, Period.YEAR]


def bounds(period: Period, day: str, zone: str = BERLIN) -> tuple[str, str]:
    """Return the first and the last day of the period that a day is in."""
    (found,) = periods(period, ZoneInfo(zone), span("12:00-12:01", day, zone))
    first, last = (datetime.fromtimestamp(at, ZoneInfo(zone)) for at in (found[0], found[1] - 1))
    return str(first.date()), str(last.date())


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.DAY, "2026-03-01", "2026-03-01"),
        (Period.WEEK, "2026-02-23", "2026-03-01"),
        (Period.MONTH, "2026-03-01", "2026-03-31"),
        (Period.YEAR, "2026-01-01", "2026-12-31"),
    ],
)
def test_a_sunday_is_the_last_day_of_its_week(period: Period, first: str, last: str) -> None:
    assert bounds(period, "2026-03-01") == (first, last)


def test_the_last_day_of_a_month_and_year_are_in_it() -> None:
    assert bounds(Period.MONTH, "2026-12-31") == ("2026-12-01", "2026-12-31")
    assert bounds(Period.MONTH, "2028-02-29") == ("2028-02-01", "2028-02-29")
    assert bounds(Period.YEAR, "2026-12-31") == ("2026-01-01", "2026-12-31")


def test_a_day_of_a_clock_change_has_as_many_hours_as_it_has() -> None:
    (short,) = periods(Period.DAY, ZoneInfo(BERLIN), span("12:00-12:01", "2026-03-29"))
    assert short[1] - short[0] == 23 * 3600


def test_a_day_that_a_zone_skipped_is_no_day() -> None:
    """Samoa went from 29 to 31 December 2011."""
    zone = ZoneInfo("Pacific/Apia")
    around = (epoch("2011-12-29 12:00", "Pacific/Apia"), epoch("2011-12-31 12:00", "Pacific/Apia"))
    found = list(periods(Period.DAY, zone, around))
    assert len(found) == 2
    assert found[0][1] == found[1][0]


def test_a_clock_that_goes_back_over_midnight_begins_the_day_once() -> None:
    """In St. John's clocks went from 00:01 back to 23:01 in 2006."""
    zone = ZoneInfo("America/St_Johns")
    change = int(datetime(2006, 10, 29, 2, 31, tzinfo=UTC).timestamp())
    found = list(periods(Period.DAY, zone, (change - 90, change + 30)))
    assert [end - start for start, end in found] == [24 * 3600, 25 * 3600]
    assert list(periods(Period.DAY, zone, (change + 60, change + 61))) == [found[1]]


@given(
    st.sampled_from(CALENDAR),
    st.sampled_from(ZONES),
    st.integers(1_000_000_000, 2_000_000_000),
    st.integers(1, 90 * 86_400),
)
def test_periods_follow_one_another_and_cover_what_is_asked(
    period: Period, zone: str, start: int, length: int
) -> None:
    found = list(periods(period, ZoneInfo(zone), (start, start + length)))
    assert found[0][0] <= start < found[0][1]
    assert found[-1][0] < start + length <= found[-1][1]
    assert all(one[1] == other[0] for one, other in pairwise(found))


@given(st.sampled_from(CALENDAR), st.sampled_from(ZONES), st.integers(1_000_000_000, 2_000_000_000))
def test_every_instant_of_a_period_is_in_that_period(period: Period, zone: str, at: int) -> None:
    (found,) = periods(period, ZoneInfo(zone), (at, at + 1))
    for other in (found[0], (found[0] + found[1]) // 2, found[1] - 1):
        assert list(periods(period, ZoneInfo(zone), (other, other + 1))) == [found]


def test_only_what_is_capped_has_quotas() -> None:
    week: Span = span("00:00-24:00")
    zone = ZoneInfo(BERLIN)
    assert list(quotas(NO_CAPS, zone, week)) == []
    assert list(quotas(Caps(per_day=2), zone, (5, 5))) == []
    found = quotas(Caps(per_day=2, total=9), zone, week)
    assert [(one.period, one.span, one.most) for one in found] == [
        (Period.DAY, week, 2),
        (Period.TOTAL, EVER, 9),
    ]


@given(
    st.builds(
        Caps, **{name: st.none() | st.integers(1, CAP_MAX) for name in ("per_day", "per_year", "total")}
    )
)
def test_what_is_written_is_read_as_the_same_caps(caps: Caps) -> None:
    assert parse_caps(str(caps) or "none") == caps


@pytest.mark.parametrize("caps", [Caps(per_day=0), Caps(total=-1), Caps(per_week=CAP_MAX + 1)])
def test_caps_that_let_nobody_book_are_refused(caps: Caps) -> None:
    assert fault(caps) is not None
    assert fault(Caps(per_day=1, total=CAP_MAX)) is None


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9))), st.integers(0, 60))
def test_what_is_over_is_dropped_and_the_rest_stands_in_order(
    ranges: list[tuple[int, int]], now: int
) -> None:
    start = date(2026, 3, 2)
    made = [
        Away(first=start + timedelta(days=at), last=start + timedelta(days=at + length))
        for at, length in ranges
    ]
    today = start + timedelta(days=now)
    found = upcoming(made, today)
    assert sorted(found, key=lambda one: one.dates) == list(found)
    assert len(found) == sum(at + length >= now for at, length in ranges)
