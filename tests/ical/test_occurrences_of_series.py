"""Whole days, overrides, lengths, windows, unknown zones, and what is not understood: RFC 5545 §3.6.1 and §3.8."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ical.calendars import DAY, HOUR, WINDOW, at, expand, shown, vevent

# --- whole days -------------------------------------------------------------------------------------------------------


def test_a_whole_day_without_end_lasts_one_day_in_the_hosts_zone() -> None:
    """§3.6.1: without DTEND a DATE event lasts one day."""
    (day,) = expand(*vevent("DTSTART;VALUE=DATE:20260329")).occurrences
    assert (day.start, day.end, day.all_day) == (at("2026-03-29"), at("2026-03-30"), True)
    assert day.end - day.start == 23 * HOUR


def test_a_whole_day_that_ends_on_its_own_day_lasts_it() -> None:
    assert shown(expand(*vevent("DTSTART:20260601", "DTEND:20260601"))) == ["06-01 00:00-06-02 00:00"]


def test_whole_days_may_have_a_duration() -> None:
    assert shown(expand(*vevent("DTSTART:20260601", "DURATION:P1W"))) == ["06-01 00:00-06-08 00:00"]


@pytest.mark.parametrize(
    "of", ["RECURRENCE-ID;VALUE=DATE:20260602", "RECURRENCE-ID:20260602T000000Z", "RECURRENCE-ID:20260601T220000Z",
           "RECURRENCE-ID;TZID=Europe/Berlin:20260602T000000"],
)  # fmt: skip
def test_an_override_of_a_whole_day_finds_it_however_exchange_writes_it(of: str) -> None:
    found = expand(
        *vevent("DTSTART;VALUE=DATE:20260601", "RRULE:FREQ=DAILY;COUNT=3"),
        *vevent(of, "DTSTART;VALUE=DATE:20260610"),
    )
    assert [day[:5] for day in shown(found)] == ["06-01", "06-03", "06-10"]


@pytest.mark.parametrize("until", ["20260603", "20260603T000000Z", "20260602T220000Z", "20260603T000000"])
def test_the_end_of_a_series_of_whole_days_is_its_last_day_however_it_is_written(until: str) -> None:
    found = expand(*vevent("DTSTART;VALUE=DATE:20260601", f"RRULE:FREQ=DAILY;UNTIL={until}"))
    assert [day[:5] for day in shown(found)] == ["06-01", "06-02", "06-03"]


def test_an_exdate_with_a_time_takes_its_whole_day() -> None:
    found = expand(
        *vevent(
            "DTSTART;VALUE=DATE:20260601",
            "RRULE:FREQ=DAILY;COUNT=3",
            "EXDATE;TZID=Europe/Berlin:20260602T000000",
        )
    )
    assert [day[:5] for day in shown(found)] == ["06-01", "06-03"]


# --- overrides in and out of the window -------------------------------------------------------------------------------

TIMES = ("DTSTART;TZID=Europe/Berlin:20260601T100000", "DTEND;TZID=Europe/Berlin:20260601T110000")
DAILY = vevent(*TIMES, "RRULE:FREQ=DAILY;COUNT=9")
OF_4TH = "RECURRENCE-ID;TZID=Europe/Berlin:20260604T100000"


def test_an_override_moved_into_the_window_is_in_it() -> None:
    moved = vevent(
        "RECURRENCE-ID;TZID=Europe/Berlin:20260609T100000", "DTSTART:20260603T160000Z", "DURATION:PT1H"
    )
    found = expand(*DAILY, *moved, window=(at("2026-06-03"), at("2026-06-04")))
    assert shown(found) == ["06-03 10:00-11:00", "06-03 18:00-19:00"]
    assert found.occurrences[1].recurrence_id == at("2026-06-09T10:00")


def test_an_override_moved_out_of_the_window_is_not_in_it() -> None:
    moved = vevent(OF_4TH, "DTSTART:20260704T160000Z", "DURATION:PT1H")
    assert shown(expand(*DAILY, *moved, window=(at("2026-06-04"), at("2026-06-05")))) == []


def test_a_later_part_of_a_series_may_be_moved_again() -> None:
    found = expand(
        *vevent(*TIMES, "RRULE:FREQ=DAILY;COUNT=5"),
        *vevent(
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20260602T080000Z", "DTSTART:20260602T120000Z", "DURATION:PT30M"
        ),
        *vevent(
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20260604T080000Z", "DTSTART:20260614T080000Z", "DURATION:PT15M"
        ),
        *vevent("RECURRENCE-ID:20260605T080000Z", "DTSTART:20260605T060000Z", "DURATION:PT5M"),
    )
    assert shown(found) == [
        "06-01 10:00-11:00", "06-02 14:00-14:30", "06-03 14:00-14:30", "06-05 08:00-08:05", "06-14 10:00-10:15",
    ]  # fmt: skip


def test_the_rest_of_a_series_moved_into_the_window_from_far_away_is_in_it() -> None:
    moved = vevent(
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260604T080000Z", "DTSTART:20260904T080000Z", "DURATION:PT1H"
    )
    window = (at("2026-09-05"), at("2026-09-06"))
    assert shown(expand(*DAILY, *moved, window=window)) == ["09-05 10:00-11:00"]


def test_two_series_of_one_object_do_not_touch_each_other() -> None:
    other = vevent(*TIMES, "RRULE:FREQ=DAILY;COUNT=1", uid="b")
    moved = vevent("RECURRENCE-ID:20260601T080000Z", "DTSTART:20260610T080000Z", uid="b")
    found = expand(*vevent(*TIMES, "RRULE:FREQ=DAILY;COUNT=2"), *other, *moved)
    assert shown(found) == ["06-01 10:00-11:00", "06-02 10:00-11:00", "06-10 10:00-10:00"]


def test_an_override_without_a_start_of_its_own_leaves_the_occurrence_where_it_was() -> None:
    assert len(shown(expand(*DAILY, *vevent(OF_4TH, "SUMMARY:x")))) == 9


# --- ends, lengths, and the edges of the window -----------------------------------------------------------------------


def test_an_end_in_another_zone_is_an_instant() -> None:
    flight = vevent(
        "DTSTART;TZID=Europe/Berlin:20260601T100000", "DTEND;TZID=America/New_York:20260601T130000"
    )
    assert shown(expand(*flight)) == ["06-01 10:00-19:00"]


def test_a_series_that_ended_before_it_began_has_no_occurrence() -> None:
    assert shown(expand(*vevent(*TIMES, "RRULE:FREQ=DAILY;UNTIL=20260531T080000Z"))) == []


def test_several_rules_give_the_union_of_their_instances() -> None:
    found = expand(*vevent(*TIMES, "RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=WEEKLY;COUNT=2"))
    assert [day[:5] for day in shown(found)] == ["06-01", "06-02", "06-08"]


@pytest.mark.parametrize(
    ("window", "count"),
    [("09:00 10:00", 0), ("11:00 12:00", 0), ("10:59 12:00", 1), ("09:00 10:01", 1), ("10:15 10:30", 1)],
)
def test_a_window_has_what_overlaps_it_and_not_what_touches_it(window: str, count: int) -> None:
    after, before = (at(f"2026-06-01T{time}") for time in window.split())
    assert len(expand(*vevent(*TIMES), window=(after, before)).occurrences) == count


def test_an_occurrence_without_length_is_in_the_window_that_starts_with_it() -> None:
    moment = vevent("DTSTART;TZID=Europe/Berlin:20260601T100000")
    ten = at("2026-06-01T10:00")
    assert len(expand(*moment, window=(ten, ten + 60)).occurrences) == 1
    assert expand(*moment, window=(ten - 60, ten)).occurrences == []


def test_a_series_of_very_long_occurrences_reaches_into_a_late_window() -> None:
    long = vevent("DTSTART;VALUE=DATE:20260101", "DURATION:P300D", "RRULE:FREQ=YEARLY;COUNT=2")
    assert len(expand(*long, window=(at("2027-10-01"), at("2027-10-02"))).occurrences) == 1


@pytest.mark.parametrize(
    "rule", ["FREQ=DAILY;COUNT=9", "FREQ=DAILY;UNTIL=20260609T080000Z", "FREQ=MONTHLY;COUNT=9;BYDAY=1MO"]
)
def test_a_series_that_ends_says_a_bound_that_nothing_is_after(rule: str) -> None:
    series = vevent(*TIMES, f"RRULE:{rule}")
    everything = expand(*series)
    assert everything.recurring
    assert everything.first == everything.occurrences[0].start
    assert everything.last is not None
    assert 0 <= everything.last - everything.occurrences[-1].end < 5 * DAY
    week = (at("2026-06-02"), at("2026-06-03"))
    assert (expand(*series, window=week).first, expand(*series, window=week).last) == (
        everything.first,
        everything.last,
    )


def test_an_endless_series_says_that_it_has_no_last_instant() -> None:
    assert expand(*vevent(*TIMES, "RRULE:FREQ=WEEKLY")).last is None


def test_a_single_event_says_when_it_is_even_outside_the_window() -> None:
    found = expand(*vevent(*TIMES), window=(0, 10))
    assert (found.occurrences, found.recurring) == ([], False)
    assert (found.first, found.last) == (at("2026-06-01T10:00"), at("2026-06-01T11:00"))


# --- zones ------------------------------------------------------------------------------------------------------------


def test_an_unknown_zone_makes_every_possible_reading_busy() -> None:
    found = expand(*vevent("DTSTART;TZID=Nowhere:20260601T100000", "DTEND;TZID=Nowhere:20260601T110000"))
    ((start, end),) = found.complex
    assert start <= at("2026-06-01T10:00") - 14 * HOUR + 2 * HOUR
    assert end >= at("2026-06-01T11:00") + 12 * HOUR + 2 * HOUR
    assert end - start == 29 * HOUR


def test_a_series_in_an_unknown_zone_is_widened_each_time() -> None:
    found = expand(
        *vevent("DTSTART;TZID=Nowhere:20260601T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3")
    )
    assert [end - start for start, end in found.complex] == [29 * HOUR] * 3


def test_an_exception_in_an_unknown_zone_frees_nothing_of_a_series_in_a_known_one() -> None:
    found = expand(*vevent(*TIMES, "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=Nowhere:20260602T100000"))
    assert len(found.occurrences) == 3


def test_an_exception_in_the_same_unknown_zone_as_its_series_counts() -> None:
    found = expand(
        *vevent(
            "DTSTART;TZID=Nowhere:20260601T100000",
            "RRULE:FREQ=DAILY;COUNT=2",
            "EXDATE;TZID=Nowhere:20260602T100000",
        )
    )
    assert len(found.complex) == 1


# --- what is not understood -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        ["DTSTART:20260601T080000Z", "RRULE:FREQ=SECONDLY"],
        ["DTSTART:20260601T080000Z", "RRULE:FREQ=DAILY;INTERVAL=0"],
        ["DTSTART:20260601T080000Z", "RRULE:FREQ=DAILY;MOON=FULL"],
        ["DTSTART:20260601T080000Z", "RDATE:next week"],
        ["DTSTART:20260601T080000Z", "RDATE;TZID=Nowhere:20260701T080000"],
        ["DTSTART:20260601T080000Z", "RRULE:FREQ=DAILY", "EXDATE:some day"],
        ["DTSTART:20260601T080000Z", "DTEND:20260601T070000Z"],
        ["DTSTART:20260601T080000Z", "DURATION:-PT1H"],
        ["DTSTART:20260601T080000Z", "DURATION:an hour"],
        ["DTSTART:20260601T080000Z", "DTEND:later"],
    ],
)
def test_from_its_start_on_an_event_that_is_not_understood_is_busy(lines: list[str]) -> None:
    window = (at("2026-05-01"), at("2026-08-01"))
    found = expand(*vevent(*lines), window=window)
    assert found.complex == [(at("2026-06-01T10:00"), window[1])]
    assert found.last is None


@pytest.mark.parametrize("start", ["DTSTART:tomorrow", "DTSTART:20261301T000000", "DTSTART:"])
def test_an_event_whose_start_is_not_understood_is_never_free(start: str) -> None:
    window = (at("2026-05-01"), at("2026-08-01"))
    found = expand(*vevent(start, "DURATION:P9W", "RRULE:FREQ=YEARLY"), window=window)
    assert found.complex == [window]


def test_a_transparent_or_cancelled_event_that_is_not_understood_takes_no_time() -> None:
    for free in ("TRANSP:TRANSPARENT", "STATUS:CANCELLED"):
        assert expand(*vevent("DTSTART:20260601T080000Z", "RRULE:FREQ=SECONDLY", free)).complex == []


def test_an_event_without_a_start_is_at_no_time() -> None:
    assert shown(expand(*vevent("SUMMARY:x"))) == []


def test_an_override_that_is_not_understood_leaves_its_series_as_it_is() -> None:
    found = expand(*DAILY, *vevent(OF_4TH, "DTSTART:later"))
    assert len(found.occurrences) == 9
    assert found.complex == [WINDOW]


# --- laws -------------------------------------------------------------------------------------------------------------

PIECES = [
    [*DAILY],
    [*vevent(OF_4TH, "DTSTART:20260610T080000Z", "DURATION:PT1H")],
    [*vevent("RECURRENCE-ID;RANGE=THISANDFUTURE:20260607T080000Z", "DTSTART:20260607T120000Z", "DURATION:PT2H")],
    [*vevent("DTSTART;TZID=Own:20260605T080000", "RRULE:FREQ=WEEKLY;COUNT=3", uid="b")],
    [*vevent("DTSTART;VALUE=DATE:20260606", uid="c")],
    ["BEGIN:VTIMEZONE", "TZID:Own", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0700",
     "TZOFFSETTO:+0700", "END:STANDARD", "END:VTIMEZONE"],
    ["BEGIN:VTIMEZONE", "TZID:Europe/Berlin", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+1000",
     "TZOFFSETTO:+1000", "END:STANDARD", "END:VTIMEZONE"],
]  # fmt: skip


@given(st.randoms(use_true_random=False))
def test_the_order_of_components_changes_nothing(random: Random) -> None:
    shuffled = list(PIECES)
    random.shuffle(shuffled)
    plain = expand(*(line for piece in PIECES for line in piece))
    found = expand(*(line for piece in shuffled for line in piece))
    assert shown(found) == shown(plain)
    assert (found.first, found.last) == (plain.first, plain.last)


@settings(max_examples=60)
@given(st.integers(0, 40 * 24), st.integers(1, 20 * 24))
def test_a_smaller_window_has_exactly_what_of_a_larger_one_overlaps_it(lead_h: int, length_h: int) -> None:
    lines = [line for piece in PIECES for line in piece]
    after = at("2026-05-20") + lead_h * HOUR
    before = after + length_h * HOUR
    wanted = [
        one for one in expand(*lines).occurrences
        if one.start < before and (one.end > after or one.start == one.end == after)
    ]  # fmt: skip
    assert expand(*lines, window=(after, before)).occurrences == wanted
