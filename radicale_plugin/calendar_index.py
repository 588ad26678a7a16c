"""Knows one collection in memory: what stands there, when it takes place, and when it makes its host busy.

Readers take no lock: what they read is replaced whole. Writers hold the storage lock for writing and call `apply` after
the files are in place.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from time import time

from radicale_plugin.days import DAY_S, Days
from radicale_plugin.entries import Entries
from radicale_plugin.entry import Basis, Entry, read_card, read_object
from radicale_plugin.revisions import Revisions
from radicale_plugin.snapshot import Snapshot
from radicale_plugin.zone_texts import zone_of_properties
from server.domain.identity import CalendarPath, EventTypeId
from server.domain.intervals import Span, merge
from server.domain.zones import zone_of

DAYS_BACK = 400
DAYS_AHEAD = 800
DAYS_MORE = 200
"""How much further than asked the window of series grows, so that it grows seldom."""
REACH_DAYS = 3_660
"""How far from today series are followed on demand; beyond it a calendar with an endless one counts as busy."""


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
        self._objects = Entries()
        self._days = Days.of(())
        self.modified = 0.0
        window = (today - DAYS_BACK * DAY_S, today + DAYS_AHEAD * DAY_S)
        self._reach = (today - REACH_DAYS * DAY_S, today + REACH_DAYS * DAY_S)
        self._basis = Basis(CalendarPath(path), own_zone or zone_of(zone_of_home), window)
        self._taken: tuple[Basis, Snapshot] | None = None
        self._growing = threading.Lock()
        self._following = threading.Lock()

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Return the objects by href."""
        return self._objects.by_href

    @property
    def bookings(self) -> Mapping[str, Entry]:
        """Return those of the objects that are bookings, by href."""
        return self._objects.bookings

    @property
    def state(self) -> str:
        """Return text that is equal at two moments, restarts included, when the same objects stand there."""
        return self._objects.state

    def get(self, href: str) -> Entry | None:
        """Return the object at `href`."""
        return self._objects.get(href)

    def by_uid(self, uid: str) -> Entry | None:
        """Return the object with this UID."""
        return self._objects.by_uid(uid)

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
        beyond = self.follow(span)
        if without is None or self.by_uid(without) is None:
            found = self._days.busy(span)
        else:
            found = self._days.busy_without(span, without)
        return merge([*found, *beyond]) if beyond else found

    def booked(self, kind: EventTypeId, span: Span, guest: str | None, without: str | None) -> int:
        """Return how many bookings of an event type begin in `span`, those of one guest or all, but not that of a UID."""
        return self._objects.booked(kind, span, guest, without)

    def seated(self, kind: EventTypeId, span: Span) -> tuple[Entry, ...]:
        """Return the bookings by seats of an event type that begin in `span`, by start."""
        return self._objects.seated(kind, span)

    def snapshot(self) -> Snapshot:
        """Return the present state; the caller holds the storage lock.

        The same as last time where nothing has changed: to copy 10,000 objects takes longer than most answers from them.
        """
        # Before the days: they reach at least as far, also when series are followed further at this moment.
        basis = self._basis
        days, modified = self._days, self.modified
        taken = self._taken
        if taken is None or not (
            taken[0] is basis and taken[1].days is days and taken[1].modified == modified
        ):
            taken = self._taken = basis, self._copied(basis, days, modified)
        return taken[1]

    def _copied(self, basis: Basis, days: Days, modified: float) -> Snapshot:
        return Snapshot(
            path=self.path,
            folder=self.folder,
            tag=self.tag,
            zone=basis.zone,
            entries=self._objects.copy(),
            days=days,
            state=self.state,
            token=self.revisions.token,
            modified=modified,
            window=basis.window,
        )

    def follow(self, span: Span) -> list[Span]:
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
                self._extend((since, until))
        series = [one for one in list(self.entries.values()) if one.series is not None]
        if not any(one.last is None or one.last > reach[1] for one in series):
            return []
        return [
            part for part in ((span[0], reach[0]), (max(span[0], reach[1]), span[1])) if part[0] < part[1]
        ]

    def apply(self, href: str, new: Entry | None) -> Entry | None:
        """Put `new` at `href`, or nothing; return what stood there. The caller holds the storage lock for writing."""
        with self._growing:
            if new is not None and new.series is not None:
                new = self.renew(new, new.series.encode())
            old = self._objects.get(href)
            self._objects.put(href, old, new)
            self._days = self._days.changed(old, new)
        self.modified = time()
        self.revisions.add([(href, new.etag if new else None)])
        if self.revisions.is_long:
            self.revisions.compact(self._objects.etags())
        return old

    def fill(self, entries: Iterable[Entry]) -> None:
        """Take over all objects at once; for a start."""
        self._objects.fill(entries)
        self._days = Days.of(self.entries.values())
        self.modified = self.folder.stat().st_mtime
        self.revisions.load(self._objects.etags())

    def rezone(self, zone_of_home: str) -> None:
        """Take over the home's new zone; the caller holds the storage lock for reading."""
        self._read_in(self._own_zone or zone_of(zone_of_home))
        self.zone = zone_of_home

    def take_properties(self, properties: Mapping[str, object]) -> None:
        """Take over the zone that a client has set, or no longer sets; the caller holds the storage lock for writing."""
        self._own_zone = zone_of_properties(properties)
        self.modified = time()
        self._read_in(self._own_zone or zone_of(self.zone))

    def _read_in(self, zone: tzinfo) -> None:
        """Read anew, in another zone, what has dates or floating times."""
        with self._growing:
            if zone == self._basis.zone:
                return
            basis = replace(self._basis, zone=zone)
            for entry in list(self.entries.values()):
                if entry.is_local and (data := self._data(entry)) is not None:
                    self._objects.put(entry.href, entry, read_object(entry.href, data, entry.modified, basis))
            self._publish(basis)

    def _extend(self, window: Span) -> None:
        """Read every series as far as `window`; what is written meanwhile is read once more when all are taken over."""
        basis = replace(self._basis, window=window)
        before = self._objects.copy()
        read = {
            href: read_object(href, entry.series.encode(), entry.modified, basis)
            for href, entry in before.items()
            if entry.series is not None
        }
        days = Days.of((before | read).values())
        with self._growing:
            # A zone may have been set meanwhile too; then every entry of it differs from what was read.
            basis = replace(self._basis, window=window)
            for href in before.keys() | self.entries.keys():
                old, new = before.get(href), self.entries.get(href)
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
                    self._objects.put(href, new, fresh)
            self._days = days
            self._basis = basis

    def _publish(self, basis: Basis) -> None:
        """Let readers see what was read anew; the basis comes last, as it tells them that the days reach so far."""
        self._days = Days.of(self.entries.values())
        self._basis = basis

    def _data(self, entry: Entry) -> bytes | None:
        try:
            return (self.folder / entry.href).read_bytes()
        except FileNotFoundError:
            return None
