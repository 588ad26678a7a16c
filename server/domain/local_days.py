"""The dates of a wall clock and their instants: which stretches of UTC make up a local day.

A day is named by its number after 1970-01-01. Knows clock changes of any size, days that a zone skipped included.
"""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from server.domain.intervals import Span

DAY_S = 86_400

FIRST_DAY, LAST_DAY = -719_000, 2_932_000
"""The years 1 to 9997: what lies outside is on no date that a zone can be asked about."""

_EPOCH_WEEKDAY = 3
_PROBE_S = 6 * 3_600

Stretch = tuple[int, int, int]
"""Instants `[start, end)` of one local day, and by how many seconds its clock is ahead of UTC there."""


def local_dates(span: Span) -> range:
    """Return days that hold every local date on which an instant of `span` can fall, in whichever zone."""
    return range(max(span[0] // DAY_S - 1, FIRST_DAY), min((span[1] - 1) // DAY_S + 2, LAST_DAY))


def weekday(day: int) -> int:
    """Return the weekday of a day, Monday being 0."""
    return (day + _EPOCH_WEEKDAY) % 7


@lru_cache(maxsize=8_192)
def stretches(zone: ZoneInfo, day: int) -> tuple[Stretch, ...]:
    """Return the stretches of a local day: one, two when clocks change during it, none when the zone skipped it.

    Cached by zone and day, which all hosts of a zone share: asking a zone costs far more than the arithmetic.
    """
    midnight = day * DAY_S

    def offset_at(at: int) -> int:
        offset = datetime.fromtimestamp(at, zone).utcoffset()
        assert offset is not None
        return int(offset.total_seconds())

    found: list[Stretch] = []
    for left, right in pairwise(_bounds(offset_at, midnight - DAY_S, midnight + 2 * DAY_S)):
        offset_s = offset_at(left)
        start, end = max(left, midnight - offset_s), min(right, midnight + DAY_S - offset_s)
        if start < end:
            found.append((start, end, offset_s))
    return tuple(found)


def day_start(zone: ZoneInfo, day: int) -> int:
    """Return the instant at which a clock first shows a day; of one that the zone skipped, the next day's."""
    found = stretches(zone, day)
    return found[0][0] if found else day_start(zone, day + 1)


def day_of(zone: ZoneInfo, at: int) -> int:
    """Return the last day that has begun at an instant: the local date, but for a clock that went back over midnight."""
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    assert offset is not None
    day = (at + int(offset.total_seconds())) // DAY_S
    return day + 1 if at >= day_start(zone, day + 1) else day


def _bounds(offset_at: Callable[[int], int], start: int, end: int) -> list[int]:
    """Return `start`, each instant before `end` at which the offset changes, and `end`.

    Looks every six hours and halves the stretch in which it sees a difference; no zone changed twice that quickly.
    """
    bounds = [start]
    probes = [(at, offset_at(at)) for at in range(start, end + 1, _PROBE_S)]
    for (low, before), (high, after) in pairwise(probes):
        if before != after:
            bounds.append(_change(offset_at, low, high))
    return [*bounds, end]


def _change(offset_at: Callable[[int], int], low: int, high: int) -> int:
    before = offset_at(low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset_at(middle) == before else (low, middle)
    return high
