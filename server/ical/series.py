"""The occurrences of one VEVENT that is not an override: DTSTART, RRULE, RDATE and EXDATE, RFC 5545 §3.8.5.

Gives starts and ends; which of them an override replaces is decided in occurrences.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from server.ical.moments import DAY, Length, Placed, Placing, lasting, placed_at
from server.ical.recurrence import Budget, Rule, TooComplex, bounded_by_until, expand, parse_rule
from server.ical.scan import Component
from server.ical.timezones import epoch
from server.ical.values import Duration, Moment

DATES_MAX = 10_000
_REPEATING = frozenset(("RRULE", "RDATE", "EXDATE"))
# The widest that a naive time and UTC are apart, with room for an hour of daylight saving.
OFFSET_MAX = timedelta(hours=15)


class Instance(NamedTuple):
    """One occurrence as the series has it: its wall time in the series' zone, its start and end in epoch seconds."""

    naive: datetime
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Extra:
    """One RDATE: when it starts and, for a PERIOD, how long it is."""

    placed: Placed
    length: Length | None


@dataclass(frozen=True, slots=True)
class Series:
    """A VEVENT's times, read: excluded instants and days stand apart, since EXDATE may be either."""

    component: Component
    start: Placed
    length: Length
    rules: tuple[Rule, ...] = ()
    extras: tuple[Extra, ...] = ()
    excluded: frozenset[int] = frozenset()
    excluded_days: frozenset[datetime] = frozenset()

    @property
    def recurring(self) -> bool:
        """Whether it repeats."""
        return bool(self.rules or self.extras)

    @property
    def lengths(self) -> timedelta:
        """More than any of its occurrences lasts."""
        return max([self.length.most, *(extra.length.most for extra in self.extras if extra.length)])

    def first(self) -> int:
        """Return the earliest start."""
        return min([self.start.epoch, *(extra.placed.epoch for extra in self.extras)])

    def last(self) -> int | None:
        """Return an instant that no occurrence ends after, None when there is none or finding it is a long walk."""
        starts = [self.start.epoch, *(extra.placed.epoch for extra in self.extras)]
        for rule in self.rules:
            naive = _last_start(rule, self.start.naive)
            if naive is None:
                return None
            starts.append(int(naive.replace(tzinfo=UTC).timestamp()) + int(OFFSET_MAX.total_seconds()))
        return max(starts) + int(self.lengths.total_seconds())


def read_series(component: Component, start: Placed, placing: Placing) -> Series:
    """Return the times of the component; ValueError or TooComplex when a part of them is not understood."""
    length = placing.length(component, start)
    if _REPEATING.isdisjoint([item.name for item in component.properties]):
        return Series(component, start, length)
    excluded: set[int] = set()
    days: set[datetime] = set()
    for placed in _excluded(component, start, placing):
        if start.is_date or placed.is_date:
            days.add(day_of(placed, start.zone))
        else:
            excluded.add(placed.epoch)
    return Series(
        component=component,
        start=start,
        length=length,
        rules=tuple(parse_rule(item.value) for item in component.all("RRULE")),
        extras=tuple(_extras(component, start, placing)),
        excluded=frozenset(excluded),
        excluded_days=frozenset(days),
    )


def instances(series: Series, after: int, before: int, budget: Budget) -> Iterator[Instance]:
    """Give the occurrences that start before `before` and end after `after`, and a few around, in no order.

    Each start comes once; an RDATE that is a PERIOD has its own end. TooComplex when the budget does not suffice.
    """
    seen: set[int] = set()
    excludes = bool(series.excluded or series.excluded_days)
    for naive, zone, length in _candidates(series, after, before, budget):
        start = epoch(naive, zone)
        if start in seen:
            continue
        seen.add(start)
        if not (excludes and _is_excluded(series, naive, start)):
            yield Instance(naive, start, length.end(naive, zone, start))


def day_of(placed: Placed, zone: tzinfo) -> datetime:
    """Return midnight of the day that is meant: a date-time at midnight names its own day, whatever its zone."""
    if placed.is_date or placed.naive.time() == datetime.min.time():
        return placed.naive
    return placed.moved_to(zone).replace(hour=0, minute=0, second=0)


def naive_utc(at: int) -> datetime:
    """Return the naive UTC time of an epoch second, the nearest that exists for one outside the years 2 to 9998."""
    return _EPOCH + timedelta(seconds=min(max(at, _LEAST), _MOST))


_EPOCH = datetime(1970, 1, 1)
_LEAST = int((datetime(2, 1, 1) - _EPOCH).total_seconds())
_MOST = int((datetime(9998, 12, 31) - _EPOCH).total_seconds())


