"""Calendars without a disk, for unit tests: held to the same contract as Radicale's storage."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from zoneinfo import ZoneInfo

from server.domain.booking import ACTIVE
from server.domain.booking_row import row_of
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
    is_superseded,
)
from server.domain.intervals import Span, merge, overlaps
from server.ical import vevent
from server.ical.freebusy import busy_of_text
from server.ical.scan import BadCalendar, scan
from server.ports import (
    Busy,
    CalendarChange,
    CalendarRow,
    Condition,
    EtagMismatch,
    Full,
    MustBeFree,
    MustFit,
    ObjectWrite,
    StagedWrite,
    StoredObject,
)


@dataclass(frozen=True, slots=True)
class _Text:
    etag: Etag
    text: str
    uid: Uid | None


class MemoryCalendars:
    """The calendars of any number of homes; `zone` is the one in which all of them read dates and floating times."""

    def __init__(self, zone: str = "UTC") -> None:
        self._zone = ZoneInfo(zone)
        self._calendars: dict[CalendarPath, dict[Href, _Text]] = {}
        self._staged: dict[str, _Text] = {}
        self._versions: dict[Home, int] = {}
        self._listeners: list[Callable[[CalendarChange], None]] = []
        self._numbers = count(1)

    def busy(
        self, calendars: Iterable[CalendarPath], span: Span, *, without: Uid | None = None
    ) -> list[Span]:
        """Return merged busy spans that overlap `span`; unknown calendars count as empty."""
        found = merge(
            one
            for path in calendars
            for stored in self._calendars.get(path, {}).values()
            if without is None or stored.uid != without
            for one in busy_of_text(stored.text, *span, self._zone)
        )
        return [one for one in found if overlaps(one, span)]

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
        return sum(
            row.shown.event_type == event_type
            and row.shown.status in ACTIVE
            and span[0] <= start < span[1]
            and not (row.shown.is_copy or is_superseded(row.uid))
            and row.uid != without
            and (guest is None or guest in row.shown.guests)
            for row in self.rows(home)
            for start in row.shown.starts
        )

    def seated(self, home: Home, event_type: EventTypeId, span: Span) -> Sequence[CalendarRow]:
        """Return the bookings by seats of an event type that begin in `span` and may take place, by calendar and start."""
        found = [
            row
            for row in self.rows(home)
            if row.shown.seating is not None
            and row.shown.event_type == event_type
            and row.shown.status in ACTIVE
            and span[0] <= row.shown.span[0] < span[1]
            and not is_superseded(row.uid)
        ]
        return sorted(found, key=lambda row: (row.calendar, row.shown.span[0]))

    def names(self, home: Home) -> tuple[str, ...]:
        """Return the names of the calendars in `home` that can make a host busy: not history, not sandbox."""
        return tuple(path.partition("/")[2] for path in self._shown(home))

    def version(self, home: Home | None) -> int:
        """Return a number that rises whenever anything in the calendars of `home`, None: of any, changes."""
        return sum(self._versions.values()) if home is None else self._versions.get(home, 0)

    def rows(self, home: Home, *, of_tests: bool = False) -> Sequence[CalendarRow]:
        """Return the bookings that stand in the home's calendars, history included; or those of test keys, and no others."""
        return [
            row
            for path in sorted(self._calendars)
            if home_of(path) == home and (path == calendar_path(home, SANDBOX)) is of_tests
            for href, stored in self._calendars[path].items()
            if (row := _row(path, href, stored)) is not None
        ]

    def find(self, home: Home, uid: Uid) -> tuple[CalendarPath, Href, Etag] | None:
        """Return where the object with `uid` stands outside the history calendar, if it stands anywhere."""
        for path in self._shown(home):
            for href, stored in self._calendars[path].items():
                if stored.uid == uid:
                    return path, href, stored.etag
        return None

    async def get(self, calendar: CalendarPath, href: Href) -> StoredObject | None:
        """Return the stored object, byte for byte."""
        stored = self._calendars.get(calendar, {}).get(href)
        return None if stored is None else StoredObject(calendar, href, stored.etag, stored.text)

    async def all(self, calendar: CalendarPath) -> Sequence[StoredObject]:
        """Return every object of a calendar; empty for an unknown one."""
        stored = self._calendars.get(calendar, {})
        return [StoredObject(calendar, href, one.etag, one.text) for href, one in stored.items()]

    async def create_home(self, home: Home) -> None:
        """Create the folder of `home` with its default calendar and the history; do nothing where they exist."""
        for name in (DEFAULT_CALENDAR, HISTORY):
            self._calendars.setdefault(calendar_path(home, name), {})

    async def create_sandbox(self, home: Home) -> None:
        """Create the calendar of `home` for the bookings of test keys; do nothing where it exists."""
        self._calendars.setdefault(calendar_path(home, SANDBOX), {})

    async def stage(self, home: Home, writes: Sequence[ObjectWrite]) -> tuple[StagedWrite, ...]:
        """Keep each new text where no reader sees it."""
        if calendar_path(home, DEFAULT_CALENDAR) not in self._calendars:
            raise Unavailable(f"There is no home {home}.")
        return tuple(self._stage(write) for write in writes)

    async def swap(
        self, home: Home, intent: str, writes: Sequence[StagedWrite], conditions: Sequence[Condition]
    ) -> None:
        """Make all writes visible under one hold, or none; raises `EtagMismatch`, `Busy`, `Full` or `Unavailable`."""
        for write in writes:
            if write.calendar not in self._calendars:
                raise Unavailable("A calendar is missing.")
            if write.staged and write.staged not in self._staged:
                raise EtagMismatch(f"{write.calendar}/{write.href}: the staged text is gone")
            if await self.etag(write.calendar, write.href) != write.old_etag:
                raise EtagMismatch(f"{write.calendar}/{write.href}")
        for condition in conditions:
            self._check(condition)
        for write in writes:
            text = self._staged.pop(write.staged) if write.staged else None
            self._put(write.calendar, write.href, text, user=home, intent=intent)

    async def discard(self, home: Home, writes: Sequence[StagedWrite]) -> None:
        """Forget the staged texts of `writes` that are still there."""
        for write in writes:
            self._staged.pop(write.staged or "", None)

    async def sweep(self, keep: frozenset[str]) -> int:
        """Forget staged texts that no intent names; return how many."""
        left = self._staged.keys() - keep
        for name in left:
            del self._staged[name]
        return len(left)

    async def etag(self, calendar: CalendarPath, href: Href) -> Etag | None:
        """Return the etag that stands at `href` now."""
        stored = self._calendars.get(calendar, {}).get(href)
        return None if stored is None else stored.etag

    def subscribe(self, listener: Callable[[CalendarChange], None]) -> None:
        """Call `listener` after each write."""
        self._listeners.append(listener)

    def client_puts(self, calendar: CalendarPath, href: Href, text: str) -> None:
        """Store a text as a CalDAV client of the home's host would; makes the calendar where it is missing."""
        self._calendars.setdefault(calendar, {})
        self._put(calendar, href, self._new(text), user=home_of(calendar), intent=None)

    def client_deletes(self, calendar: CalendarPath, href: Href) -> None:
        """Remove an object as a CalDAV client of the home's host would."""
        self._put(calendar, href, None, user=home_of(calendar), intent=None)

    def _check(self, condition: Condition) -> None:
        match condition:
            case MustBeFree(calendars, span, without):
                if self.busy(calendars, span, without=without):
                    raise Busy
            case MustFit(homes, event_type, span, most, guest, without, adds):
                booked = (self.booked(one, event_type, span, guest=guest, without=without) for one in homes)
                if adds + sum(booked) > most:
                    raise Full(by_guest=guest is not None)

    def _shown(self, home: Home) -> list[CalendarPath]:
        return [
            path
            for path in sorted(self._calendars)
            if home_of(path) == home and path.partition("/")[2] not in {HISTORY, SANDBOX}
        ]

    def _stage(self, write: ObjectWrite) -> StagedWrite:
        if write.text is None:
            return StagedWrite(write.calendar, write.href, write.etag, None, None)
        name, text = secrets.token_hex(12), self._new(write.text)
        self._staged[name] = text
        return StagedWrite(write.calendar, write.href, write.etag, text.etag, name)

    def _new(self, text: str) -> _Text:
        return _Text(Etag(f'"{next(self._numbers)}"'), text, _uid(text))

    def _put(
        self, calendar: CalendarPath, href: Href, new: _Text | None, *, user: str, intent: str | None
    ) -> None:
        stored = self._calendars[calendar]
        old = stored.pop(href, None)
        if new is not None:
            stored[href] = new
        home = home_of(calendar)
        self._versions[home] = self.version(home) + 1
        standing = new or old
        change = CalendarChange(
            calendar=calendar,
            href=href,
            uid=standing.uid if standing else None,
            old_etag=old.etag if old else None,
            new_etag=new.etag if new else None,
            old_text=old.text if old else None,
            new_text=new.text if new else None,
            user=user,
            intent=intent,
        )
        for listener in self._listeners:
            listener(change)


def _row(calendar: CalendarPath, href: Href, stored: _Text) -> CalendarRow | None:
    booking = vevent.read(stored.text, calendar)
    if booking is None or stored.uid is None:
        return None
    return CalendarRow(row_of(booking), stored.uid, calendar, href, stored.etag)


def _uid(text: str) -> Uid | None:
    try:
        tree = scan(text)
    except BadCalendar:
        return None
    found = next((one.first("UID") for one in tree.components if one.name != "VTIMEZONE"), None)
    return None if found is None else Uid(found.text().strip())
