"""Knows which objects touch a UTC day and when the host is busy on it; every value is replaced whole, never changed.

A reader takes one `Days` and answers from it without a lock, whatever is written meanwhile.
"""

from bisect import bisect_right
from collections.abc import Iterable

from radicale_plugin.entry import Entry, spans_within
from server.domain.intervals import Span, merge

DAY_S = 86_400
DAYS_MAX = 1_500
"""An object on more days than this is looked at for every day instead of being listed on each."""
ASKED_MAX = 256
MONTH_BITS = 4
"""Days are kept 16 together, so that a change copies half a month and not the years around it."""

Objects = tuple[Entry, ...]
Merged = dict[int, tuple[Objects | None, tuple[Span, ...]]]
"""By day: the busy spans, with the objects from which they were merged."""
_NO_DAYS: dict[int, Objects] = {}


class Days:
    """The objects of one calendar by UTC day number."""

    __slots__ = ("_asked", "_everywhere", "_merged", "_months")

    def __init__(self, months: dict[int, dict[int, Objects]], everywhere: Objects, merged: Merged) -> None:
        self._months = months
        self._everywhere = everywhere
        # Filled as days are asked for and shared with the values that follow: what was merged from other objects than
        # those of this value is not used, so that nobody needs a lock.
        self._merged = merged
        # The same few weeks are asked for between two changes; dropped with this value at the next one.
        self._asked: dict[Span, tuple[Span, ...]] = {}

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Days":
        """Return the days of many entries at once."""
        months: dict[int, dict[int, Objects]] = {}
        everywhere: list[Entry] = []
        for entry in entries:
            days = _days(entry)
            if days is None:
                everywhere.append(entry)
            for day in days or ():
                month = months.setdefault(day >> MONTH_BITS, {})
                month[day] = (*month.get(day, ()), entry)
        return cls(months, tuple(everywhere), {})

    def changed(self, old: Entry | None, new: Entry | None) -> "Days":
        """Return the days with `new` in the place of `old`."""
        without, within = _days(old), _days(new)
        everywhere = self._everywhere
        if (old is not None and without is None) or (new is not None and within is None):
            everywhere = tuple(one for one in everywhere if one is not old)
            everywhere = everywhere if new is None or within is not None else (*everywhere, new)
        months = self._months.copy()
        copied: set[int] = set()
        if old is not None:
            for day in without or ():
                _take(_own(months, day, copied), day, old)
        if new is not None:
            for day in within or ():
                month = _own(months, day, copied)
                month[day] = (*month.get(day, ()), new)
        return Days(months, everywhere, self._merged if everywhere is self._everywhere else {})

    def busy(self, span: Span) -> list[Span]:
        """Return merged busy spans that overlap `span`, clipped to the UTC days that it touches."""
        asked = self._asked
        found = asked.get(span)
        if found is None:
            if len(asked) >= ASKED_MAX:
                asked.clear()
            found = asked[span] = tuple(self._busy(span))
        return list(found)

    def _busy(self, span: Span) -> list[Span]:
        start, end = span
        if start >= end:
            return []
        months, merged = self._months, self._merged
        found: list[Span] = []
        for day in range(start // DAY_S, (end - 1) // DAY_S + 1):
            objects = months.get(day >> MONTH_BITS, _NO_DAYS).get(day)
            known = merged.get(day)
            if known is not None and known[0] is objects:
                spans = known[1]
            else:
                spans = self._merge(day, objects or ())
                merged[day] = (objects, spans)
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
                found += spans_within(entry.busy, span)
        return merge(found)

    def touching(self, span: Span) -> set[Entry]:
        """Return the entries that have an occurrence on a UTC day that `span` touches."""
        found = set(self._everywhere)
        if span[0] < span[1]:
            months = self._months
            first, last = span[0] // DAY_S, (span[1] - 1) // DAY_S
            if (last - first) >> MONTH_BITS > len(months):
                # A query without an end reaches to the year 9999.
                days = [day for month in months.values() for day in month if first <= day <= last]
            else:
                days = list(range(first, last + 1))
            for day in days:
                found.update(months.get(day >> MONTH_BITS, _NO_DAYS).get(day, ()))
        return found

    def _merge(self, day: int, objects: Objects) -> tuple[Span, ...]:
        window = (day * DAY_S, (day + 1) * DAY_S)
        found: list[Span] = []
        for entry in (*objects, *self._everywhere):
            found += spans_within(entry.busy, window)
        return tuple(merge(found))


def _own(months: dict[int, dict[int, Objects]], day: int, copied: set[int]) -> dict[int, Objects]:
    """Return the month of a day, which is copied before it is changed for the first time."""
    number = day >> MONTH_BITS
    if number not in copied:
        months[number] = months.get(number, _NO_DAYS).copy()
        copied.add(number)
    return months[number]


def _take(month: dict[int, Objects], day: int, old: Entry) -> None:
    standing = month[day]
    if len(standing) == 1:
        del month[day]
    else:
        at = standing.index(old)
        month[day] = standing[:at] + standing[at + 1 :]


def _days(entry: Entry | None) -> set[int] | None:
    """Return the UTC days that an entry touches; None when they are too many to be listed."""
    if entry is None:
        return set()
    times = entry.times
    if len(times) == 2 and times[1] <= (times[0] // DAY_S + 1) * DAY_S:
        return {times[0] // DAY_S}
    days: set[int] = set()
    pairs = iter(times)
    for start, end in zip(pairs, pairs, strict=True):
        first = start // DAY_S
        if end <= (first + 1) * DAY_S:
            days.add(first)
            continue
        last = (end - 1) // DAY_S
        if last - first + len(days) > DAYS_MAX:
            return None
        days.update(range(first, last + 1))
    return days


def _start(span: Span) -> int:
    return span[0]


def _end(span: Span) -> int:
    return span[1]
