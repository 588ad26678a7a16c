"""A series: when its meetings are, what became of them, and which series can be booked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest
from dateutil.rrule import MONTHLY, WEEKLY, YEARLY, rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain import series as all_series
from server.domain.booking import Status
from server.domain.series import (
    OCCURRENCES_MAX,
    Deviation,
    Frequency,
    OccurrenceStatus,
    Recurrence,
    Series,
    SeriesRules,
    faults,
    is_told_once,
    originals,
    parse_rules,
)
from server.domain.zones import zone_of
from tests.builders import BERLIN, at, booking

FREQUENCIES: Mapping[Frequency, Literal[0, 1, 2]] = {
    Frequency.WEEKLY: WEEKLY,
    Frequency.MONTHLY: MONTHLY,
    Frequency.YEARLY: YEARLY,
}
TWELVE = Recurrence(frequency=Frequency.WEEKLY, count=12)


def wall(instant: datetime) -> str:
    return instant.astimezone(zone_of(BERLIN)).strftime("%Y-%m-%d %H:%M")


def test_a_series_keeps_its_hour_on_the_hosts_wall_over_both_clock_changes() -> None:
    rule = Recurrence(frequency=Frequency.WEEKLY, interval=4, count=12)
    found = originals(rule, at("2026-03-02 09:00"), BERLIN)
    assert {wall(one)[11:] for one in found} == {"09:00"}
    assert len({one.utctimetuple().tm_hour for one in found}) == 2


@given(
    st.sampled_from(Frequency),
    st.integers(1, 12),
    st.integers(1, OCCURRENCES_MAX),
    st.integers(0, 3287 * 1440).map(
        lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    ),
)
@settings(max_examples=60, deadline=None)
def test_days_are_those_that_rfc_5545_counts(
    frequency: Frequency, interval: int, count: int, start: datetime
) -> None:
    """S3.30"""
    rule = Recurrence(frequency=frequency, interval=interval, count=count)
    expected = rrule(FREQUENCIES[frequency], dtstart=start, interval=interval, count=count)
    found = originals(rule, start, "UTC")
    assert found == list(expected)[: len(found)]
    assert len(found) == count or found[-1].year > 2035


def test_months_without_the_day_are_left_out() -> None:
    rule = Recurrence(frequency=Frequency.MONTHLY, count=4)
    days = [wall(one)[:10] for one in originals(rule, at("2026-01-31 09:00"), BERLIN)]
    assert days == ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]


def test_a_series_has_its_last_day_in_the_zone_of_its_host() -> None:
    rule = Recurrence(frequency=Frequency.WEEKLY, until=date(2026, 3, 16))
    assert len(originals(rule, at("2026-03-02 23:30"), BERLIN)) == 3


def test_a_time_that_the_clocks_skip_is_an_hour_later_on_that_day_alone() -> None:
    rule = Recurrence(frequency=Frequency.WEEKLY, count=3)
    found = originals(rule, at("2026-03-22 02:30"), BERLIN)
    assert [wall(one) for one in found] == ["2026-03-22 02:30", "2026-03-29 03:30", "2026-04-05 02:30"]


def test_no_series_begins_with_a_time_that_comes_twice() -> None:
    first = at("2026-10-25 02:30")
    assert not is_told_once(first, BERLIN)
    assert not is_told_once(first + timedelta(hours=1), BERLIN)
    assert is_told_once(first + timedelta(hours=2), BERLIN)
    assert "start" in faults(TWELVE, first, BERLIN, None)


def test_what_became_of_an_occurrence_is_said_of_it() -> None:
    """S3.31"""
    made = replace(booking("09:00-10:00"), series=Series(recurrence=replace(TWELVE, count=4)))
    first, second, third, fourth = (one.original for one in made.occurrences)
    later = third + timedelta(hours=2)
    series = Series(
        recurrence=replace(TWELVE, count=4),
        skipped=(second,),
        exceptions=(
            Deviation(original=third, start=later, end=later + timedelta(hours=1)),
            Deviation(original=fourth, by_guest=True, reason="ill"),
        ),
    )
    made = replace(made, series=series)
    assert [one.status for one in made.occurrences] == [
        OccurrenceStatus.SCHEDULED,
        OccurrenceStatus.SKIPPED,
        OccurrenceStatus.MOVED,
        OccurrenceStatus.CANCELLED,
    ]
    assert [one.start for one in made.meetings] == [first, later]
    assert made.over_at == later + timedelta(hours=1)
    assert made.occurrences[3].reason == "ill"
    assert {one.day(BERLIN) for one in made.occurrences} == {date(2026, 3, day) for day in (2, 9, 16, 23)}


def test_of_a_booking_that_ended_nothing_takes_place() -> None:
    made = replace(booking("09:00-10:00"), series=Series(recurrence=TWELVE), status=Status.CANCELLED)
    assert {one.status for one in made.occurrences} == {OccurrenceStatus.CANCELLED}


def test_a_meeting_over_a_change_of_the_clocks_ends_by_the_clock_or_by_its_length_whichever_is_later() -> (
    None
):
    start = at("2026-03-22 01:30")
    series = Series(recurrence=replace(TWELVE, count=2))
    found = series.occurrences(start, start + timedelta(hours=2), BERLIN)
    assert [wall(one.end) for one in found] == ["2026-03-22 03:30", "2026-03-29 04:30"]


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (Recurrence(frequency=Frequency.WEEKLY), "recurring.count"),
        (Recurrence(frequency=Frequency.WEEKLY, count=3, until=date(2026, 4, 1)), "recurring.count"),
        (Recurrence(frequency=Frequency.WEEKLY, count=1), "recurring.count"),
        (Recurrence(frequency=Frequency.WEEKLY, count=13), "recurring.count"),
        (Recurrence(frequency=Frequency.WEEKLY, until=date(2026, 3, 3)), "recurring.until"),
        (Recurrence(frequency=Frequency.WEEKLY, until=date(2027, 3, 3)), "recurring.until"),
        (Recurrence(frequency=Frequency.MONTHLY, count=3), "recurring.frequency"),
        (Recurrence(frequency=Frequency.WEEKLY, interval=13, count=3), "recurring.interval"),
        (Recurrence(frequency=Frequency.WEEKLY, interval=0, count=3), "recurring.interval"),
    ],
)
def test_what_the_event_type_does_not_allow_is_refused(rule: Recurrence, field: str) -> None:
    """S3.30"""
    assert list(faults(rule, at("2026-03-02 09:00"), BERLIN, SeriesRules())) == [field]


def test_no_series_is_longer_than_five_years_or_endless() -> None:
    start = at("2026-03-02 09:00")
    yearly = Recurrence(frequency=Frequency.YEARLY, count=7)
    assert "recurring.count" in faults(yearly, start, BERLIN, None)
    endless = Recurrence(frequency=Frequency.WEEKLY, until=date(2100, 1, 1))
    assert "recurring.until" in faults(endless, start, BERLIN, None)
    assert len(originals(endless, start, BERLIN)) == OCCURRENCES_MAX
    whole = Recurrence(frequency=Frequency.WEEKLY, until=date(2028, 2, 21))
    assert faults(whole, start, BERLIN, None) == {}


@pytest.mark.parametrize("text", ["weekly 12", "weekly,monthly 10", "weekly,monthly,yearly 104"])
def test_what_an_event_type_allows_is_written_as_it_is_read(text: str) -> None:
    rules = parse_rules(text)
    assert rules is not None
    assert str(rules) == text
    assert all_series.fault(rules) is None


@pytest.mark.parametrize("text", ["", "12", "weekly", "daily 12", "weekly twelve"])
def test_what_spells_no_rules_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="weekly 12"):
        parse_rules(text)


def test_none_spells_no_series_at_all() -> None:
    assert parse_rules(" None ") is None


@pytest.mark.parametrize(
    "rules", [SeriesRules(frequencies=()), SeriesRules(count_max=1), SeriesRules(count_max=105)]
)
def test_an_event_type_says_how_and_how_often(rules: SeriesRules) -> None:
    assert all_series.fault(rules) is not None
