"""The days on which a rule has instances, period by period, RFC 5545 §3.3.10.

A day is a proleptic ordinal, as `date.toordinal` counts: weekdays and week numbers are then plain arithmetic. The first
period looked at is computed from the window, never reached by walking.
"""

from calendar import isleap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime

from server.ical.rules import Freq, Rule, TooComplex, WeekdayNum

# A step is a day, month or year looked at (about 1 µs); with both bounds a call stays far below 200 ms.
STEPS_MAX = 60_000
INSTANCES_MAX = 10_000
DAY_S = 86_400
UNIT_S = {Freq.HOURLY: 3600, Freq.MINUTELY: 60, Freq.SECONDLY: 1}
# Periods that are given together where BYSETPOS does not ask for one at a time: it halves the cost of an instance.
BATCH = 32
# Asking each day of a year for the number of its week.
WEEK_NUMBERS_STEPS = 800
LAST_DAY = date.max.toordinal()


@dataclass(slots=True)
class Budget:
    """The work that is left, shared by all rules of one calendar object."""

    steps: int = STEPS_MAX
    instances: int = INSTANCES_MAX

    def step(self, count: int = 1) -> None:
        """Take `count` steps; TooComplex when they are used up."""
        self.steps -= count
        if self.steps < 0:
            raise TooComplex(f"more than {STEPS_MAX} days and times to look at")

    def instance(self) -> None:
        """Take one instance; TooComplex when they are used up."""
        self.instances -= 1
        if self.instances < 0:
            raise TooComplex(f"more than {INSTANCES_MAX} occurrences")


def days_of(
    rule: Rule, dtstart: datetime, since: datetime, end: datetime, budget: Budget
) -> Iterator[list[int]]:
    """Give the sorted days of each period, from the one that holds `since` until one that starts after `end`.

    What DTSTART implies must already stand in the rule. For rules of a day or finer a period is a day; short periods
    come several together unless BYSETPOS tells them apart.
    """
    if rule.freq == Freq.YEARLY:
        return _years(rule, dtstart, since, end, budget)
    if rule.freq == Freq.MONTHLY:
        return _months(rule, dtstart, since, end, budget)
    if rule.freq == Freq.WEEKLY:
        return _weeks(rule, dtstart, since, end, budget)
    return _single_days(rule, dtstart, since, end, budget)


_Test = Callable[[int], bool]


def _years(
    rule: Rule, dtstart: datetime, since: datetime, end: datetime, budget: Budget
) -> Iterator[list[int]]:
    by_months = bool(rule.by_month or rule.by_month_day) and not (rule.by_year_day or rule.by_week_no)
    tests = _tests(rule, _month_parts(rule) if by_months else ("by_year_day",) if rule.by_year_day else ())
    year = dtstart.year + max(0, since.year - dtstart.year) // rule.interval * rule.interval
    while year <= min(end.year, MAXYEAR):
        if by_months:
            days = [
                day
                for month in rule.by_month or _ALL_MONTHS
                for day in _month_days(rule, year, month, budget)
            ]
        else:
            days = _year_days(rule, year, budget)
        yield _passing(days, tests)
        year += rule.interval


