"""Knows what the reports of a calendar say: RFC 4791 §7.8 to §7.10 and RFC 6578 §3.2, from the index and our own scanner.

The lock is held while a snapshot is taken. Texts are read afterwards and compared with their etags, so that what is
said of an object is always true of one of its states.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from http import client
from itertools import islice
from typing import Protocol
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from radicale import pathutils

from radicale_plugin.calendar_data import CalendarData, TooMany, read_calendar_data
from radicale_plugin.calendar_index import CalendarIndex
from radicale_plugin.entry import EARLIEST, Entry
from radicale_plugin.expand import KINDS
from radicale_plugin.filters import LAST, BadFilter, C, CompFilter, matches, read_filter, read_span
from radicale_plugin.free_busy import free_busy
from radicale_plugin.listing import D, Listing, spoken
from radicale_plugin.snapshot import Snapshot
from radicale_plugin.zone_texts import zone_named, zone_of_text
from server.ical.scan import BadCalendar, scan

CR = "{urn:ietf:params:xml:ns:carddav}"
CALENDAR_DATA, ADDRESS_DATA = f"{C}calendar-data", f"{CR}address-data"
HREFS_MAX = 100_000

Found = tuple[Entry, str | None]
"""An object, with its text where it had to be read."""


class Keeper(Protocol):
    """What reports need of the storage."""

    def give_way(self) -> None:
        """Let others compute, between the pieces of a long work."""
        ...

    def take(self, calendar: CalendarIndex) -> Snapshot:
        """Return the present state of one collection."""
        ...

    def page(self, calendar: CalendarIndex, token: str, size: int) -> tuple[Snapshot, list[str], str]:
        """Return the present state, what changed since a sync token and the token that comes next; ValueError: too old."""
        ...

    def text_of(self, snapshot: Snapshot, entry: Entry) -> tuple[Entry, str] | None:
        """Return an object of a snapshot with its text, the present one where it has changed since; None if it is gone."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a report is answered with."""

    status: int
    content_type: str
    body: bytes


class Refusal(Exception):
    """A report that cannot be answered; `precondition` names the element that says why, "" for a bad request."""

    def __init__(self, precondition: str, reason: str = "") -> None:
        super().__init__(reason)
        self.precondition = precondition


class Reports:
    """The reports over one storage; an answer has at most `occurrences_max` occurrences that it had to work out."""

    def __init__(self, storage: Keeper, occurrences_max: int) -> None:
        self._storage = storage
        self._occurrences_max = occurrences_max
        self._by_tag: dict[tuple[str, str], Callable[[CalendarIndex, Element, str], Answer]] = {
            ("VCALENDAR", f"{C}calendar-query"): self._query,
            ("VCALENDAR", f"{C}calendar-multiget"): self._multiget,
            ("VADDRESSBOOK", f"{CR}addressbook-multiget"): self._multiget,
            ("VCALENDAR", f"{D}sync-collection"): self._sync,
            ("VADDRESSBOOK", f"{D}sync-collection"): self._sync,
        }

    def knows(self, calendar: CalendarIndex, request: Element) -> bool:
        """Tell whether the request is answered here."""
        return (calendar.tag, request.tag) in self._by_tag

    def answer(self, calendar: CalendarIndex, request: Element, prefix: str) -> Answer:
        """Return the answer to a request that is known; raises Refusal. `prefix` stands before every path of the server."""
        try:
            return self._by_tag[calendar.tag, request.tag](calendar, request, prefix)
        except BadFilter as bad:
            raise Refusal(bad.precondition, str(bad)) from bad
        except TooMany as many:
            reason = f"more than {self._occurrences_max} occurrences"
            raise Refusal("D:number-of-matches-within-limits", reason) from many

    def free_busy(self, calendar: CalendarIndex, request: Element, now: float) -> Answer:
        """Return the answer to a free-busy-query; raises Refusal."""
        element = request.find(f"{C}time-range")
        if element is None or not (element.get("start") and element.get("end")):
            raise Refusal("", "a free-busy-query has a time range with both its ends")
        try:
            window = read_span(element)
        except BadFilter as bad:
            raise Refusal("", str(bad)) from bad
        beyond = calendar.follow(window)
        text = free_busy(self._storage.take(calendar), window, beyond, now)
        return Answer(client.OK, "text/calendar", text.encode())

    # The reports ---------------------------------------------------------------------------------

    def _query(self, calendar: CalendarIndex, request: Element, prefix: str) -> Answer:
        element = request.find(f"{C}filter")
        if element is None:
            raise Refusal("", "a calendar-query has a filter")
        filter_ = read_filter(element)
        zone = _asked_zone(request)
        wanted = _Wanted(request)
        for span in _spans(filter_):
            calendar.follow(span)
        snapshot = self._storage.take(calendar)
        writing = _Writing(wanted, snapshot, zone or snapshot.zone, prefix, self._occurrences_max)
        found = self._found(snapshot, filter_, zone)
        size = _size(request)
        for number, one in enumerate(found):
            if size is not None and number == size:
                writing.listing.cut()
                break
            if (
                written := one
                if one[1] is not None or not wanted.text
                else self._read(snapshot, one[0], filter_)
            ):
                writing.add(*written)
        return _multistatus(writing.listing.end())

    def _multiget(self, calendar: CalendarIndex, request: Element, prefix: str) -> Answer:
        wanted = _Wanted(request)
        zone = _asked_zone(request)
        snapshot = self._storage.take(calendar)
        writing = _Writing(wanted, snapshot, zone or snapshot.zone, prefix, self._occurrences_max)
        hrefs = dict.fromkeys(element.text or "" for element in islice(request.iter(f"{D}href"), HREFS_MAX))
        for written in hrefs:
            name = _name(written, prefix, calendar.path)
            if name is None:
                writing.listing.add_nowhere(written)
            else:
                self._give(writing, snapshot, name)
        return _multistatus(writing.listing.end())

    def _sync(self, calendar: CalendarIndex, request: Element, prefix: str) -> Answer:
        given = request.find(f"{D}sync-token")
        size = _size(request)
        wanted = _Wanted(request)
        token = (given.text or "").strip() if given is not None else ""
        try:
            snapshot, hrefs, following = self._storage.page(
                calendar, token, size if size is not None else 2**62
            )
        except ValueError as old:
            raise Refusal("D:valid-sync-token", str(old)) from old
        writing = _Writing(wanted, snapshot, snapshot.zone, prefix, self._occurrences_max)
        for href in hrefs:
            self._give(writing, snapshot, href)
        if following != snapshot.token:
            writing.listing.cut()
        return _multistatus(writing.listing.end(following))

    # Finding -------------------------------------------------------------------------------------

    def _give(self, writing: "_Writing", snapshot: Snapshot, href: str) -> None:
        self._storage.give_way()
        entry = snapshot.get(href)
        found: Found | None = None
        if entry is not None:
            found = self._storage.text_of(snapshot, entry) if writing.wanted.text else (entry, None)
        if found is None:
            writing.listing.add_missing(href)
        else:
            writing.add(*found, always=True)

    def _found(self, snapshot: Snapshot, filter_: CompFilter, zone: tzinfo | None) -> Iterator[Found]:
        """Give the objects that match, with their texts where these had to be looked at."""
        zone = None if zone == snapshot.zone else zone
        for entry, is_certain in _candidates(snapshot, filter_, is_elsewhere=zone is not None):
            self._storage.give_way()
            if is_certain and not (zone is not None and entry.is_local):
                yield entry, None
                continue
            found = self._storage.text_of(snapshot, entry)
            if found is not None and _is_match(filter_, found[1], zone or snapshot.zone):
                yield found

    def _read(self, snapshot: Snapshot, entry: Entry, filter_: CompFilter) -> Found | None:
        """Return a matching object with its text; one that changed meanwhile must match as it is now."""
        found = self._storage.text_of(snapshot, entry)
        if found is None or found[0] is entry or _is_match(filter_, found[1], snapshot.zone):
            return found
        return None


