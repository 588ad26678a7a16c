"""The recurrence rules of RFC 5545 §3.3.10, and python-dateutil as the oracle where both understand a rule."""

import datetime as datetime_module
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import ModuleType

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from server.ical.recurrence import Budget, TooComplex, expand, parse_rule

DTSTART = datetime(1997, 9, 2, 9, 0)
WINDOW = (datetime(1997, 1, 1), datetime(2000, 1, 1))
EVERY_HOUR = ",".join(str(hour) for hour in range(24))
EVERY_MINUTE = ",".join(str(minute) for minute in range(60))


def starts(
    rule: str, dtstart: datetime = DTSTART, window: tuple[datetime, datetime] = WINDOW
) -> list[datetime]:
    return list(expand(parse_rule(rule), dtstart, *window))


def days(rule: str, first: str = "1997-09-02", until: str = "2000-01-01") -> list[str]:
    found = starts(
        rule, datetime.fromisoformat(f"{first}T09:00"), (datetime(1995, 1, 1), datetime.fromisoformat(until))
    )
    return [f"{at:%Y-%m-%d}" for at in found]


# --- the RFC's own examples, and what its sentences say ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "first", "until", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09-02", "1998-01-01", "09-02 09-12 09-22 10-02 10-12"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "1997-09-02", "1998-01-01",
         "09-02 09-04 09-16 09-18 09-30 10-02 10-14 10-16"),
        ("FREQ=MONTHLY;COUNT=4;BYDAY=1FR", "1997-09-05", "1998-01-01", "09-05 10-03 11-07 12-05"),
        ("FREQ=MONTHLY;INTERVAL=2;COUNT=4;BYDAY=1SU,-1SU", "1997-09-07", "1998-01-01", "09-07 09-28 11-02 11-30"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=-2MO", "1997-09-22", "1998-01-01", "09-22 10-20 11-17"),
        ("FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09-28", "1998-01-01", "09-28 10-29 11-28 12-29"),
        ("FREQ=MONTHLY;COUNT=4;BYMONTHDAY=1,-1", "1997-09-30", "1998-01-01", "09-30 10-01 10-31 11-01"),
        ("FREQ=YEARLY;COUNT=4;BYMONTH=6,7", "1997-06-10", "2000-01-01", "06-10 07-10 06-10 07-10"),
        ("FREQ=YEARLY;INTERVAL=3;COUNT=3;BYYEARDAY=1,100,200", "1997-01-01", "2000-01-01", "01-01 04-10 07-19"),
        ("FREQ=YEARLY;BYDAY=20MO", "1997-05-19", "2000-01-01", "05-19 05-18 05-17"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05-12", "2000-01-01", "05-12 05-11 05-17"),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1997-03-13", "1997-12-01", "03-13 03-20 03-27"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1997-09-02", "1999-01-01", "02-13 03-13 11-13"),
        ("FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "1997-09-13", "1998-01-01", "09-13 10-11 11-08 12-13"),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "1996-11-05", "2005-01-01",
         "11-05 11-07 11-02"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04", "1998-01-01", "09-04 10-07 11-06"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1997-09-29", "1998-01-01", "09-29 10-30 11-27 12-30"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05", "1998-01-01", "08-05 08-10 08-19 08-24"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05", "1998-01-01", "08-05 08-17 08-19 08-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01-15", "2008-01-01", "01-15 01-30 02-15 03-15 03-30"),
    ],
)  # fmt: skip
def test_the_examples_of_the_standard_give_its_dates(
    rule: str, first: str, until: str, expected: str
) -> None:
    """RFC 5545 §3.8.5.3, the examples."""
    assert [day[5:] for day in days(rule, first, until)] == expected.split()


def test_the_28_years_of_the_leap_day_example_have_seven() -> None:
    found = days("FREQ=YEARLY;INTERVAL=1", "2000-02-29", "2028-03-01")
    assert found == [f"{year}-02-29" for year in range(2000, 2029, 4)]


