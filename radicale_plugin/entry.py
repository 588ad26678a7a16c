"""Knows what the index keeps of one stored object: enough to answer without opening its file."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from itertools import chain
from sys import intern
from typing import NamedTuple

from radicale_plugin.texts import etag_of
from server.domain.booking_row import BookingRow, row_of
from server.domain.identity import CalendarPath
from server.domain.intervals import Span, merge, subtract
from server.ical.booking_data import BOOKING
from server.ical.freebusy import is_tentative
from server.ical.occurrences import Expansion, is_opaque, occurrences
from server.ical.scan import BadCalendar, Component, scan
from server.ical.vevent import read_tree

EARLIEST = -62_135_596_800
LATEST = 253_402_300_800
"""The years 1 to 9999 in epoch seconds: as far as calendars can speak."""

_DAY_S = 86_400
_NOTHING: "array[int]" = array("q")
_OTHER_TIMES = frozenset(("RDATE", "RECURRENCE-ID"))
"""What gives an object times that are not those of its VEVENT, or of its rule."""
_CARD_UID = re.compile(r"^(?:[A-Za-z0-9-]+\.)?UID(?:;[^:\r\n]*)?:([^\r\n]*)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Basis:
    """What the times of an entry depend on beside its text: the home's zone and the window that series fill."""

    path: CalendarPath
    zone: tzinfo
    window: Span


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One object of a calendar. `times` and `busy` are pairs of epoch seconds, sorted by start.

    `times` has every occurrence within the index's window, `busy` those that make the host busy, merged, and `tentative`
    the part of these that is not firm. A series keeps
    its text, so that the window can grow without a look at the disk. `is_local` tells that the times depend on the home's
    zone; `last` is None for a series without end. `is_lone` tells that `times` are those of a VEVENT that nothing else
    stands beside, by its rule if it has one, and that all of them were understood.
    """

    href: str
    etag: str
    uid: str
    component: str
    size: int
    modified: float
    first: int
    last: int | None
    times: "array[int]"
    busy: "array[int]"
    is_local: bool = False
    series: str | None = None
    basis: Basis | None = None
    booking: BookingRow | None = None
    tentative: "array[int] | None" = None
    is_lone: bool = False

    def within(self, span: Span, zone: tzinfo) -> list[Span] | None:
        """Return when a lone VEVENT takes place in `span`, None where that must be worked out from its text.

        That is so beyond the index's window, and in another zone than the one that dates and floating times were read in.
        """
        if not self.is_lone or (self.basis is not None and not self._is_followed(self.basis, span, zone)):
            return None
        start, end = span
        times = self.times
        pairs = range(len(times) // 2)
        # The occurrences are of one length, give or take a change of the clocks: what has ended a day before is past.
        first = bisect_right(pairs, start - _DAY_S, key=lambda pair: times[2 * pair + 1])
        last = bisect_left(pairs, end, key=lambda pair: times[2 * pair])
        spans = ((times[2 * pair], times[2 * pair + 1]) for pair in range(first, last))
        return [one for one in spans if one[1] > start or one[0] == one[1] == start]

    def _is_followed(self, basis: Basis, span: Span, zone: tzinfo) -> bool:
        """Tell whether `times` has all that is in `span`, as it is read in `zone`."""
        if self.is_local and zone != basis.zone:
            return False
        return self.series is None or (basis.window[0] <= span[0] and span[1] <= basis.window[1])

    def overlaps(self, start: int, end: int) -> bool:
        """Tell whether an occurrence in the index's window overlaps; one without length does where it stands."""
        times = self.times
        at = 2 * bisect_left(range(len(times) // 2), end, key=lambda pair: times[2 * pair])
        # Backwards, since the last that starts in time is nearly always the one that overlaps.
        return any(
            times[pair + 1] > start or times[pair] == times[pair + 1] == start
            for pair in range(at - 2, -1, -2)
        )


class _Times(NamedTuple):
    """What only VEVENTs have; the order is that of the last fields of an Entry."""

    first: int = EARLIEST
    last: int | None = None
    times: "array[int]" = _NOTHING
    busy: "array[int]" = _NOTHING
    is_local: bool = False
    series: str | None = None
    basis: Basis | None = None
    booking: BookingRow | None = None
    tentative: "array[int] | None" = None
    is_lone: bool = False


_NO_TIMES = _Times()
_ALWAYS = _Times(times=array("q", (EARLIEST, LATEST)), busy=array("q", (EARLIEST, LATEST)))


def read_card(href: str, data: bytes, modified: float) -> Entry:
    """Return the entry of a vCard: it has a UID and no time."""
    text = data.decode(errors="replace").replace("\r\n ", "").replace("\n ", "")
    found = _CARD_UID.search(text)
    uid = found[1].strip() if found else href
    return Entry(href, etag_of(data), uid, "VCARD", len(data), modified, *_NO_TIMES)


def read_object(href: str, data: bytes, modified: float, basis: Basis) -> Entry:
    """Return the entry of a calendar object; one that cannot be read is busy all the time, never free."""
    text = data.decode(errors="replace")
    uid, name = href, ""
    try:
        calendar = scan(text)
    except BadCalendar:
        times = _ALWAYS
    else:
        main = _main(calendar)
        if main is not None:
            uid, name = _text(main, "UID") or href, intern(main.name)
        times = _event_times(calendar, text, basis) if name == "VEVENT" else _NO_TIMES
    return Entry(href, etag_of(data), uid, name, len(data), modified, *times)


def _event_times(calendar: Component, text: str, basis: Basis) -> _Times:
    vevents = [component for component in calendar.components if component.name == "VEVENT"]
    names = {item.name for vevent in vevents for item in vevent.properties}
    is_series = "RRULE" in names
    after, before = basis.window if is_series else (EARLIEST, LATEST)
    expansion = occurrences(calendar, after, before, basis.zone)
    times, busy = _packed_times(expansion)
    booking = read_tree(calendar, basis.path) if BOOKING in names else None
    return _Times(
        EARLIEST if expansion.first is None else expansion.first,
        expansion.last,
        times,
        busy,
        expansion.local,
        text if is_series else None,
        basis if is_series or expansion.local else None,
        None if booking is None else row_of(booking),
        _tentative(expansion, busy) if "STATUS" in names else None,
        not expansion.complex and names.isdisjoint(_OTHER_TIMES) and _is_alone(calendar),
    )


def _is_alone(calendar: Component) -> bool:
    """Tell whether an object has one component beside its time zones."""
    return sum(one.name != "VTIMEZONE" for one in calendar.components) == 1


def spans_within(packed: "array[int]", window: Span) -> list[Span]:
    """Return the packed spans inside `window`, found without unpacking the others of a series."""
    start, end = window
    found: list[Span] = []
    at = 2 * bisect_right(range(len(packed) // 2), start, key=lambda pair: packed[2 * pair + 1])
    while at < len(packed) and packed[at] < end:
        found.append((max(start, packed[at]), min(end, packed[at + 1])))
        at += 2
    return found


def _main(calendar: Component) -> Component | None:
    """Return the component that names the object: the master of a series, else the first that is no time zone."""
    fallback = None
    for component in calendar.components:
        if component.name != "VTIMEZONE":
            if component.first("RECURRENCE-ID") is None:
                return component
            fallback = fallback or component
    return fallback


def _packed_times(expansion: Expansion) -> tuple["array[int]", "array[int]"]:
    """Return when anything takes place and when it makes the host busy: one array, where that is the same."""
    found, unread = expansion.occurrences, expansion.complex
    if len(found) == 1 and not unread and found[0].start < found[0].end:
        times = array("q", (found[0].start, found[0].end))
        return times, times if is_opaque(found[0].component) else _NOTHING
    spans = [(one.start, one.end) for one in found]
    times = _packed(sorted([*spans, *unread]) if unread else spans)
    # A series has hundreds of occurrences and one or two components.
    opaque = {
        id(component)
        for component in {id(one.component): one.component for one in found}.values()
        if is_opaque(component)
    }
    busy = [*(span for span, one in zip(spans, found, strict=True) if id(one.component) in opaque), *unread]
    merged = merge(busy)
    return times, times if merged == spans else _packed(merged)


def _tentative(expansion: Expansion, busy: "array[int]") -> "array[int] | None":
    """Return which part of the busy time is tentative and not also firm."""
    soft = {id(one.component) for one in expansion.occurrences if is_tentative(one.component)}
    if not soft or not busy:
        return None
    if not expansion.complex and all(id(one.component) in soft for one in expansion.occurrences):
        return busy
    spans = [one for one in expansion.occurrences if is_opaque(one.component)]
    firm = merge(
        [*((one.start, one.end) for one in spans if id(one.component) not in soft), *expansion.complex]
    )
    return _packed(subtract(merge((one.start, one.end) for one in spans if id(one.component) in soft), firm))


def _text(component: Component, name: str) -> str:
    found = component.first(name)
    return found.text().strip() if found else ""


def _packed(spans: Iterable[Span]) -> "array[int]":
    packed = array("q", chain.from_iterable(spans))
    return packed if packed else _NOTHING
