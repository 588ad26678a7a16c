"""Meetings that repeat: the rule of a series, what became of its single occurrences, and when all of them are.

A series keeps its hour on the host's wall when the clocks change. An occurrence is known by its `original`, the instant
that the rule gives it, wherever it has been moved (RECURRENCE-ID, RFC 5545 §3.8.4.4). Every series is finite and short.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache

from server.domain.intervals import Span
from server.domain.plain import sentence
from server.domain.zones import zone_of

OCCURRENCES_MAX = 104
INTERVAL_MAX = 12
YEARS_MAX = 5
COUNT_MIN = 2

_RULES = re.compile(r"(?P<names>[a-z, ]+?)\s+(?P<count>\d{1,4})")
_HELP = (
    "write it like “weekly 12” or “weekly,monthly 10”: how it may repeat, and how often at most; or “none”"
)
_PERIODS_MAX = OCCURRENCES_MAX * 12
_YEAR_MAX = 9990


class Frequency(StrEnum):
    """What a series repeats with: on the same day of the week, of the month or of the year."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """The rule of a series: each `interval`-th week, month or year, `count` times or as long as a start is `until` a day.

    One of the two bounds it; `until` is a day in the booking's zone. Months without the day are left out and not counted
    (RFC 5545 §3.3.10).
    """

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRules:
    """Which series guests may book of an event type: how they repeat, and how many occurrences they have at most."""

    frequencies: tuple[Frequency, ...] = (Frequency.WEEKLY,)
    count_max: int = 12

    def __str__(self) -> str:
        return f"{','.join(self.frequencies)} {self.count_max}"


class OccurrenceStatus(StrEnum):
    """What is to be said of an occurrence; SKIPPED: the guest did not want it when the series was booked."""

    SCHEDULED = "scheduled"
    MOVED = "moved"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """What was made of one occurrence: it was moved to another time, or it is cancelled, when `start` and `end` are None."""

    original: datetime
    start: datetime | None = None
    end: datetime | None = None
    by_guest: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One meeting of a series. `original` is what it is known by; all instants are aware and UTC."""

    original: datetime
    start: datetime
    end: datetime
    status: OccurrenceStatus = OccurrenceStatus.SCHEDULED
    by_guest: bool = False
    reason: str = ""

    @property
    def takes_place(self) -> bool:
        """Tell whether people meet."""
        return self.status in {OccurrenceStatus.SCHEDULED, OccurrenceStatus.MOVED}

    @property
    def span(self) -> Span:
        """Return the meeting in epoch seconds."""
        return int(self.start.timestamp()), int(self.end.timestamp())

    def day(self, zone: str) -> date:
        """Return the day that names it: of its original start, in the booking's zone (C41)."""
        return self.original.astimezone(zone_of(zone)).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What makes a booking a series.

    `skipped` and `exceptions` are sorted by original. `concerns` is the original of the one occurrence that the latest
    change is about, None when it is about all; `by_guest` tells whose change that was. `listed` is what a calendar shows instead, when its owner has made of the
    rule what Daybook has no words for.
    """

    recurrence: Recurrence
    skipped: tuple[datetime, ...] = ()
    exceptions: tuple[Deviation, ...] = ()
    concerns: datetime | None = None
    by_guest: bool = False
    listed: tuple[Occurrence, ...] | None = None

    def occurrences(self, start: datetime, end: datetime, zone: str) -> tuple[Occurrence, ...]:
        """Return all occurrences by their originals, with what became of them; the first original is `start`."""
        if self.listed is not None:
            return self.listed
        return _occurrences(self, start, end, zone)


def originals(recurrence: Recurrence, start: datetime, zone: str) -> list[datetime]:
    """Return the instants of the rule from `start` on, in UTC; no more than OCCURRENCES_MAX."""
    tz = zone_of(zone)
    found: list[datetime] = []
    for wall in _walls(recurrence, start.astimezone(tz).replace(tzinfo=None, fold=0)):
        if recurrence.until is not None and wall.date() > recurrence.until:
            break
        found.append(_instant(wall, tz))
        if len(found) == min(recurrence.count or OCCURRENCES_MAX, OCCURRENCES_MAX):
            break
    return found


def is_told_once(start: datetime, zone: str) -> bool:
    """Tell whether the clocks show the time of `start` once on that day: else no rule can begin with it."""
    tz = zone_of(zone)
    wall = start.astimezone(tz).replace(tzinfo=None, fold=0)
    is_one = wall.replace(tzinfo=tz).utcoffset() == wall.replace(tzinfo=tz, fold=1).utcoffset()
    return is_one and _instant(wall, tz) == start


def shifted(instant: datetime, by: timedelta, zone: str) -> datetime:
    """Return the instant that is `by` later on the wall of a zone."""
    tz = zone_of(zone)
    return _instant(instant.astimezone(tz).replace(tzinfo=None, fold=0) + by, tz)


def wall_shift(start: datetime, other: datetime, zone: str) -> timedelta:
    """Return by how much `other` is later than `start` on the wall of a zone."""
    tz = zone_of(zone)
    return other.astimezone(tz).replace(tzinfo=None) - start.astimezone(tz).replace(tzinfo=None)


def faults(
    recurrence: Recurrence, start: datetime, zone: str, rules: SeriesRules | None
) -> Mapping[str, str]:
    """Return what is wrong with the series that somebody wants to book, by field; hosts are bound by no `rules`."""
    if (recurrence.count is None) is (recurrence.until is None):
        return {"recurring.count": sentence("must be a number of meetings, or the last day must be given")}
    if not 1 <= recurrence.interval <= INTERVAL_MAX:
        return {"recurring.interval": sentence("must be between 1 and 12")}
    if rules is not None and recurrence.frequency not in rules.frequencies:
        return {"recurring.frequency": sentence("Meetings of this kind cannot be repeated like this.")}
    if not is_told_once(start, zone):
        return {"start": sentence("The clocks show this time twice. A series cannot begin with it.")}
    most = OCCURRENCES_MAX if rules is None else rules.count_max
    wanted = recurrence.count or len(originals(recurrence, start, zone))
    if not COUNT_MIN <= wanted <= most or _is_cut_off(recurrence, start, zone):
        name = "count" if recurrence.until is None else "until"
        return {f"recurring.{name}": f"must give {COUNT_MIN} to {most} meetings"}
    last = originals(recurrence, start, zone)[-1]
    if last > start + timedelta(days=YEARS_MAX * 366):
        return {"recurring.count": sentence("must end within five years")}
    return {}


def fault(rules: SeriesRules | None) -> str | None:
    """Return what is wrong with what an event type says of series, None when all is well."""
    if rules is None:
        return None
    if not rules.frequencies or len(set(rules.frequencies)) < len(rules.frequencies):
        return "must say how it may repeat, each way once"
    if not COUNT_MIN <= rules.count_max <= OCCURRENCES_MAX:
        return f"must allow between {COUNT_MIN} and {OCCURRENCES_MAX} meetings, not {rules.count_max}"
    return None


def parse_rules(text: str) -> SeriesRules | None:
    """Return the rules that "weekly,monthly 12" spells, None for "none"; raises ValueError with how to write them."""
    plain = text.strip().lower()
    if plain == "none":
        return None
    match = _RULES.fullmatch(plain)
    names = () if match is None else tuple(name for name in re.split(r"[,\s]+", match["names"]) if name)
    if match is None or not names or not set(names) <= set(Frequency):
        raise ValueError(f"“{text}” says of no series how it may repeat: {_HELP}")
    return SeriesRules(
        frequencies=tuple(one for one in Frequency if one in names), count_max=int(match["count"])
    )


def _is_cut_off(recurrence: Recurrence, start: datetime, zone: str) -> bool:
    """Tell whether a rule with a last day goes on where expanding it stops."""
    found = originals(recurrence, start, zone)
    if recurrence.until is None or len(found) < OCCURRENCES_MAX:
        return False
    longer = Recurrence(frequency=recurrence.frequency, interval=recurrence.interval, until=recurrence.until)
    following = originals(longer, found[-1], zone)
    return len(following) > 1


def _walls(recurrence: Recurrence, start: datetime) -> Iterator[datetime]:
    """Give the wall times of a rule, without end but that of time."""
    for number in range(_PERIODS_MAX):
        if recurrence.frequency is Frequency.WEEKLY:
            wall = start + timedelta(weeks=number * recurrence.interval)
        else:
            months = 12 if recurrence.frequency is Frequency.YEARLY else 1
            year, month = divmod(
                start.year * 12 + start.month - 1 + number * recurrence.interval * months, 12
            )
            if year > _YEAR_MAX:
                return
            if start.day > monthrange(year, month + 1)[1]:
                continue
            wall = start.replace(year=year, month=month + 1)
        if wall.year > _YEAR_MAX:
            return
        yield wall


def _instant(wall: datetime, zone: tzinfo) -> datetime:
    """Return the instant of a wall time: of one that is skipped by the offset before, of one that comes twice the first."""
    return wall.replace(tzinfo=zone).astimezone(UTC)


@lru_cache(maxsize=512)
def _occurrences(series: Series, start: datetime, end: datetime, zone: str) -> tuple[Occurrence, ...]:
    tz = zone_of(zone)
    lasts, on_wall = end - start, wall_shift(start, end, zone)
    skipped = frozenset(series.skipped)
    deviations = {one.original: one for one in series.exceptions}
    found = []
    for original in originals(series.recurrence, start, zone):
        wall = original.astimezone(tz).replace(tzinfo=None, fold=0)
        # Clients end a meeting by the clock, RFC 5545 §3.8.5.3 by its exact length: the later end holds.
        ends = max(_instant(wall + on_wall, tz), original + lasts)
        plain = Occurrence(original, original, ends)
        if original in skipped:
            found.append(Occurrence(original, original, ends, OccurrenceStatus.SKIPPED))
        elif (deviation := deviations.get(original)) is not None:
            found.append(_deviating(plain, deviation))
        else:
            found.append(plain)
    return tuple(found)


def _deviating(plain: Occurrence, made: Deviation) -> Occurrence:
    if made.start is None or made.end is None:
        status, start, end = OccurrenceStatus.CANCELLED, plain.start, plain.end
    else:
        status, start, end = OccurrenceStatus.MOVED, made.start, made.end
    return Occurrence(plain.original, start, end, status, made.by_guest, made.reason)