def test_a_month_without_that_day_is_passed_over() -> None:
    """RFC 5545 §3.3.10: instances with an invalid date MUST be ignored and MUST NOT be counted."""
    assert days("FREQ=MONTHLY;COUNT=3", "1998-01-31") == ["1998-01-31", "1998-03-31", "1998-05-31"]


def test_byday_with_and_without_numbers_means_either() -> None:
    """RFC 5545 §3.3.10: BYDAY is a list of days; a number only restricts the day it stands before."""
    assert days("FREQ=MONTHLY;BYDAY=1MO,FR", "1997-09-01", "1997-10-01") == [
        "1997-09-01", "1997-09-05", "1997-09-12", "1997-09-19", "1997-09-26",
    ]  # fmt: skip


def test_a_week_number_alone_means_the_weekday_of_dtstart() -> None:
    """RFC 5545 §3.3.10: information not contained in the rule is derived from DTSTART."""
    assert days("FREQ=YEARLY;BYWEEKNO=20", "1997-05-13", "1999-01-01") == ["1997-05-13", "1998-05-12"]


def test_a_week_counted_from_the_end_may_begin_in_the_december_before() -> None:
    """RFC 5545 §3.3.10: -53 in 2026, which has 53 weeks, is its week one, of which 29 December 2025 is the Monday."""
    assert days("FREQ=YEARLY;BYDAY=MO;BYWEEKNO=-53", "2025-01-01", "2026-12-01") == ["2025-12-29"]


def test_every_20_minutes_of_the_working_day_is_the_same_said_in_two_ways() -> None:
    """RFC 5545 §3.8.5.3: the last example but two."""
    daily = starts(
        "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40", window=(DTSTART, datetime(1997, 9, 9))
    )
    minutely = starts(
        "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16", window=(DTSTART, datetime(1997, 9, 9))
    )
    assert daily == minutely
    assert len(daily) == 7 * 24


def test_an_until_that_is_a_date_includes_its_day() -> None:
    assert days("FREQ=DAILY;UNTIL=19970904") == ["1997-09-02", "1997-09-03", "1997-09-04"]


def test_bysetpos_counts_within_one_hour_of_an_hourly_rule() -> None:
    found = starts("FREQ=HOURLY;BYMINUTE=0,15,30;BYSETPOS=-1;COUNT=3")
    assert [f"{at:%H:%M}" for at in found] == ["09:30", "10:30", "11:30"]


def test_a_leap_second_is_read_as_the_second_before() -> None:
    assert [at.second for at in starts("FREQ=DAILY;BYSECOND=60;COUNT=1")] == [59]


def test_a_window_far_from_the_start_is_reached_without_walking() -> None:
    budget = Budget(steps=500)
    late = (datetime(2999, 1, 1), datetime(2999, 3, 1))
    assert len(list(expand(parse_rule("FREQ=DAILY"), DTSTART, *late, budget))) == 59


def test_a_count_is_turned_into_arithmetic_where_every_period_has_as_many() -> None:
    rule = parse_rule("FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=100000")
    last = list(
        expand(rule, datetime(2020, 1, 1), datetime(2658, 9, 1), datetime(2700, 1, 1), Budget(steps=900))
    )
    # 100,000 = 2 of the first week + 33,332 whole weeks + 2.
    assert last[-1] == datetime(2020, 1, 1) - timedelta(days=2) + timedelta(weeks=33_333, days=2)


