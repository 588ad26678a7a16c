"""How often an event type may be booked: caps for each day, week, month and year of a calendar, and for all time.

Knows periods and their instants in a zone, not who booked what. A week begins on Monday. A day begins when a clock first
shows it, so that days follow one another without gap or overlap, whatever the clocks do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from server.domain.intervals import Span
from server.domain.local_days import day_of, day_start

CAP_MAX = 100_000

EVER: Span = (-(2**62), 2**62)
"""All time, for a cap without period."""

_EPOCH = date(1970, 1, 1)
_FIELDS = {
    "day": "per_day",
    "week": "per_week",
    "month": "per_month",
    "year": "per_year",
    "total": "total",
}


class Period(StrEnum):
    """What a cap counts in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most bookings that may begin in one period; None where there is no cap."""

    per_day: int | None = None
    per_week: int | None = None
    per_month: int | None = None
    per_year: int | None = None
    total: int | None = None

    @property
    def is_none(self) -> bool:
        """Tell whether nothing is capped."""
        return self is NO_CAPS or self == NO_CAPS

    def of(self, period: Period) -> int | None:
        """Return the cap for a period."""
        match period:
            case Period.DAY:
                return self.per_day
            case Period.WEEK:
                return self.per_week
            case Period.MONTH:
                return self.per_month
            case Period.YEAR:
                return self.per_year
            case Period.TOTAL:
                return self.total

    def __str__(self) -> str:
        return ", ".join(f"{most}/{period}" for period in Period if (most := self.of(period)) is not None)


NO_CAPS = Caps()


@dataclass(frozen=True, slots=True)
class Quota:
    """Of one period, `span`: no more than `most` bookings may begin in it."""

    period: Period
    span: Span
    most: int


def parse_caps(text: str) -> Caps:
    """Return the caps that "2/day, 5/week" spells, no others, and none for "none"; raises ValueError."""
    found: dict[str, int] = {}
    for part in "" if text.strip().lower() == "none" else text.split(","):
        count, slash, name = (word.strip().lower() for word in part.partition("/"))
        if not slash or name not in _FIELDS or not (count.isascii() and count.isdigit() and len(count) < 10):
            raise ValueError(f"“{part.strip()}” is no cap: write for instance “2/day, 5/week”, or “none”")
        if _FIELDS[name] in found:
            raise ValueError(f"“{name}” is capped twice")
        found[_FIELDS[name]] = int(count)
    return Caps(**found)


def quotas(caps: Caps, zone: ZoneInfo, span: Span) -> Sequence[Quota]:
    """Return what the caps allow in each period that shares an instant with `span`."""
    if caps.is_none or span[0] >= span[1]:
        return ()
    return [
        Quota(period, one, most)
        for period in Period
        if (most := caps.of(period)) is not None
        for one in periods(period, zone, span)
    ]


def periods(period: Period, zone: ZoneInfo, span: Span) -> Iterator[Span]:
    """Give the periods that share an instant with `span`, in order of time and as instants."""
    at = span[0]
    while at < span[1]:
        found = EVER if period is Period.TOTAL else _period(period, zone, day_of(zone, at))
        yield found
        at = found[1]


def fault(caps: Caps) -> str | None:
    """Return what is wrong with caps, None when all is well."""
    for most in map(caps.of, Period):
        if most is not None and not 1 <= most <= CAP_MAX:
            return f"must each be between 1 and {CAP_MAX}, not {most}"
    return None


@lru_cache(maxsize=4_096)
def _period(period: Period, zone: ZoneInfo, day: int) -> Span:
    first, after = _days(period, _EPOCH + timedelta(days=day))
    return day_start(zone, (first - _EPOCH).days), day_start(zone, (after - _EPOCH).days)


def _days(period: Period, day: date) -> tuple[date, date]:
    """Return the first day of the period that `day` is in, and the day after its last."""
    match period:
        case Period.WEEK:
            first = day - timedelta(days=day.weekday())
            return first, first + timedelta(days=7)
        case Period.MONTH:
            first = day.replace(day=1)
            return first, (first + timedelta(days=31)).replace(day=1)
        case Period.YEAR:
            return day.replace(month=1, day=1), day.replace(year=day.year + 1, month=1, day=1)
        case _:
            return day, day + timedelta(days=1)
