"""Knows every object of every home's calendars in memory: where it stands, when it takes place, whose booking it is.

Built at start by reading the files; no cache file is read or written. Readers take no lock: what they read is replaced
whole. Writers hold the storage lock for writing and call `apply` after the files are in place.
"""

import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, tzinfo
from hashlib import blake2b
from pathlib import Path
from time import time
from zoneinfo import ZoneInfo

from radicale_plugin.days import DAY_S, Days
from radicale_plugin.entry import Basis, Entry, read_card, read_object
from radicale_plugin.revisions import Revisions
from radicale_plugin.snapshot import Snapshot
from radicale_plugin.tally import Tally, begins_in
from radicale_plugin.zone_texts import zone_of_properties
from server.domain.identity import HISTORY, CalendarPath, EventTypeId
from server.domain.intervals import Span, merge
from server.domain.zones import is_zone

PROPERTIES = ".Radicale.props"
DAYS_BACK = 400
DAYS_AHEAD = 800
DAYS_MORE = 200
"""How much further than asked the window of series grows, so that it grows seldom."""
REACH_DAYS = 3_660
"""How far from today series are followed on demand; beyond it a calendar with an endless one counts as busy."""

HIDDEN = frozenset({HISTORY, "sandbox"})
"""Calendars of a home that no client sees and that make nobody busy."""


