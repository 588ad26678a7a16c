"""Knows how often each event type is booked in one calendar, and by whom: counted as bookings come and go.

What a period has is found by two searches, however long the history. Values are replaced whole: readers take no lock.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable

from radicale_plugin.entry import Entry
from server.domain.booking import ACTIVE
from server.domain.booking_row import BookingRow
from server.domain.identity import EventTypeId, Uid, is_superseded
from server.domain.intervals import Span

_NONE: "array[int]" = array("q")


class Tally:
    """The bookings of one calendar that may still take place or have taken place."""

    __slots__ = ("_of_guests", "_seated", "_starts")

    def __init__(self) -> None:
        self._starts: dict[EventTypeId, array[int]] = {}
        self._of_guests: dict[str, tuple[Entry, ...]] = {}
        self._seated: dict[EventTypeId, tuple[tuple[int, Entry], ...]] = {}

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Tally":
        """Return the tally of many entries at once."""
        tally = cls()
        starts: dict[EventTypeId, list[int]] = {}
        seated: dict[EventTypeId, list[tuple[int, Entry]]] = {}
        for entry in entries:
            if (row := _counted(entry)) is not None:
                starts.setdefault(row.event_type, []).extend(row.starts)
                tally._add(row, entry)
                if row.seating is not None:
                    seated.setdefault(row.event_type, []).append((row.span[0], entry))
        tally._seated = {kind: tuple(sorted(found, key=_start)) for kind, found in seated.items()}
        tally._starts = {kind: array("q", sorted(found)) for kind, found in starts.items()}
        return tally

    def change(self, old: Entry | None, new: Entry | None) -> None:
        """Count `new` in the place of `old`; the caller holds the storage lock for writing."""
        before, after = _counted(old), _counted(new)
        if before is not None and old is not None:
            self._take(before, old)
        if after is not None and new is not None:
            starts = self._starts.get(after.event_type, _NONE)[:]
            for start in after.starts:
                starts.insert(bisect_left(starts, start), start)
            if starts:
                self._starts[after.event_type] = starts
            self._add(after, new)
            if after.seating is not None:
                pairs = [*self._seated.get(after.event_type, ()), (after.span[0], new)]
                self._seated[after.event_type] = tuple(sorted(pairs, key=_start))

    def count(self, kind: EventTypeId, span: Span) -> int:
        """Return how many meetings of an event type begin in `span`."""
        starts = self._starts.get(kind, _NONE)
        return bisect_left(starts, span[1]) - bisect_left(starts, span[0]) if starts else 0

    def of_guest(self, guest: str) -> tuple[Entry, ...]:
        """Return what was booked under a mail address, case-folded."""
        return self._of_guests.get(guest, ())

    def seated(self, kind: EventTypeId, span: Span) -> tuple[Entry, ...]:
        """Return the bookings by seats of an event type that begin in `span`, by start."""
        found = self._seated.get(kind, ())
        return tuple(
            entry
            for _, entry in found[
                bisect_left(found, span[0], key=_start) : bisect_left(found, span[1], key=_start)
            ]
        )

    def _add(self, row: BookingRow, entry: Entry) -> None:
        for guest in row.guests:
            self._of_guests[guest] = (*self._of_guests.get(guest, ()), entry)

    def _take(self, row: BookingRow, entry: Entry) -> None:
        starts = self._starts.get(row.event_type, _NONE)[:]
        for start in row.starts:
            del starts[bisect_left(starts, start)]
        if starts:
            self._starts[row.event_type] = starts
        else:
            self._starts.pop(row.event_type, None)
        for guest in row.guests:
            left = tuple(one for one in self._of_guests[guest] if one is not entry)
            if left:
                self._of_guests[guest] = left
            else:
                del self._of_guests[guest]
        if row.seating is not None:
            pairs = tuple(pair for pair in self._seated[row.event_type] if pair[1] is not entry)
            if pairs:
                self._seated[row.event_type] = pairs
            else:
                del self._seated[row.event_type]


def _start(pair: tuple[int, Entry]) -> int:
    return pair[0]


def begins_in(entry: Entry | None, kind: EventTypeId, span: Span) -> int:
    """Return how often a tally counts an entry for an event type in `span`: as often as its meetings begin there."""
    row = _counted(entry)
    if row is None or row.event_type != kind:
        return 0
    return sum(span[0] <= start < span[1] for start in row.starts)


def _counted(entry: Entry | None) -> BookingRow | None:
    """Return the booking that an entry is, unless it has ended, is a copy, or is what a booking was before a change."""
    row = None if entry is None else entry.booking
    if (
        entry is None
        or row is None
        or row.status not in ACTIVE
        or row.is_copy
        or is_superseded(Uid(entry.uid))
    ):
        return None
    return row