def _months(
    rule: Rule, dtstart: datetime, since: datetime, end: datetime, budget: Budget
) -> Iterator[list[int]]:
    tests = _tests(rule, _month_parts(rule))
    month, since_month, end_month = (at.year * 12 + at.month - 1 for at in (dtstart, since, end))
    month += max(0, since_month - month) // rule.interval * rule.interval
    while month <= end_month:
        if not rule.by_month or month % 12 + 1 in rule.by_month:
            yield _passing(_month_days(rule, month // 12, month % 12 + 1, budget), tests)
        else:
            budget.step()
        month += rule.interval


def _weeks(
    rule: Rule, dtstart: datetime, since: datetime, end: datetime, budget: Budget
) -> Iterator[list[int]]:
    tests = _tests(rule, ("by_day",))
    places = sorted((weekday - rule.week_start) % 7 for _, weekday in rule.by_day) or range(7)
    week = _week_start(dtstart.toordinal(), rule.week_start)
    stride = 7 * rule.interval
    week += max(0, since.toordinal() - week) // stride * stride
    last = min(end.toordinal(), LAST_DAY)
    batch = 1 if rule.by_set_pos else BATCH
    while week <= last:
        budget.step(batch)
        starts = range(week, min(week + batch * stride, last + 1), stride)
        yield _passing([start + at for start in starts for at in places if 0 < start + at <= LAST_DAY], tests)
        week += batch * stride


def _single_days(
    rule: Rule, dtstart: datetime, since: datetime, end: datetime, budget: Budget
) -> Iterator[list[int]]:
    tests = _tests(rule, ())
    day = dtstart.toordinal()
    stride = rule.interval if rule.freq == Freq.DAILY else 1
    day += max(0, since.toordinal() - day) // stride * stride
    last = end.toordinal()
    batch = 1 if rule.by_set_pos else BATCH
    while day <= last:
        budget.step(batch)
        yield _passing(range(day, min(day + batch * stride, last + 1), stride), tests)
        day += batch * stride


def _year_days(rule: Rule, year: int, budget: Budget) -> list[int]:
    first, next_first = date(year, 1, 1).toordinal(), _first_after(year)
    if rule.by_year_day:
        budget.step(len(rule.by_year_day))
        numbered = {first + day - 1 if day > 0 else next_first + day for day in rule.by_year_day}
        return sorted(day for day in numbered if first <= day < next_first)
    budget.step(WEEK_NUMBERS_STEPS if rule.by_week_no else 53 * max(1, len(rule.by_day)))
    if rule.by_week_no:
        return list(range(first, next_first))
    return _weekdays(rule.by_day, first, next_first)


def _month_parts(rule: Rule) -> tuple[str, ...]:
    """Return the parts that `_month_days` has already obeyed."""
    return ("by_month", "by_month_day") if rule.by_month_day else ("by_month", "by_day")


def _month_days(rule: Rule, year: int, month: int, budget: Budget) -> list[int]:
    first = date(year, month, 1).toordinal()
    length = _length(year, month)
    if rule.by_month_day:
        budget.step(len(rule.by_month_day))
        numbered = {day if day > 0 else length + 1 + day for day in rule.by_month_day}
        return sorted(first + day - 1 for day in numbered if 1 <= day <= length)
    budget.step(5 * max(1, len(rule.by_day)))
    if rule.by_day:
        return _weekdays(rule.by_day, first, first + length)
    return list(range(first, first + length))


def _weekdays(by_day: tuple[WeekdayNum, ...], first: int, end: int) -> list[int]:
    """Return the days in [first, end) that BYDAY names, its numbers counted within that range."""
    days: set[int] = set()
    for nth, weekday in by_day:
        every = range(first + (weekday - _weekday(first)) % 7, end, 7)
        if nth == 0:
            days.update(every)
        elif -len(every) <= nth <= len(every):
            days.add(every[nth - 1 if nth > 0 else nth])
    return sorted(days)


def _passing(days: Iterable[int], tests: tuple[_Test, ...]) -> list[int]:
    return [day for day in days if all(test(day) for test in tests)] if tests else list(days)


def _tests(rule: Rule, obeyed: tuple[str, ...]) -> tuple[_Test, ...]:
    """Return what a day must still pass when the parts `obeyed` chose it."""
    tests: dict[str, tuple[bool, _Test]] = {
        "by_month": (bool(rule.by_month), lambda day: date.fromordinal(day).month in rule.by_month),
        "by_month_day": (bool(rule.by_month_day), lambda day: _is_month_day(day, rule.by_month_day)),
        "by_year_day": (bool(rule.by_year_day), lambda day: _is_year_day(day, rule.by_year_day)),
        "by_week_no": (bool(rule.by_week_no), lambda day: _is_week(day, rule)),
        "by_day": (bool(rule.by_day), lambda day: _is_weekday(day, rule)),
    }
    return tuple(test for part, (present, test) in tests.items() if present and part not in obeyed)


def _is_month_day(day: int, wanted: tuple[int, ...]) -> bool:
    at = date.fromordinal(day)
    return at.day in wanted or at.day - _length(at.year, at.month) - 1 in wanted


def _is_year_day(day: int, wanted: tuple[int, ...]) -> bool:
    year = date.fromordinal(day).year
    return day - date(year, 1, 1).toordinal() + 1 in wanted or day - _first_after(year) in wanted


def _is_week(day: int, rule: Rule) -> bool:
    """Tell whether BYWEEKNO names the week of `day`: week 1 is the first with four days in the year."""
    fourth = _week_start(day, rule.week_start) + 3
    if not 0 < fourth <= LAST_DAY:
        return False
    year = date.fromordinal(fourth).year
    number = (fourth - date(year, 1, 1).toordinal()) // 7 + 1
    # The week of 28 December is always the last of its year.
    last_fourth = _week_start(_first_after(year) - 4, rule.week_start) + 3
    weeks = (last_fourth - date(year, 1, 1).toordinal()) // 7 + 1
    return number in rule.by_week_no or number - weeks - 1 in rule.by_week_no


def _is_weekday(day: int, rule: Rule) -> bool:
    """Tell whether BYDAY names `day`, its numbers counted in the month or in the year as the rule says."""
    weekday = _weekday(day)
    if (0, weekday) in rule.by_day:
        return True
    at = date.fromordinal(day)
    if rule.freq == Freq.MONTHLY or rule.by_month:
        first = day - at.day + 1
        end = first + _length(at.year, at.month)
    else:
        first, end = date(at.year, 1, 1).toordinal(), _first_after(at.year)
    numbers = ((day - first) // 7 + 1, -((end - 1 - day) // 7) - 1)
    return any((number, weekday) in rule.by_day for number in numbers)


def _length(year: int, month: int) -> int:
    """Return how many days the month has; `monthrange` takes ten times as long, for a weekday that nobody asked for."""
    return 29 if month == 2 and isleap(year) else _LENGTHS[month]


_LENGTHS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _week_start(day: int, week_start: int) -> int:
    return day - (_weekday(day) - week_start) % 7


def _weekday(day: int) -> int:
    return (day + 6) % 7


def _first_after(year: int) -> int:
    return date(year, 12, 31).toordinal() + 1


_ALL_MONTHS = tuple(range(1, 13))
