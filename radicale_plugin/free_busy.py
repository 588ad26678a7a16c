"""Knows when the host of a calendar is busy, and how firmly, without opening a file: RFC 4791 §7.10."""

from collections.abc import Iterator
from datetime import UTC, datetime

from radicale_plugin.entry import Entry, spans_within
from radicale_plugin.snapshot import Snapshot
from server.domain.intervals import Span, subtract
from server.ical.freebusy import Busy, BusySpan, free_busy_answer

PRODID = "-//Daybook//CalDAV//EN"


def free_busy(snapshot: Snapshot, window: Span, beyond: list[Span], now: float) -> str:
    """Return the VFREEBUSY of `window`; `beyond` is what of it nobody can know and is told as busy."""
    spans = [BusySpan(*span) for span in beyond]
    for entry in snapshot.days.touching(window):
        spans += _spans(entry, window)
    return free_busy_answer(spans, window, dtstamp=datetime.fromtimestamp(int(now), UTC), prodid=PRODID)


def _spans(entry: Entry, window: Span) -> Iterator[BusySpan]:
    busy = spans_within(entry.busy, window)
    tentative = spans_within(entry.tentative, window) if entry.tentative else []
    for span in subtract(busy, tentative) if tentative else busy:
        yield BusySpan(*span)
    for span in tentative:
        yield BusySpan(*span, Busy.TENTATIVE)
