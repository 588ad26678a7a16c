"""Knows which objects touch a UTC day and when the host is busy on it; every value is replaced whole, never changed.

A reader takes one `Days` and answers from it without a lock, whatever is written meanwhile.
"""

from bisect import bisect_right
from collections.abc import Iterable

from radicale_plugin.entry import Entry
from server.domain.intervals import Span, merge

DAY_S = 86_400
DAYS_MAX = 1_500
"""An object on more days than this is looked at for every day instead of being listed on each."""

Merged = tuple[Span, ...]


class Days:
    """The objects of one calendar by UTC day number."""

    __slots__ = ("_by_day", "_everywhere", "_merged")

    def __init__(
        self, by_day: dict[int, tuple[Entry, ...]], everywhere: tuple[Entry, ...], merged: dict[int, Merged]
    ) -> None:
        self._by_day = by_day
        self._everywhere = everywhere
        # Filled as days are asked for; two readers who fill the same day write the same value.
        self._merged = merged

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Days":
        """Return the days of many entries at once."""
        by_day: dict[int, list[Entry]] = {}
        everywhere: list[Entry] = []
        for entry in entries:
            days = _days(entry)
            if days is None:
                everywhere.append(entry)
            else:
                for day in days:
                    by_day.setdefault(day, []).append(entry)
        return cls({day: tuple(found) for day, found in by_day.items()}, tuple(everywhere), {})

    def changed(self, old: Entry | None, new: Entry | None) -> "Days":
        """Return the days with `new` in the place of `old`."""
        without, within = _days(old), _days(new)
        everywhere = self._everywhere
        if (old is not None and without is None) or (new is not None and within is None):
            everywhere = tuple(one for one in everywhere if one is not old)
            everywhere = everywhere if new is None or within is not None else (*everywhere, new)
        by_day = self._by_day.copy()
        for day in without or ():
            left = tuple(one for one in by_day[day] if one is not old)
            if left:
                by_day[day] = left
            else:
                del by_day[day]
        if new is not None:
            for day in within or ():
                by_day[day] = (*by_day.get(day, ()), new)
        if everywhere is not self._everywhere:
            return Days(by_day, everywhere, {})
        merged = self._merged.copy()
        for day in (*(without or ()), *(within or ())):
            merged.pop(day, None)
        return Days(by_day, everywhere, merged)

    def busy(self, span: Span) -> list[Span]:
        """Return merged busy spans that overlap `span`, clipped to the UTC days that it touches."""
        start, end = span
        if start >= end:
            return []
        merged = self._merged
        found: list[Span] = []
        for day in range(start // DAY_S, (end - 1) // DAY_S + 1):
            spans = merged.get(day)
            if spans is None:
                spans = merged[day] = self._merge(day)
            if found and spans and found[-1][1] == spans[0][0]:
                found[-1] = (found[-1][0], spans[0][1])
                found += spans[1:]
            else:
                found += spans
        first = bisect_right(found, start, key=_end)
        last = bisect_right(found, end - 1, key=_start)
        return found[first:last] if first or last < len(found) else found

    def busy_without(self, span: Span, uid: str) -> list[Span]:
        """Return merged busy spans within `span` of all objects but those with `uid`."""
        found: list[Span] = []
        for entry in self.touching(span):
            if entry.uid != uid:
                found += _busy_within(entry, span)
        return merge(found)

    def touching(self, span: Span) -> set[Entry]:
        """Return the entries that have an occurrence on a UTC day that `span` touches."""
        found = set(self._everywhere)
        if span[0] < span[1]:
            for day in range(span[0] // DAY_S, (span[1] - 1) // DAY_S + 1):
                found.update(self._by_day.get(day, ()))
        return found

    def _merge(self, day: int) -> Merged:
        window = (day * DAY_S, (day + 1) * DAY_S)
        found: list[Span] = []
        for entry in (*self._by_day.get(day, ()), *self._everywhere):
            found += _busy_within(entry, window)
        return tuple(merge(found))


def _days(entry: Entry | None) -> set[int] | None:
    """Return the UTC days that an entry touches; None when they are too many to be listed."""
    days: set[int] = set()
    if entry is None:
        return days
    times = entry.times
    for at in range(0, len(times), 2):
        first = times[at] // DAY_S
        last = max(first, (times[at + 1] - 1) // DAY_S)
        if last - first + len(days) > DAYS_MAX:
            return None
        days.update(range(first, last + 1))
    return days


def _busy_within(entry: Entry, window: Span) -> list[Span]:
    """Return the busy spans of an entry inside `window`, found without unpacking the others of a series."""
    busy, (start, end) = entry.busy, window
    found: list[Span] = []
    at = 2 * bisect_right(range(len(busy) // 2), start, key=lambda pair: busy[2 * pair + 1])
    while at < len(busy) and busy[at] < end:
        found.append((max(start, busy[at]), min(end, busy[at + 1])))
        at += 2
    return found


def _start(span: Span) -> int:
    return span[0]


def _end(span: Span) -> int:
    return span[1]