# --- what is not understood, and what would cost too much -------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        "", "FREQ=", "FREQ=NEVER", "INTERVAL=1", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=x", "FREQ=DAILY;UNTIL=tomorrow", "FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;BYMONTHDAY=0", "FREQ=DAILY;BYMONTH=-1", "FREQ=WEEKLY;BYDAY=XX", "FREQ=MONTHLY;BYDAY=54MO",
        "FREQ=MONTHLY;BYDAY=1", "FREQ=DAILY;FREQ=WEEKLY", "FREQ=DAILY;COLOUR=RED", "FREQ=DAILY;WKST=1", "FREQ",
        "FREQ=YEARLY;RSCALE=HEBREW", "FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=FORWARD", "FREQ=DAILY;BYHOUR=" + "1," * 3000,
        "FREQ=DAILY;INTERVAL=١",
    ],
)  # fmt: skip
def test_a_rule_that_is_not_understood_is_refused(rule: str) -> None:
    with pytest.raises(TooComplex):
        parse_rule(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY", "freq=weekly;byday=mo", "FREQ=DAILY;", "FREQ=DAILY;X-NOTE=hello", "FREQ=DAILY;BYHOUR=+9",
        "FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=OMIT", " FREQ=DAILY ; COUNT=2 ",
    ],
)  # fmt: skip
def test_a_rule_is_understood_as_clients_write_it(rule: str) -> None:
    assert starts(rule)


BOMBS = [
    "FREQ=SECONDLY",
    "FREQ=MINUTELY",
    "FREQ=SECONDLY;COUNT=1000000000",
    "FREQ=MINUTELY;COUNT=1000000000;BYSECOND=0,30",
    "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=1",
    "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2,4,6;COUNT=1",
    "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1;COUNT=9",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6;BYDAY=MO;COUNT=9",
    "FREQ=YEARLY;INTERVAL=999999999;BYDAY=MO",
    "FREQ=SECONDLY;INTERVAL=999999999",
    f"FREQ=DAILY;BYHOUR={EVERY_HOUR};BYMINUTE={EVERY_MINUTE};BYSECOND={EVERY_MINUTE}",
    f"FREQ=YEARLY;BYSETPOS=1;BYDAY=MO,TU,WE,TH,FR;BYHOUR={EVERY_HOUR};BYMINUTE={EVERY_MINUTE};BYSECOND={EVERY_MINUTE}",
    f"FREQ=HOURLY;BYSETPOS=-1;BYMINUTE={EVERY_MINUTE};BYSECOND={EVERY_MINUTE};COUNT=100000000",
]


@pytest.mark.parametrize("dtstart", [datetime(1, 1, 1), datetime(1601, 1, 1), datetime(2026, 1, 1)])
@pytest.mark.parametrize("rule", BOMBS)
def test_no_rule_costs_more_than_a_bounded_amount_of_work(rule: str, dtstart: datetime) -> None:
    began = time.process_time()
    try:
        for window in (
            (datetime(2026, 1, 1), datetime(2029, 5, 1)),
            (datetime(9990, 1, 1), datetime(9999, 12, 31)),
        ):
            list(expand(parse_rule(rule), dtstart, *window))
    except TooComplex:
        pass
    assert time.process_time() - began < 0.4  # two windows


# --- the oracle -------------------------------------------------------------------------------------------------------

WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
LAST_YEAR = 2030