class CalendarIndex:
    """One collection: a calendar or an address book, told apart by `tag`.

    Dates and floating times are read in `own_zone`, which a client has set for the calendar, else in the home's.
    """

    def __init__(
        self,
        path: str,
        folder: Path,
        tag: str,
        zone_of_home: str,
        today: int,
        own_zone: tzinfo | None = None,
    ) -> None:
        self.path = path
        self.folder = folder
        self.tag = tag
        self.zone = zone_of_home
        self._own_zone = own_zone
        self.revisions = Revisions(folder)
        self.bookings: dict[str, Entry] = {}
        self._entries: dict[str, Entry] = {}
        self._hrefs: dict[str, str] = {}
        self._days = Days.of(())
        self._tally = Tally()
        self._digest = 0
        self.modified = 0.0
        window = (today - DAYS_BACK * DAY_S, today + DAYS_AHEAD * DAY_S)
        self._reach = (today - REACH_DAYS * DAY_S, today + REACH_DAYS * DAY_S)
        self._basis = Basis(CalendarPath(path), own_zone or _zone(zone_of_home), window)
        self._growing = threading.Lock()
        self._following = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Return the objects by href."""
        return self._entries

    @property
    def state(self) -> str:
        """Return text that is equal at two moments, restarts included, when the same objects stand there."""
        return f"{self._digest:032x}"

    def get(self, href: str) -> Entry | None:
        """Return the object at `href`."""
        return self._entries.get(href)

    def by_uid(self, uid: str) -> Entry | None:
        """Return the object with this UID."""
        href = self._hrefs.get(uid)
        return None if href is None else self._entries.get(href)

    def read(self, href: str, data: bytes, modified: float) -> Entry:
        """Return what the index would keep of `data`; changes nothing and may be called without a lock."""
        if self.tag == "VADDRESSBOOK":
            return read_card(href, data, modified)
        return read_object(href, data, modified, self._basis)

    def renew(self, entry: Entry, data: bytes) -> Entry:
        """Return `entry`, read again where the zone or the window it was read in is no longer the present one."""
        if entry.basis is None or entry.basis is self._basis:
            return entry
        return self.read(entry.href, data, entry.modified)

    def busy(self, span: Span, without: str | None = None) -> list[Span]:
        """Return merged busy spans that overlap `span`, of all objects but the one with the UID `without`."""
        beyond = self._grow(span)
        if without is None or without not in self._hrefs:
            found = self._days.busy(span)
        else:
            found = self._days.busy_without(span, without)
        return merge([*found, *beyond]) if beyond else found

    def booked(self, kind: EventTypeId, span: Span, guest: str | None, without: str | None) -> int:
        """Return how many bookings of an event type begin in `span`, those of one guest or all, but not that of a UID."""
        own = None if without is None else self.by_uid(without)
        if guest is not None:
            return sum(
                begins_in(entry, kind, span) for entry in self._tally.of_guest(guest) if entry is not own
            )
        return self._tally.count(kind, span) - begins_in(own, kind, span)

    def snapshot(self) -> Snapshot:
        """Return the present state; the caller holds the storage lock."""
        # Before the days: they reach at least as far, also when series are followed further at this moment.
        basis = self._basis
        return Snapshot(
            path=self.path,
            folder=self.folder,
            tag=self.tag,
            zone=basis.zone,
            entries=self._entries.copy(),
            days=self._days,
            state=self.state,
            token=self.revisions.token,
            modified=self.modified,
            window=basis.window,
        )

    def follow(self, span: Span) -> list[Span]:
        """Follow series as far as `span` asks; return what of it is beyond reach and therefore busy."""
        return self._grow(span)

    def apply(self, href: str, new: Entry | None) -> Entry | None:
        """Put `new` at `href`, or nothing; return what stood there. The caller holds the storage lock for writing."""
        with self._growing:
            if new is not None and new.series is not None:
                new = self.renew(new, new.series.encode())
            old = self._entries.get(href)
            self._hold(href, old, new)
            self._days = self._days.changed(old, new)
        self.modified = time()
        self.revisions.add([(href, new.etag if new else None)])
        if self.revisions.is_long:
            self.revisions.compact(self._etags())
        return old

    def fill(self, entries: Iterable[Entry]) -> None:
        """Take over all objects at once; for a start."""
        for entry in entries:
            self._place(entry.href, None, entry)
        self._days = Days.of(self._entries.values())
        self._tally = Tally.of(self._entries.values())
        self.modified = self.folder.stat().st_mtime
        self.revisions.load(self._etags())

    def rezone(self, zone_of_home: str) -> None:
        """Take over the home's new zone; the caller holds the storage lock for reading."""
        self._read_in(self._own_zone or _zone(zone_of_home))
        self.zone = zone_of_home

    def take_properties(self, properties: Mapping[str, object]) -> None:
        """Take over the zone that a client has set, or no longer sets; the caller holds the storage lock for writing."""
        self._own_zone = zone_of_properties(properties)
        self.modified = time()
        self._read_in(self._own_zone or _zone(self.zone))

    def _read_in(self, zone: tzinfo) -> None:
        """Read anew, in another zone, what has dates or floating times."""
        with self._growing:
            if zone == self._basis.zone:
                return
            basis = replace(self._basis, zone=zone)
            for entry in list(self._entries.values()):
                if entry.is_local and (data := self._data(entry)) is not None:
                    self._hold(entry.href, entry, read_object(entry.href, data, entry.modified, basis))
            self._publish(basis)

    def _etags(self) -> dict[str, str]:
        return {href: entry.etag for href, entry in self._entries.items()}

    def _hold(self, href: str, old: Entry | None, new: Entry | None) -> None:
        self._tally.change(old, new)
        self._place(href, old, new)

    def _place(self, href: str, old: Entry | None, new: Entry | None) -> None:
        if old is not None:
            self._digest ^= _digest(old)
            # Not for a moment out of reach by its UID while it is replaced: a reader would take it for removed.
            if (new is None or new.uid != old.uid) and self._hrefs.get(old.uid) == href:
                del self._hrefs[old.uid]
        if new is None:
            self._entries.pop(href, None)
            self.bookings.pop(href, None)
            return
        self._digest ^= _digest(new)
        self._entries[href] = new
        self._hrefs[new.uid] = href
        if new.booking is not None:
            self.bookings[href] = new
        else:
            self.bookings.pop(href, None)

    def _grow(self, span: Span) -> list[Span]:
        """Follow series as far as `span` asks; return what of it is beyond reach and therefore busy."""
        window = self._basis.window
        if window[0] <= span[0] and span[1] <= window[1]:
            return []
        reach = self._reach
        # One at a time, and not under the lock that writers wait for: to follow 10,000 series takes seconds.
        with self._following:
            window = self._basis.window
            wanted = (max(span[0], reach[0]), min(span[1], reach[1]))
            if wanted[0] < window[0] or wanted[1] > window[1]:
                since = min(window[0], max(wanted[0] - DAYS_MORE * DAY_S, reach[0]))
                until = max(window[1], min(wanted[1] + DAYS_MORE * DAY_S, reach[1]))
                self._follow((since, until))
        series = [one for one in list(self._entries.values()) if one.series is not None]
        if not any(one.last is None or one.last > reach[1] for one in series):
            return []
        return [
            part for part in ((span[0], reach[0]), (max(span[0], reach[1]), span[1])) if part[0] < part[1]
        ]

    def _follow(self, window: Span) -> None:
        """Read every series as far as `window`; what is written meanwhile is read once more when all are taken over."""
        basis = replace(self._basis, window=window)
        before = self._entries.copy()
        read = {
            href: read_object(href, entry.series.encode(), entry.modified, basis)
            for href, entry in before.items()
            if entry.series is not None
        }
        days = Days.of((before | read).values())
        with self._growing:
            # A zone may have been set meanwhile too; then every entry of it differs from what was read.
            basis = replace(self._basis, window=window)
            for href in before.keys() | self._entries.keys():
                old, new = before.get(href), self._entries.get(href)
                shown = read.get(href, old)
                if new is old:
                    fresh = shown
                elif new is None or new.series is None:
                    fresh = new
                else:
                    fresh = read_object(href, new.series.encode(), new.modified, basis)
                if fresh is not shown:
                    days = days.changed(shown, fresh)
                if fresh is not new:
                    self._hold(href, new, fresh)
            self._days = days
            self._basis = basis

    def _publish(self, basis: Basis) -> None:
        """Let readers see what was read anew; the basis comes last, as it tells them that the days reach so far."""
        self._days = Days.of(self._entries.values())
        self._basis = basis

    def _data(self, entry: Entry) -> bytes | None:
        try:
            return (self.folder / entry.href).read_bytes()
        except FileNotFoundError:
            return None


