"""Knows which objects of a snapshot a calendar-query may mean, from what the index knows of them, and which it does mean."""

from collections.abc import Iterable, Iterator
from datetime import tzinfo

from radicale_plugin.entry import EARLIEST, Entry
from radicale_plugin.expand import KINDS
from radicale_plugin.filters import LAST, CompFilter, matches
from radicale_plugin.snapshot import Snapshot
from server.domain.intervals import Span
from server.ical.scan import BadCalendar, scan


def candidates(
    snapshot: Snapshot, filter_: CompFilter, *, is_elsewhere: bool
) -> Iterable[tuple[Entry, bool]]:
    """Give what may match, each with whether that is certain; `is_elsewhere`: floating times are read in another zone."""
    inner = filter_.comps[0] if len(filter_.comps) == 1 else None
    is_all = not filter_.props and filter_.span is None and not filter_.is_absent
    every = snapshot.entries.values()
    if is_all and inner is None:
        return [(entry, not filter_.comps) for entry in every]
    if inner is None or filter_.is_absent or inner.name not in KINDS:
        return [(entry, False) for entry in every]
    if inner.is_absent:
        return [(entry, is_all) for entry in every if entry.component != inner.name]
    is_certain = is_all and inner.is_bare
    if inner.span is None or inner.name != "VEVENT":
        return [
            (entry, is_certain and inner.span is None) for entry in every if entry.component == inner.name
        ]
    found: Iterable[Entry] = snapshot.between(*inner.span)
    if is_elsewhere:
        found = dict.fromkeys((*found, *(entry for entry in every if entry.is_local)))
    # One by one: whoever waits for the interpreter need not wait for all of them to be found.
    return ((entry, is_certain) for entry in found)


def is_match(filter_: CompFilter, text: str, zone: tzinfo) -> bool:
    """Tell whether the text of an object is what a filter asks for; one that cannot be read is not."""
    try:
        return matches(filter_, scan(text), zone)
    except BadCalendar:
        return False


def spans_asked(filter_: CompFilter) -> Iterator[Span]:
    """Give the spans, with both their ends, that VEVENTs are asked for in."""
    for inner in filter_.comps:
        if (
            inner.span is not None
            and inner.name == "VEVENT"
            and inner.span[0] > EARLIEST
            and inner.span[1] < LAST
        ):
            yield inner.span
