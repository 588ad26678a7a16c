"""The Calendars port over Radicale's storage: reads from its index, writes in threads of their own."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from radicale_plugin import Storage
from radicale_plugin.calendar_index import CalendarIndex
from radicale_plugin.entry import Entry
from radicale_plugin.feed import Change
from radicale_plugin.index import is_href
from radicale_plugin.texts import etag_of
from server.adapters.calendars.staged import Staging
from server.adapters.calendars.swap import swap
from server.domain.errors import Unavailable
from server.domain.identity import (
    DEFAULT_CALENDAR,
    HISTORY,
    SANDBOX,
    CalendarPath,
    Etag,
    EventTypeId,
    Home,
    Href,
    Uid,
    calendar_path,
    home_of,
)
from server.domain.intervals import Span, merge
from server.ports import CalendarChange, CalendarRow, Condition, ObjectWrite, StagedWrite, StoredObject

THREADS = 4
"""Writes wait for the disk, not for the processor; the lock lets one rename at a time."""

T = TypeVar("T")

_log = logging.getLogger(__name__)


class RadicaleCalendars:
    """The calendars of `storage`. `close` waits for the writes under way."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._staging = Staging(storage.root)
        self._rezoning: set[Home] = set()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="calendars")

    def busy(
        self, calendars: Iterable[CalendarPath], span: Span, *, without: Uid | None = None
    ) -> list[Span]:
        """Return merged busy spans that overlap `span`, as far as its UTC days reach; unknown calendars are empty."""
        index = self._storage.index
        found: list[Span] = []
        home = None
        for path in calendars:
            if home != (home := home_of(path)) and index.is_stale(home):
                self._rezone_soon(home)
            found += index.busy(path, span, without)
        return merge(found)

    def booked(
        self,
        home: Home,
        event_type: EventTypeId,
        span: Span,
        *,
        guest: str | None = None,
        without: Uid | None = None,
    ) -> int:
        """Return how many bookings of an event type begin in `span`, those of one guest or all; `without` is not counted."""
        return self._storage.index.booked(home, event_type, span, guest, without)

    def names(self, home: Home) -> tuple[str, ...]:
        """Return the names of the calendars in `home` that can make a host busy: not history, not sandbox."""
        return self._storage.index.shown(home)

    def version(self, home: Home | None) -> int:
        """Return a number that rises whenever anything in the calendars of `home`, None: of any, changes."""
        return self._storage.index.version(home)

    def rows(self, home: Home, *, of_tests: bool = False) -> Sequence[CalendarRow]:
        """Return the bookings that stand in the home's calendars, history included; or those of test keys, and no others."""
        sandbox = calendar_path(home, SANDBOX)
        calendars = self._storage.index.of_home(home)
        return [row for one in calendars if (one.path == sandbox) is of_tests for row in _rows(one)]

    def seated(self, home: Home, event_type: EventTypeId, span: Span) -> Sequence[CalendarRow]:
        """Return the bookings by seats of an event type that begin in `span` and may take place, by calendar and start."""
        sandbox = calendar_path(home, SANDBOX)
        calendars = [one for one in self._storage.index.of_home(home) if one.path != sandbox]
        return [row for calendar in calendars for row in _listed(calendar, calendar.seated(event_type, span))]

    def find(self, home: Home, uid: Uid) -> tuple[CalendarPath, Href, Etag] | None:
        """Return where the object with `uid` stands outside the history calendar, if it stands anywhere."""
        for calendar in self._shown(home):
            entry = calendar.by_uid(uid)
            if entry is not None:
                return CalendarPath(calendar.path), Href(entry.href), Etag(entry.etag)
        return None

    async def get(self, calendar: CalendarPath, href: Href) -> StoredObject | None:
        """Return the stored object, byte for byte."""
        return await self._run(self._get, calendar, href)

    async def all(self, calendar: CalendarPath) -> Sequence[StoredObject]:
        """Return every object of a calendar; empty for an unknown one."""
        return await self._run(self._all, calendar)

    async def create_home(self, home: Home) -> None:
        """Create the folder of `home` with its default calendar and the history; do nothing where they exist."""
        await self._run(self._create_home, home)

    async def create_sandbox(self, home: Home) -> None:
        """Create the calendar of `home` for the bookings of test keys; do nothing where it exists."""
        if self._storage.index.get(calendar_path(home, SANDBOX)) is None:
            await self._run(self._create_sandbox, home)

    async def stage(self, home: Home, writes: Sequence[ObjectWrite]) -> tuple[StagedWrite, ...]:
        """Write and fsync each new text beside the calendars, where no client sees it."""
        return await self._run(self._staging.stage, home, writes)

    async def swap(
        self, home: Home, intent: str, writes: Sequence[StagedWrite], conditions: Sequence[Condition]
    ) -> None:
        """Make all writes visible under one hold of the storage lock, or none; raises `EtagMismatch`, `Busy` or `Full`."""
        await self._run(swap, self._storage, home, intent, writes, conditions)

    async def discard(self, home: Home, writes: Sequence[StagedWrite]) -> None:
        """Remove the staged files of `writes` that are still there."""
        await self._run(self._staging.discard, home, writes)

    async def sweep(self, keep: frozenset[str]) -> int:
        """Remove staged files that no intent names; return how many. Only for a start, before requests come."""
        return await self._run(self._staging.sweep, keep)

    async def etag(self, calendar: CalendarPath, href: Href) -> Etag | None:
        """Return the etag that stands at `href` now, read from the store itself."""
        stored = await self.get(calendar, href)
        return None if stored is None else stored.etag

    def subscribe(self, listener: Callable[[CalendarChange], None]) -> None:
        """Call `listener` after each write, from the writing thread; it must return at once."""
        self._storage.feed.subscribe(lambda change: listener(_as_change(change)))

    def close(self) -> None:
        """Wait for what is being written and refuse more."""
        self._threads.shutdown()

    async def _run(self, work: Callable[..., T], *arguments: object) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *arguments))
        except OSError as error:
            raise Unavailable("The calendars cannot be written now. Please try again later.") from error

    def _shown(self, home: Home) -> list[CalendarIndex]:
        index = self._storage.index
        found = (index.get(calendar_path(home, name)) for name in index.shown(home))
        return [calendar for calendar in found if calendar is not None]

    def _get(self, calendar: CalendarPath, href: Href) -> StoredObject | None:
        known = self._storage.index.get(calendar)
        if known is None or not is_href(href):
            return None
        found = _read(calendar, known.folder / href)
        if found is None:
            # In the midst of a swap it may be gone from here while the index still says that it is here.
            with self._storage.acquire_lock("r"):
                found = _read(calendar, known.folder / href)
        return found

    def _all(self, calendar: CalendarPath) -> list[StoredObject]:
        known = self._storage.index.get(calendar)
        paths = [known.folder / href for href in list(known.entries)] if known else []
        return [stored for path in paths if (stored := _read(calendar, path)) is not None]

    def _create_home(self, home: Home) -> None:
        with self._storage.acquire_lock("w", home):
            self._storage.create_collection(f"/{home}/")
            for name, title in ((DEFAULT_CALENDAR, "Calendar"), (HISTORY, "History")):
                self._create(home, name, title)

    def _create_sandbox(self, home: Home) -> None:
        with self._storage.acquire_lock("w", home):
            self._create(home, SANDBOX, "Sandbox")

    def _create(self, home: Home, name: str, title: str) -> None:
        if self._storage.index.get(calendar_path(home, name)) is None:
            properties = {"tag": "VCALENDAR", "D:displayname": title}
            self._storage.create_collection(f"/{home}/{name}/", props=properties)

    def _rezone_soon(self, home: Home) -> None:
        """Take over a home's new zone; answers show it, and the home's version rises, when its files have been read."""
        if home not in self._rezoning:
            self._rezoning.add(home)
            self._threads.submit(self._rezone, home)

    def _rezone(self, home: Home) -> None:
        try:
            with self._storage.acquire_lock("r", home):
                self._storage.index.rezone(home)
        except OSError:
            _log.exception("a home's new zone could not be taken over", extra={"home": home})
        finally:
            self._rezoning.discard(home)


def _rows(calendar: CalendarIndex) -> list[CalendarRow]:
    return _listed(calendar, list(calendar.bookings.values()))


def _listed(calendar: CalendarIndex, entries: Iterable[Entry]) -> list[CalendarRow]:
    return [
        CalendarRow(
            entry.booking, Uid(entry.uid), CalendarPath(calendar.path), Href(entry.href), Etag(entry.etag)
        )
        for entry in entries
        if entry.booking is not None
    ]


def _read(calendar: CalendarPath, path: Path) -> StoredObject | None:
    try:
        data = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return None
    return StoredObject(
        calendar, Href(os.fspath(path.name)), Etag(etag_of(data)), data.decode(errors="replace")
    )


def _as_change(change: Change) -> CalendarChange:
    return CalendarChange(
        calendar=CalendarPath(change.calendar),
        href=Href(change.href),
        uid=Uid(change.uid) if change.uid else None,
        old_etag=None if change.old_etag is None else Etag(change.old_etag),
        new_etag=None if change.new_etag is None else Etag(change.new_etag),
        old_text=change.old_text,
        new_text=change.new_text,
        user=change.user,
        intent=change.intent,
    )
