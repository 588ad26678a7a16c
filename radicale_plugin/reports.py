"""Knows what the reports of a calendar say: RFC 4791 §7.8 to §7.10 and RFC 6578 §3.2, from the index and our own scanner.

The lock is held while a snapshot is taken. Texts are read afterwards and compared with their etags, so that what is
said of an object is always true of one of its states.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from http import client
from itertools import islice
from typing import Protocol
from xml.etree.ElementTree import Element

from radicale_plugin.asked import CR, Refusal, Wanted, asked_name, asked_size, asked_zone
from radicale_plugin.calendar_data import TooMany
from radicale_plugin.calendar_index import CalendarIndex
from radicale_plugin.candidates import candidates, is_match, spans_asked
from radicale_plugin.entry import Entry
from radicale_plugin.filters import BadFilter, C, CompFilter, read_filter, read_span
from radicale_plugin.free_busy import free_busy
from radicale_plugin.listing import D, Listing, spoken
from radicale_plugin.snapshot import Snapshot

HREFS_MAX = 100_000

_OF_OBJECTS = frozenset((f"{C}calendar-query", f"{C}calendar-multiget"))
"""What may also be asked of one object, RFC 4791 §7.8 and §7.9."""

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


@dataclass(frozen=True, slots=True)
class _Place:
    """What is asked: a collection, or the one object at `href`; `prefix` stands before its path."""

    calendar: CalendarIndex
    href: str | None
    prefix: str

    def of(self, snapshot: Snapshot) -> Snapshot:
        """Return what of a state is asked."""
        return snapshot if self.href is None else snapshot.only(self.href)


class Reports:
    """The reports over one storage; an answer has at most `occurrences_max` occurrences that it had to work out."""

    def __init__(self, storage: Keeper, occurrences_max: int) -> None:
        self._storage = storage
        self._occurrences_max = occurrences_max
        self._by_tag: dict[tuple[str, str], Callable[[_Place, Element], Answer]] = {
            ("VCALENDAR", f"{C}calendar-query"): self._query,
            ("VCALENDAR", f"{C}calendar-multiget"): self._multiget,
            ("VADDRESSBOOK", f"{CR}addressbook-multiget"): self._multiget,
            ("VCALENDAR", f"{D}sync-collection"): self._sync,
            ("VADDRESSBOOK", f"{D}sync-collection"): self._sync,
        }

    def knows(self, calendar: CalendarIndex, request: Element, href: str | None = None) -> bool:
        """Tell whether the request is answered here, of the collection or of the one object at `href`."""
        if href is not None and (request.tag not in _OF_OBJECTS or calendar.get(href) is None):
            return False
        return (calendar.tag, request.tag) in self._by_tag

    def answer(
        self, calendar: CalendarIndex, request: Element, prefix: str, href: str | None = None
    ) -> Answer:
        """Return the answer to a request that is known; raises Refusal. `prefix` stands before every path of the server."""
        try:
            return self._by_tag[calendar.tag, request.tag](_Place(calendar, href, prefix), request)
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

    def _query(self, place: _Place, request: Element) -> Answer:
        element = request.find(f"{C}filter")
        if element is None:
            raise Refusal("", "a calendar-query has a filter")
        filter_ = read_filter(element)
        zone = asked_zone(request)
        wanted = Wanted(request)
        for span in spans_asked(filter_):
            place.calendar.follow(span)
        snapshot = place.of(self._storage.take(place.calendar))
        writing = _Writing(wanted, snapshot, zone or snapshot.zone, place.prefix, self._occurrences_max)
        found = self._found(snapshot, filter_, zone)
        size = asked_size(request)
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

    def _multiget(self, place: _Place, request: Element) -> Answer:
        wanted = Wanted(request)
        zone = asked_zone(request)
        snapshot = place.of(self._storage.take(place.calendar))
        writing = _Writing(wanted, snapshot, zone or snapshot.zone, place.prefix, self._occurrences_max)
        hrefs = dict.fromkeys(element.text or "" for element in islice(request.iter(f"{D}href"), HREFS_MAX))
        for written in hrefs:
            name = asked_name(written, place.prefix, place.calendar.path)
            if name is None:
                writing.listing.add_nowhere(written)
            else:
                self._give(writing, snapshot, name)
        return _multistatus(writing.listing.end())

    def _sync(self, place: _Place, request: Element) -> Answer:
        given = request.find(f"{D}sync-token")
        size = asked_size(request)
        wanted = Wanted(request)
        token = (given.text or "").strip() if given is not None else ""
        try:
            snapshot, hrefs, following = self._storage.page(
                place.calendar, token, size if size is not None else 2**62
            )
        except ValueError as old:
            raise Refusal("D:valid-sync-token", str(old)) from old
        writing = _Writing(wanted, snapshot, snapshot.zone, place.prefix, self._occurrences_max)
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
        for entry, is_certain in candidates(snapshot, filter_, is_elsewhere=zone is not None):
            self._storage.give_way()
            if is_certain and not (zone is not None and entry.is_local):
                yield entry, None
                continue
            found = self._storage.text_of(snapshot, entry)
            if found is not None and is_match(filter_, found[1], zone or snapshot.zone):
                yield found

    def _read(self, snapshot: Snapshot, entry: Entry, filter_: CompFilter) -> Found | None:
        """Return a matching object with its text; one that changed meanwhile must match as it is now."""
        found = self._storage.text_of(snapshot, entry)
        if found is None or found[0] is entry or is_match(filter_, found[1], snapshot.zone):
            return found
        return None


class _Writing:
    """An answer while it is written."""

    def __init__(
        self, wanted: Wanted, snapshot: Snapshot, zone: tzinfo, prefix: str, occurrences_max: int
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


def _multistatus(body: bytes) -> Answer:
    return Answer(client.MULTI_STATUS, "text/xml", body)
