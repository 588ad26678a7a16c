"""Knows one state of a collection: what a request that only reads answers from, whatever is written meanwhile."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path

from radicale_plugin.days import Days
from radicale_plugin.entry import Entry
from server.domain.intervals import Span
from server.ical.occurrences import occurrences
from server.ical.scan import scan

STEP_S = 2 * 366 * 86_400
"""How much of a series is looked through at first where the index has not followed it; each further step is twice as long."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The objects of a collection at one moment. `zone` is what its dates and floating times are read in.

    `token` is the sync token of that moment, `modified` when something was last added, changed or removed, and `window`
    how far series are followed at least.
    """

    path: str
    folder: Path
    tag: str
    zone: tzinfo
    entries: Mapping[str, Entry]
    days: Days
    state: str
    token: str
    modified: float
    window: Span

    def get(self, href: str) -> Entry | None:
        """Return the object at `href`."""
        return self.entries.get(href)

    def only(self, href: str) -> "Snapshot":
        """Return the same state as if nothing but the object at `href` stood there."""
        entry = self.entries.get(href)
        entries = {} if entry is None else {href: entry}
        return replace(self, entries=entries, days=Days.of(entries.values()))

    def between(self, start: int, end: int) -> Iterator[Entry]:
        """Give the VEVENTs that take place in [start, end), epoch seconds."""
        for entry in self.days.touching((start, end)):
            if entry.component == "VEVENT" and entry.overlaps(start, end):
                yield entry
        if self.window[0] <= start and end <= self.window[1]:
            return
        for entry in self.entries.values():
            if entry.series is not None and not entry.overlaps(start, end) and _is_beyond(entry, start, end):
                yield entry


def _is_beyond(entry: Entry, start: int, end: int) -> bool:
    """Tell whether a series takes place in the part of [start, end) that the index has not followed."""
    assert entry.series is not None
    assert entry.basis is not None
    since, until = entry.basis.window
    first = max(start, entry.first)
    last = end if entry.last is None else min(end, entry.last + 1)
    if since <= first and last <= until:
        return False
    calendar = scan(entry.series)
    for after, before in (*_backwards(first, min(last, since)), *_forwards(max(first, until), last)):
        found = occurrences(calendar, after, before, entry.basis.zone)
        if found.occurrences or found.complex:
            return True
    return False


def _forwards(start: int, end: int) -> Iterator[Span]:
    step = STEP_S
    while start < end:
        yield start, min(start + step, end)
        start, step = start + step, 2 * step


def _backwards(start: int, end: int) -> Iterator[Span]:
    step = STEP_S
    while start < end:
        yield max(end - step, start), end
        end, step = end - step, 2 * step