@pytest.fixture
def oracle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop dateutil in 2030: on a rule that never matches again it walks to the year 9999."""
    bounded = ModuleType("datetime")
    vars(bounded).update(vars(datetime_module) | {"MAXYEAR": LAST_YEAR})
    monkeypatch.setattr(rrule, "datetime", bounded)


def some(values: list[str], most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True).map(",".join)


def signed(most: int) -> list[str]:
    return [str(number) for number in range(-most, most + 1) if number]


HOURS, MINUTES = [str(hour) for hour in range(24)], [str(minute) for minute in range(60)]
MONTHS = [str(month) for month in range(1, 13)]


@st.composite
def coarse_rules(draw: st.DrawFn) -> str:
    freq = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]))
    parts = {"FREQ": freq, "INTERVAL": draw(st.sampled_from("1111235") | st.just("13"))}
    # dateutil reads BYDAY=MO,1TU as a day that is both, the RFC as either: so all of a list have a number, or none.
    by_day = draw(st.sampled_from(["", "plain", "numbered"]))
    if by_day == "plain":
        parts["BYDAY"] = draw(some(WEEKDAYS))
    elif by_day and freq in ("MONTHLY", "YEARLY"):
        parts["BYDAY"] = draw(some([number + day for number in signed(5) for day in WEEKDAYS]))
    optional = {"BYMONTH": MONTHS, "BYMONTHDAY": signed(31), "BYHOUR": HOURS, "BYMINUTE": MINUTES}
    if freq == "YEARLY":
        optional["BYYEARDAY"] = signed(366)
        if by_day == "plain":
            # Without BYDAY the weekday is DTSTART's by the RFC, every day of the week by dateutil.
            # dateutil does not see that -53 or -52 may be week 1 of the next year, whose Monday is in December.
            optional["BYWEEKNO"] = [number for number in signed(53) if number not in ("-53", "-52")]
    for name, values in optional.items():
        if draw(st.integers(0, 3)) == 0:
            parts[name] = draw(some(values))
    if len(parts) > 2 and draw(st.booleans()):
        parts["BYSETPOS"] = draw(some(signed(4)))
    return _ended(draw, parts)


@st.composite
def fine_rules(draw: st.DrawFn) -> str:
    freq = draw(st.sampled_from(["HOURLY", "MINUTELY", "SECONDLY"]))
    parts = {"FREQ": freq, "INTERVAL": draw(st.sampled_from(["1", "2", "7", "45", "1000"]))}
    if draw(st.booleans()):
        parts["BYDAY"] = draw(some(WEEKDAYS, 6))
    if draw(st.booleans()):
        parts["BYHOUR"] = draw(some(HOURS, 12))
    if freq == "HOURLY" and draw(st.booleans()):
        parts["BYMINUTE"] = draw(some(MINUTES, 4))
        parts["BYSETPOS"] = draw(st.sampled_from(["1", "-1", "1,-1"]))
    return _ended(draw, parts)


def _ended(draw: st.DrawFn, parts: dict[str, str]) -> str:
    ending = draw(st.sampled_from(["", "", "COUNT", "UNTIL"]))
    if ending == "COUNT":
        parts["COUNT"] = str(draw(st.integers(1, 60)))
    elif ending:
        parts["UNTIL"] = f"{draw(st.integers(2024, 2027))}0{draw(st.integers(1, 9))}15T120000"
    if draw(st.booleans()):
        parts["WKST"] = draw(st.sampled_from(WEEKDAYS))
    return ";".join(f"{name}={value}" for name, value in parts.items())


STARTS = st.datetimes(datetime(2023, 1, 1), datetime(2026, 12, 31)).map(
    lambda at: at.replace(second=0, microsecond=0)
)


def theirs(rule: str, dtstart: datetime, after: datetime, before: datetime) -> Iterator[datetime]:
    try:
        oracle = rrule.rrulestr(rule, dtstart=dtstart, cache=False)
    except ValueError:
        # dateutil notices that an INTERVAL can never meet its BYHOUR; there is nothing to compare but emptiness.
        return
    for at in oracle:
        if at >= before:
            return
        if at >= after:
            yield at


@pytest.mark.usefixtures("oracle")
@settings(max_examples=150, deadline=None)
@given(coarse_rules(), STARTS, st.integers(-100, 900), st.integers(1, 400))
def test_a_rule_gives_what_dateutil_gives(rule: str, dtstart: datetime, lead: int, length: int) -> None:
    after = dtstart + timedelta(days=lead)
    before = min(after + timedelta(days=length), datetime(LAST_YEAR, 1, 1))
    assert list(expand(parse_rule(rule), dtstart, after, before)) == list(
        theirs(rule, dtstart, after, before)
    )


@pytest.mark.usefixtures("oracle")
@settings(max_examples=60, deadline=None)
@given(fine_rules(), STARTS, st.integers(0, 4), st.integers(1, 48))
def test_a_rule_finer_than_days_gives_what_dateutil_gives(
    rule: str, dtstart: datetime, lead: int, hours: int
) -> None:
    after = dtstart + timedelta(days=lead)
    before = after + timedelta(hours=hours)
    budget = Budget(steps=1_000_000, instances=1_000_000)
    ours = list(expand(parse_rule(rule), dtstart, after, before, budget))
    assert ours == list(theirs(rule, dtstart, after, before))