class Index:
    """All collections of all homes. `zone_of` tells a home's IANA zone."""

    def __init__(self, root: Path, zone_of: Callable[[str], str], now: Callable[[], float] = time) -> None:
        self._root = root
        self._zone_of = zone_of
        self._now = now
        self._calendars: dict[str, CalendarIndex] = {}
        self._homes: dict[str, tuple[CalendarIndex, ...]] = {}
        self._versions: dict[str, int] = {}

    def get(self, path: str) -> CalendarIndex | None:
        """Return a collection by its path, "alice/calendar"."""
        return self._calendars.get(path)

    def of_home(self, home: str) -> tuple[CalendarIndex, ...]:
        """Return the collections of a home by name."""
        return self._homes.get(home, ())

    def busy(self, path: str, span: Span, without_uid: str | None = None) -> list[Span]:
        """Return merged busy spans of one calendar that overlap `span`; an unknown calendar is empty."""
        calendar = self._calendars.get(path)
        return calendar.busy(span, without_uid) if calendar is not None else []

    def booked(
        self,
        home: str,
        kind: EventTypeId,
        span: Span,
        guest: str | None = None,
        without_uid: str | None = None,
    ) -> int:
        """Return how many bookings of an event type begin in `span`, those of one guest or all, but not that of a UID."""
        return sum(one.booked(kind, span, guest, without_uid) for one in self._homes.get(home, ()))

    def version(self, home: str) -> int:
        """Return a number that rises after anything in a home's collections has changed."""
        return self._versions.get(home, 0)

    def touch(self, home: str) -> None:
        """Raise the version of a home; the caller holds the storage lock for writing."""
        self._versions[home] = self._versions.get(home, 0) + 1

    def load(self) -> None:
        """Read every collection below the root."""
        for home in sorted(_folders(self._root)):
            for folder in sorted(_folders(home)):
                self.add(f"{home.name}/{folder.name}")

    def add(self, path: str) -> CalendarIndex | None:
        """Read one collection from its folder, in the place of what was known of it; None when it is none."""
        folder = self._root / path
        properties = _properties(folder)
        tag = properties.get("tag")
        if not isinstance(tag, str):
            self.drop(path)
            return None
        home = path.partition("/")[0]
        own_zone = zone_of_properties(properties)
        calendar = CalendarIndex(path, folder, tag, self._zone_of(home), int(self._now()), own_zone)
        calendar.fill(_read_all(calendar))
        self._calendars[path] = calendar
        self._group(path)
        self.touch(home)
        return calendar

    def drop(self, path: str) -> None:
        """Forget a collection."""
        if self._calendars.pop(path, None) is not None:
            self._group(path)
            self.touch(path.partition("/")[0])

    def is_stale(self, home: str) -> bool:
        """Tell whether dates and floating times of a home are still read in a zone that it has left."""
        name = self._zone_of(home)
        return any(calendar.zone != name for calendar in self._homes.get(home, ()))

    def rezone(self, home: str) -> None:
        """Take over a home's new zone; the caller holds the storage lock, so that nobody writes."""
        name = self._zone_of(home)
        for calendar in self.of_home(home):
            if calendar.zone != name:
                calendar.rezone(name)
        self.touch(home)

    def _group(self, path: str) -> None:
        home = path.partition("/")[0]
        calendars = {calendar.path: calendar for calendar in self._homes.get(home, ())}
        calendars.pop(path, None)
        if path in self._calendars:
            calendars[path] = self._calendars[path]
        self._homes[home] = tuple(calendars[name] for name in sorted(calendars))


def _digest(entry: Entry) -> int:
    return int.from_bytes(blake2b(f"{entry.href}/{entry.etag}".encode(), digest_size=16).digest())


def _zone(name: str) -> tzinfo:
    return ZoneInfo(name) if is_zone(name) else UTC


def _folders(path: Path) -> list[Path]:
    with os.scandir(path) as found:
        return [path / one.name for one in found if one.is_dir() and not one.name.startswith(".")]


def _properties(folder: Path) -> Mapping[str, object]:
    try:
        properties = json.loads((folder / PROPERTIES).read_bytes())
    except FileNotFoundError:
        return {}
    return properties if isinstance(properties, dict) else {}


def _read_all(calendar: CalendarIndex) -> Iterator[Entry]:
    with os.scandir(calendar.folder) as found:
        for one in found:
            if one.is_file() and is_href(one.name):
                data = (calendar.folder / one.name).read_bytes()
                yield calendar.read(one.name, data, one.stat().st_mtime)


def is_href(name: str) -> bool:
    """Tell whether a file of this name is an object: not hidden, not a backup, and a name that can be said in UTF-8."""
    return (
        bool(name)
        and not name.startswith(".")
        and not name.endswith("~")
        and "/" not in name
        and not any("\ud800" <= character <= "\udfff" for character in name)
    )
