"""Local days, weeks and clock changes."""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from server.web.guest.picker.days import by_day, instants, month_of, offset_changes, week_of
from tests.builders import epoch

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-02", 24),
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("America/Havana", "2026-03-08", 23),
        ("Pacific/Apia", "2011-12-30", 0),
    ],
)
def test_a_day_is_as_long_as_its_clocks_make_it(zone: str, day: str, hours: float) -> None:
    start, end = instants(date.fromisoformat(day), date.fromisoformat(day), ZoneInfo(zone))
    assert end - start == hours * 3600


def test_days_follow_one_another_without_a_gap() -> None:
    for zone in (BERLIN, ZoneInfo("America/Havana"), ZoneInfo("Asia/Beirut")):
        days = [date(2026, 1, 1) + timedelta(days=at) for at in range(365)]
        spans = [instants(day, day, zone) for day in days]
        assert all(before[1] == after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize(
    ("day", "first_weekday", "first"),
    [
        ("2026-03-04", 0, "2026-03-02"),
        ("2026-03-04", 6, "2026-03-01"),
        ("2026-03-01", 6, "2026-03-01"),
        ("2026-03-01", 0, "2026-02-23"),
    ],
)
def test_a_week_begins_where_the_reader_says(day: str, first_weekday: int, first: str) -> None:
    week = week_of(date.fromisoformat(day), first_weekday)
    assert week == (date.fromisoformat(first), date.fromisoformat(first) + timedelta(days=6))


@pytest.mark.parametrize(
    ("day", "last"), [("2026-02-10", 28), ("2028-02-29", 29), ("2026-12-31", 31), ("2026-04-01", 30)]
)
def test_a_month_ends_with_its_last_day(day: str, last: int) -> None:
    first, end = month_of(date.fromisoformat(day))
    assert (first.day, end.day) == (1, last)


def test_starts_stand_under_the_date_that_the_guests_clock_shows() -> None:
    late = epoch("2026-03-02 23:30")
    assert list(by_day([late], BERLIN)) == [date(2026, 3, 2)]
    assert list(by_day([late], ZoneInfo("Asia/Kolkata"))) == [date(2026, 3, 3)]


def test_the_instant_at_which_clocks_change_is_found() -> None:
    (change,) = offset_changes(date(2026, 3, 23), date(2026, 3, 29), BERLIN)
    assert change.isoformat() == "2026-03-29T03:00:00+02:00"
    assert offset_changes(date(2026, 3, 30), date(2026, 4, 5), BERLIN) == []
    assert offset_changes(date(2026, 3, 1), date(2026, 3, 31), ZoneInfo("UTC")) == []