class _Wanted:
    """The properties that a report shows of each object."""

    def __init__(self, request: Element) -> None:
        elements = list(request.find(f"{D}prop") or ())
        self.tags = list(dict.fromkeys(element.tag for element in elements))
        data = next((element for element in elements if element.tag == CALENDAR_DATA), None)
        self.data = CalendarData() if data is None else read_calendar_data(data)
        self.text = next((tag for tag in self.tags if tag in (CALENDAR_DATA, ADDRESS_DATA)), None)


class _Writing:
    """An answer while it is written."""

    def __init__(
        self, wanted: _Wanted, snapshot: Snapshot, zone: tzinfo, prefix: str, occurrences_max: int
    ) -> None:
        self.wanted = wanted
        self.listing = Listing(prefix, snapshot.path, wanted.tags)
        self._zone = zone
        self._left = occurrences_max

    def add(self, entry: Entry, text: str | None, *, always: bool = False) -> None:
        """Take an object; without an occurrence to show it is left out, unless it was asked for by its name."""
        if text is None or self.wanted.text is None:
            self.listing.add(entry, {})
            return
        shown, count = self.wanted.data.of(entry, text, self._zone, self._left)
        self._left -= count
        if shown is not None:
            self.listing.add(entry, {self.wanted.text: spoken(shown)})
        elif always:
            self.listing.add(entry, {})


def _candidates(
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


def _is_match(filter_: CompFilter, text: str, zone: tzinfo) -> bool:
    try:
        return matches(filter_, scan(text), zone)
    except BadCalendar:
        return False


def _spans(filter_: CompFilter) -> Iterator[tuple[int, int]]:
    for inner in filter_.comps:
        if (
            inner.span is not None
            and inner.name == "VEVENT"
            and inner.span[0] > EARLIEST
            and inner.span[1] < LAST
        ):
            yield inner.span


def _asked_zone(request: Element) -> tzinfo | None:
    """Return the zone that floating times are to be read in, RFC 4791 §9.8 and RFC 7809 §4.1; None: the calendar's."""
    named, written = request.find(f"{C}timezone-id"), request.find(f"{C}timezone")
    if named is not None and named.text:
        found = zone_named(named.text)
        if found is None:
            raise Refusal("C:valid-timezone", f"unknown: {named.text!r}")
        return found
    if written is not None and written.text:
        found = zone_of_text(written.text)
        if found is None:
            raise Refusal("C:valid-timezone", "no VTIMEZONE that can be read")
        return found
    return None


def _size(request: Element) -> int | None:
    """Return how many objects the client wants at most, RFC 5323 §5.17."""
    for element in (request.find(f"{D}limit/{D}nresults"), request.find(f"{C}limit/{C}nresults")):
        if element is not None:
            text = (element.text or "").strip()
            if not text.isdecimal() or int(text[:12]) < 1:
                raise Refusal("", f"not a number of results: {text[:40]!r}")
            return int(text[:12])
    return None


def _name(href: str, prefix: str, path: str) -> str | None:
    """Return which object of the collection an address names, None when it names none."""
    asked = pathutils.sanitize_path(unquote(urlsplit(href.strip()).path))
    folder = f"{prefix}/{path}/"
    name = asked.removeprefix(folder)
    return name if asked.startswith(folder) and name and "/" not in name else None


def _multistatus(body: bytes) -> Answer:
    return Answer(client.MULTI_STATUS, "text/xml", body)
