"""Local days in stretches of UTC, checked against the zone itself."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.local_days import DAY_S, local_dates, stretches, weekday

ZONES = [
    "UTC",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/New_York",
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/St_Johns",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Asia/Kathmandu",
]


def day_of(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp()) // DAY_S


def test_a_day_on_which_clocks_change_has_two_stretches() -> None:
    spring = stretches(ZoneInfo("Europe/Berlin"), day_of(2026, 3, 29))
    assert [offset for _, _, offset in spring] == [3600, 7200]
    assert spring[-1][1] - spring[0][0] == 23 * 3600


def test_a_day_that_starts_in_a_gap_starts_when_the_gap_ends() -> None:
    [(start, end, offset)] = stretches(ZoneInfo("Africa/Cairo"), day_of(2026, 4, 24))
    assert datetime.fromtimestamp(start, ZoneInfo("Africa/Cairo")).strftime("%d %H:%M") == "24 01:00"
    assert (end - start, offset) == (23 * 3600, 3 * 3600)


def test_a_day_that_a_zone_skipped_has_no_stretch() -> None:
    assert stretches(ZoneInfo("Pacific/Apia"), day_of(2011, 12, 30)) == ()


def test_the_epoch_was_a_thursday() -> None:
    assert [weekday(day) for day in (0, 1, 4, -3)] == [3, 4, 0, 0]


@pytest.mark.parametrize("name", ZONES)
@given(st.integers(day_of(2010, 1, 1), day_of(2037, 12, 31)))
def test_the_stretches_of_days_follow_one_another_without_gap_or_overlap(name: str, day: int) -> None:
    # Sorted, because days are entangled where clocks went back over midnight, as in Newfoundland until 2011.
    zone = ZoneInfo(name)
    bounds = sorted(
        (start, end) for near in range(day - 3, day + 4) for start, end, _ in stretches(zone, near)
    )
    inner = [pair for pair in pairwise(bounds) if abs(pair[0][1] - day * DAY_S) <= 2 * DAY_S]
    assert inner
    assert all(first[1] == second[0] for first, second in inner)


@pytest.mark.parametrize("name", ZONES)
@given(st.integers(1_262_304_000, 2_145_916_800))
def test_an_instant_is_in_a_stretch_of_the_date_that_its_wall_clock_shows(name: str, at: int) -> None:
    wall = datetime.fromtimestamp(at, ZoneInfo(name))
    day = day_of(wall.year, wall.month, wall.day)
    assert day in local_dates((at, at + 1))
    offset = wall.utcoffset()
    assert offset is not None
    assert [s[2] for s in stretches(ZoneInfo(name), day) if s[0] <= at < s[1]] == [offset.total_seconds()]
