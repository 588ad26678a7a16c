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

    __slots__ = ("_of_guests", "_starts")

    def __init__(self) -> None:
        self._starts: dict[EventTypeId, array[int]] = {}
        self._of_guests: dict[str, tuple[Entry, ...]] = {}

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Tally":
        """Return the tally of many entries at once."""
        tally = cls()
        starts: dict[EventTypeId, list[int]] = {}
        for entry in entries:
            if (row := _counted(entry)) is not None:
                starts.setdefault(row.event_type, []).append(row.span[0])
                tally._of_guests[row.guest] = (*tally._of_guests.get(row.guest, ()), entry)
        tally._starts = {kind: array("q", sorted(found)) for kind, found in starts.items()}
        return tally

    def change(self, old: Entry | None, new: Entry | None) -> None:
        """Count `new` in the place of `old`; the caller holds the storage lock for writing."""
        before, after = _counted(old), _counted(new)
        if before is not None and old is not None:
            self._take(before, old)
        if after is not None and new is not None:
            starts = self._starts.get(after.event_type, _NONE)[:]
            starts.insert(bisect_left(starts, after.span[0]), after.span[0])
            self._starts[after.event_type] = starts
            self._of_guests[after.guest] = (*self._of_guests.get(after.guest, ()), new)

    def count(self, kind: EventTypeId, span: Span) -> int:
        """Return how many bookings of an event type begin in `span`."""
        starts = self._starts.get(kind, _NONE)
        return bisect_left(starts, span[1]) - bisect_left(starts, span[0]) if starts else 0

    def of_guest(self, guest: str) -> tuple[Entry, ...]:
        """Return what was booked under a mail address, case-folded."""
        return self._of_guests.get(guest, ())

    def _take(self, row: BookingRow, entry: Entry) -> None:
        starts = self._starts[row.event_type][:]
        del starts[bisect_left(starts, row.span[0])]
        left = tuple(one for one in self._of_guests[row.guest] if one is not entry)
        if starts:
            self._starts[row.event_type] = starts
        else:
            del self._starts[row.event_type]
        if left:
            self._of_guests[row.guest] = left
        else:
            del self._of_guests[row.guest]


def begins_in(entry: Entry | None, kind: EventTypeId, span: Span) -> bool:
    """Tell whether an entry is a booking that a tally counts of an event type in `span`."""
    row = _counted(entry)
    return row is not None and row.event_type == kind and span[0] <= row.span[0] < span[1]


def _counted(entry: Entry | None) -> BookingRow | None:
    """Return the booking that an entry is, unless it has ended or is what a booking was before a change."""
    row = None if entry is None else entry.booking
    if entry is None or row is None or row.status not in ACTIVE or is_superseded(Uid(entry.uid)):
        return None
    return row