def _excluded(component: Component, start: Placed, placing: Placing) -> Iterator[Placed]:
    count = 0
    tzid = _tzid(component)
    for item in component.all("EXDATE"):
        for placed, _ in placing.place_all(item):
            count += 1
            if count > DATES_MAX:
                raise TooComplex(f"more than {DATES_MAX} dates in EXDATE")
            # A guess may only exclude what is a guess in the same way: else something busy would become free.
            if placed.known or (not start.known and item.param("TZID") == tzid):
                yield placed


def _extras(component: Component, start: Placed, placing: Placing) -> Iterator[Extra]:
    count = 0
    for item in component.all("RDATE"):
        for placed, end in placing.place_all(item):
            count += 1
            if count > DATES_MAX:
                raise TooComplex(f"more than {DATES_MAX} dates in RDATE")
            if not placed.known and start.known:
                raise ValueError("an RDATE in a zone that is not known")
            yield _extra(placed, end, start)


def _extra(placed: Placed, end: Placed | Duration | None, start: Placed) -> Extra:
    if placed.is_date and not start.is_date:
        placed = _on_day(datetime.combine(placed.naive.date(), start.naive.time()), start)
    elif start.is_date and not placed.is_date:
        placed = _on_day(day_of(placed, start.zone), start)
    if isinstance(end, Placed):
        exact_s = end.epoch - placed.epoch
        if exact_s < 0:
            raise ValueError("a period that ends before it starts")
        return Extra(placed, Length(exact_s=exact_s))
    return Extra(placed, None if end is None else lasting(end, placed))


def _on_day(naive: datetime, start: Placed) -> Placed:
    return placed_at(naive, start.zone, is_date=start.is_date, known=start.known)


def _tzid(component: Component) -> str | None:
    item = component.first("DTSTART")
    return item.param("TZID") if item else None


def _candidates(
    series: Series, after: int, before: int, budget: Budget
) -> Iterator[tuple[datetime, tzinfo, Length]]:
    """Give each start with its zone and length; RDATE first, whose PERIOD knows a length that an equal start does not."""
    for extra in series.extras:
        yield extra.placed.naive, extra.placed.zone, extra.length or series.length
    zone, length = series.start.zone, series.length
    for naive in _naive_starts(series, after, before, budget):
        yield naive, zone, length


def _naive_starts(series: Series, after: int, before: int, budget: Budget) -> Iterator[datetime]:
    start = series.start.naive
    # The first occurrence is DTSTART whether or not the rule matches it (RFC 5545 §3.8.5.3 leaves that undefined),
    # except where the rule ended before it: clients write that when the first of "this and following" is deleted.
    if not any(_is_over(rule, series.start) for rule in series.rules):
        yield start
    if not series.rules:
        return
    since = naive_utc(after) - OFFSET_MAX - min(series.lengths, naive_utc(after) - _EARLIEST)
    end = naive_utc(before) + OFFSET_MAX
    for rule in series.rules:
        yield from _until_exact(rule, series.start, since, end, budget)


_EARLIEST, _LATEST = datetime(1, 1, 3), datetime(9998, 1, 1)


def _until_exact(
    rule: Rule, start: Placed, since: datetime, end: datetime, budget: Budget
) -> Iterator[datetime]:
    until = rule.until
    if until is None or until.is_date or not until.utc:
        yield from expand(rule, start.naive, since, end, budget)
        return
    # An UNTIL in UTC is compared as an instant, below; the rule only needs not to stop too early.
    loose = replace(rule, until=Moment(min(until.naive, _LATEST) + OFFSET_MAX + DAY))
    last = epoch(until.naive, UTC)
    for naive in expand(loose, start.naive, since, end, budget):
        if epoch(naive, start.zone) <= last or (start.is_date and naive <= until.naive):
            yield naive


def _is_over(rule: Rule, start: Placed) -> bool:
    """Tell whether the rule's UNTIL is before DTSTART."""
    until = rule.until
    if until is None:
        return False
    if until.utc:
        return start.epoch > epoch(until.naive, UTC) and not (start.is_date and start.naive <= until.naive)
    return until.naive + (DAY if until.is_date else timedelta(seconds=1)) <= start.naive


def _last_start(rule: Rule, start: datetime) -> datetime | None:
    """Return a naive time that the rule has no start after; a COUNT that arithmetic cannot end is walked a little."""
    until = bounded_by_until(rule, start).until
    if until is not None:
        return until.naive + DAY
    if rule.count is None:
        return None
    try:
        return max(
            expand(rule, start, start, naive_utc(_MOST), Budget(steps=2_000, instances=500)), default=start
        )
    except TooComplex:
        return None


def _is_excluded(series: Series, naive: datetime, start: int) -> bool:
    if start in series.excluded:
        return True
    return bool(series.excluded_days) and naive.replace(hour=0, minute=0, second=0) in series.excluded_days
