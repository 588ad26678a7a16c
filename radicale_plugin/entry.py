"""Knows what the index keeps of one stored object: enough to answer without opening its file."""

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import tzinfo
from sys import intern

from radicale_plugin.texts import etag_of
from server.domain.booking import Status
from server.domain.identity import BookingId, CalendarPath
from server.domain.intervals import Span, merge
from server.ical.occurrences import Expansion, is_opaque, occurrences
from server.ical.scan import BadCalendar, Component, scan
from server.ical.vevent import read_tree

EARLIEST = -62_135_596_800
LATEST = 253_402_300_800
"""The years 1 to 9999 in epoch seconds: as far as calendars can speak."""

_NOTHING: "array[int]" = array("q")
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

    `times` has every occurrence within the index's window, `busy` those that make the host busy, merged. A series
    keeps its text and its basis, so that the window can grow without a look at the disk. `is_local` tells that the times depend on
    the home's zone; `last` is None for a series without end.
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
    booking: BookingId | None = None
    status: Status | None = None

    def overlaps(self, start: int, end: int) -> bool:
        """Tell whether an occurrence in the index's window overlaps; one without length does where it stands."""
        times = self.times
        return any(
            times[at] < end and (times[at + 1] > start or times[at] == times[at + 1] == start)
            for at in range(0, len(times), 2)
        )


def read_card(href: str, data: bytes, modified: float) -> Entry:
    """Return the entry of a vCard: it has a UID and no time."""
    text = data.decode(errors="replace").replace("\r\n ", "").replace("\n ", "")
    uid = _CARD_UID.search(text)
    return Entry(
        href,
        etag_of(data),
        uid[1].strip() if uid else href,
        "VCARD",
        len(data),
        modified,
        EARLIEST,
        None,
        _NOTHING,
        _NOTHING,
    )


def read_object(href: str, data: bytes, modified: float, basis: Basis) -> Entry:
    """Return the entry of a calendar object; one that cannot be read is busy all the time, never free."""
    text = data.decode(errors="replace")
    try:
        calendar = scan(text)
    except BadCalendar:
        always = array("q", (EARLIEST, LATEST))
        return Entry(href, etag_of(data), href, "", len(data), modified, EARLIEST, None, always, always)
    main = _main(calendar)
    uid, name = (href, "VTIMEZONE") if main is None else (_text(main, "UID") or href, intern(main.name))
    plain = Entry(href, etag_of(data), uid, name, len(data), modified, EARLIEST, None, _NOTHING, _NOTHING)
    return _with_times(plain, text, calendar, basis) if name == "VEVENT" else plain


def _with_times(plain: Entry, text: str, calendar: Component, basis: Basis) -> Entry:
    vevents = list(calendar.children("VEVENT"))
    is_series = any(vevent.first("RRULE") is not None for vevent in vevents)
    after, before = basis.window if is_series else (EARLIEST, LATEST)
    expansion = occurrences(calendar, after, before, basis.zone)
    found = [(one.start, one.end) for one in expansion.occurrences]
    times = _packed(sorted([*found, *expansion.complex]))
    busy = _busy(expansion)
    booking = read_tree(calendar, basis.path)
    return replace(
        plain,
        first=EARLIEST if expansion.first is None else expansion.first,
        last=expansion.last,
        times=times,
        busy=times if busy == times else busy,
        is_local=any(_is_local(vevent) for vevent in vevents),
        series=text if is_series else None,
        booking=None if booking is None else booking.id,
        status=None if booking is None else booking.status,
        basis=basis if is_series else None,
    )


def _main(calendar: Component) -> Component | None:
    """Return the component that names the object: the master of a series, else the first that is no time zone."""
    found = [component for component in calendar.components if component.name != "VTIMEZONE"]
    return next((one for one in found if one.first("RECURRENCE-ID") is None), found[0] if found else None)


def _busy(expansion: Expansion) -> "array[int]":
    spans = [(found.start, found.end) for found in expansion.occurrences if is_opaque(found.component)]
    return _packed(merge([*spans, *expansion.complex]))


def _is_local(vevent: Component) -> bool:
    """Tell whether the component says dates or floating times, which mean instants only in a zone."""
    return any(
        (written := vevent.first(name)) is not None
        and not written.value.rstrip().upper().endswith("Z")
        and written.param("TZID") is None
        for name in ("DTSTART", "DTEND")
    )


def _text(component: Component, name: str) -> str:
    found = component.first(name)
    return found.text().strip() if found else ""


def _packed(spans: Iterable[Span]) -> "array[int]":
    packed = array("q", (instant for span in spans for instant in span))
    return packed if packed else _NOTHING
