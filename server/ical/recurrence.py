"""The occurrences that one RRULE makes in a window, RFC 5545 §3.3.10.

Works in naive local time; the zone is the caller's. Never walks from DTSTART when it can be helped: the first period of
the window is computed. Every loop draws on a Budget, so that no rule costs more than a bounded amount of work.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import product
from typing import TypeVar

from server.ical.rule_days import Budget, days_of
from server.ical.rules import Freq, Rule, TooComplex, parse_rule
from server.ical.values import Moment

__all__ = ["Budget", "Freq", "Rule", "TooComplex", "bounded_by_until", "expand", "parse_rule"]

UNIT_S = {Freq.HOURLY: 3600, Freq.MINUTELY: 60, Freq.SECONDLY: 1}
DAY_S = 86_400
Item = TypeVar("Item")


def expand(
    rule: Rule, dtstart: datetime, after: datetime, before: datetime, budget: Budget | None = None
) -> Iterator[datetime]:
    """Give, in order, the naive local starts in [after, before) that the rule makes; TooComplex past the budget.

    DTSTART itself is given only when the rule matches it. A UNTIL is compared with local time as it is written: the
    caller turns one in UTC into local time first.
    """
    budget = budget or Budget()
    rule = bounded_by_until(rule, dtstart)
    end = _exclusive_end(rule, before)
    left = rule.count
    since = dtstart if rule.count is not None else max(after, dtstart)
    for at in _starts(_with_defaults(rule, dtstart), dtstart, since, end, budget):
        if at < dtstart:
            continue
        if at >= end:
            return
        if left is not None:
            left -= 1
        if at >= after:
            budget.instance()
            yield at
        if left == 0:
            return


def bounded_by_until(rule: Rule, dtstart: datetime) -> Rule:
    """Return the rule with its COUNT turned into a last start, where that takes arithmetic only."""
    if rule.count is None or rule.until is not None or not _is_regular(rule, dtstart):
        return rule
    try:
        last = _nth(rule, dtstart, rule.count - 1)
    except (OverflowError, ValueError):
        # The last one is past the year 9999: as good as endless.
        return replace(rule, count=None)
    return replace(rule, count=None, until=Moment(last))


def _exclusive_end(rule: Rule, before: datetime) -> datetime:
    if rule.until is None:
        return before
    try:
        # A date means its whole day: what the rule's author still saw must not be offered.
        end = rule.until.naive + (timedelta(days=1) if rule.until.is_date else timedelta(seconds=1))
    except OverflowError:
        return before
    return min(before, end)


def _is_regular(rule: Rule, dtstart: datetime) -> bool:
    """Tell whether every period has the same number of instances, so that the n-th is found by arithmetic."""
    limits = (rule.by_second, rule.by_minute, rule.by_hour, rule.by_month_day, rule.by_year_day)
    if any(limits) or rule.by_week_no or rule.by_month or rule.by_set_pos:
        return False
    if rule.by_day:
        return rule.freq == Freq.WEEKLY
    return rule.freq > Freq.MONTHLY or dtstart.day <= 28


def _nth(rule: Rule, dtstart: datetime, n: int) -> datetime:
    """Return the n-th instance, counted from 0, of a regular rule."""
    if rule.freq <= Freq.MONTHLY:
        months = n * rule.interval * (12 if rule.freq == Freq.YEARLY else 1)
        year, month = divmod(dtstart.year * 12 + dtstart.month - 1 + months, 12)
        return dtstart.replace(year=year, month=month + 1)
    if rule.freq == Freq.WEEKLY:
        here = (dtstart.weekday() - rule.week_start) % 7
        days = sorted({(weekday - rule.week_start) % 7 for _, weekday in rule.by_day} or {here})
        weeks, place = divmod(n + sum(day < here for day in days), len(days))
        return dtstart + timedelta(days=7 * rule.interval * weeks + days[place] - here)
    return dtstart + timedelta(seconds=n * rule.interval * UNIT_S.get(rule.freq, DAY_S))


def _with_defaults(rule: Rule, dtstart: datetime) -> Rule:
    """Return the rule with what DTSTART says where the rule says nothing."""
    weekday, freq = ((0, dtstart.weekday()),), rule.freq
    by_day = rule.by_day if freq <= Freq.MONTHLY else tuple(sorted({(0, day) for _, day in rule.by_day}))
    by_month, by_month_day = rule.by_month, rule.by_month_day
    if freq == Freq.WEEKLY or (freq == Freq.YEARLY and rule.by_week_no):
        by_day = by_day or (() if rule.by_month_day or rule.by_year_day else weekday)
    elif freq <= Freq.MONTHLY and not (by_day or by_month_day or rule.by_year_day or rule.by_week_no):
        by_month_day = (dtstart.day,)
        if freq == Freq.YEARLY:
            by_month = by_month or (dtstart.month,)
    return replace(
        rule,
        by_day=by_day,
        by_month=by_month,
        by_month_day=by_month_day,
        by_hour=rule.by_hour or (() if freq >= Freq.HOURLY else (dtstart.hour,)),
        by_minute=rule.by_minute or (() if freq >= Freq.MINUTELY else (dtstart.minute,)),
        by_second=tuple(sorted({min(second, 59) for second in rule.by_second}))
        or (() if freq >= Freq.SECONDLY else (dtstart.second,)),
    )


def _starts(
    rule: Rule, dtstart: datetime, since: datetime, end: datetime, budget: Budget
) -> Iterator[datetime]:
    if since >= end:
        return
    times, finer = _times(rule), _finer(rule)
    for days in days_of(rule, dtstart, since, end, budget):
        if rule.freq >= Freq.HOURLY:
            for day in days:
                yield from _within_day(rule, dtstart, day, finer, budget)
            continue
        budget.step(len(days) * len(times))
        starts: Iterable[datetime] = (datetime.fromordinal(day) + at for day in days for at in times)
        yield from _at_positions(list(starts), rule.by_set_pos) if rule.by_set_pos else starts


def _times(rule: Rule) -> list[timedelta]:
    """Return the times of day that a daily or coarser rule has."""
    if rule.freq >= Freq.HOURLY:
        return []
    times = product(rule.by_hour, rule.by_minute, rule.by_second)
    return [timedelta(hours=hour, minutes=minute, seconds=second) for hour, minute, second in times]


def _at_positions(items: Sequence[Item], positions: tuple[int, ...]) -> list[Item]:
    """Return the items that BYSETPOS names, in their order."""
    places = {place - 1 if place > 0 else len(items) + place for place in positions}
    return [items[place] for place in sorted(places) if 0 <= place < len(items)]


def _within_day(
    rule: Rule, dtstart: datetime, day: int, finer: list[int], budget: Budget
) -> Iterator[datetime]:
    """Give the times of one day that an hourly or finer rule has."""
    unit_s = UNIT_S[rule.freq]
    midnight = datetime.fromordinal(day)
    started = (dtstart - datetime.combine(dtstart.date(), time.min)).seconds // unit_s
    passed = (day - dtstart.toordinal()) * (DAY_S // unit_s) - started
    for unit in _units(rule, -passed % rule.interval, unit_s, budget):
        budget.step(len(finer))
        for second in finer:
            yield midnight + timedelta(seconds=unit * unit_s + second)


def _finer(rule: Rule) -> list[int]:
    """Return the seconds, within its hour, minute or second, at which an hourly or finer rule has instances."""
    if rule.freq < Freq.HOURLY:
        return []
    minutes = rule.by_minute if rule.freq == Freq.HOURLY else (0,)
    seconds = rule.by_second if rule.freq < Freq.SECONDLY else (0,)
    finer = [minute * 60 + second for minute, second in product(minutes, seconds)]
    return _at_positions(finer, rule.by_set_pos) if rule.by_set_pos else finer


def _units(rule: Rule, first: int, unit_s: int, budget: Budget) -> Iterator[int]:
    """Give the hours, minutes or seconds of a day that are in step with INTERVAL, from `first`, and in the lists."""
    hours = rule.by_hour or range(24)
    minutes = rule.by_minute or range(60) if unit_s <= 60 else (0,)
    seconds = rule.by_second or range(60) if unit_s == 1 else (0,)
    in_lists = len(hours) * len(minutes) * len(seconds)
    in_step = range(first, DAY_S // unit_s, rule.interval)
    budget.step(min(in_lists, len(in_step)))
    if in_lists < len(in_step):
        for hour, minute, second in product(hours, minutes, seconds):
            unit = (hour * 3600 + minute * 60 + second) // unit_s
            if unit in in_step:
                yield unit
        return
    for unit in in_step:
        at_s = unit * unit_s
        if at_s // 3600 in hours and at_s // 60 % 60 in minutes and at_s % 60 in seconds:
            yield unit
