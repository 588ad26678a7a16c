"""What operators type, as values of the domain."""

from datetime import date

import pytest

from server.control import texts
from server.domain.errors import Invalid
from tests.builders import at, override


def test_a_wall_time_is_meant_in_its_zone() -> None:
    assert texts.wall_time("2026-03-02", "14:30", "Asia/Kolkata") == at("2026-03-02 09:00", "UTC")


def test_a_wall_time_that_comes_twice_is_the_first() -> None:
    assert texts.wall_time("2026-10-25", "02:30", "Europe/Berlin") == at("2026-10-25 00:30", "UTC")


def test_a_wall_time_that_clocks_skip_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        texts.wall_time("2026-03-29", "02:30", "Europe/Berlin")
    assert "skipped" in refused.value.fields["time"]


def test_date_time_and_zone_are_refused_together() -> None:
    with pytest.raises(Invalid) as refused:
        texts.wall_time("tomorrow", "noon", "Berlin")
    assert set(refused.value.fields) == {"date", "time", "timezone"}


def test_overrides_are_merged_day_by_day_in_their_order() -> None:
    present = (override("2026-12-24"), override("2026-12-31", "09:00-12:00"))
    given = texts.overrides(["2026-12-31 usual", "2026-12-23 10:00-11:00", "2026-12-24 09:00-10:00"])
    assert texts.merged(present, given) == (
        override("2026-12-23", "10:00-11:00"),
        override("2026-12-24", "09:00-10:00"),
    )


@pytest.mark.parametrize("text", ["2026-12-24", "closed", "2026-12-24 open", "2026-12-24 12:00-09:00", ""])
def test_an_override_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        texts.overrides([text])


def test_a_date_is_written_as_year_month_day() -> None:
    assert texts.a_date(" 2026-12-24 ") == date(2026, 12, 24)
    with pytest.raises(ValueError, match="write it as 2026-12-24"):
        texts.a_date("24.12.2026")


@pytest.mark.parametrize(("text", "names"), [("all", None), ("work, play ,work", ("work", "play")), ("", ())])
def test_calendars_are_named_with_commas(text: str, names: tuple[str, ...] | None) -> None:
    assert texts.calendars(text) == names
