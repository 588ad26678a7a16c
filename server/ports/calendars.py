"""Radicale's storage, in process.

A CALENDAR is a collection in a home, named by its path "alice/calendar". A calendar OBJECT is one .ics resource, named by
calendar and HREF; its ETAG changes with its text.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from server.domain.booking_row import BookingRow
from server.domain.identity import CalendarPath, Etag, EventTypeId, Home, Href, Uid
from server.domain.intervals import Span


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A calendar object as it is stored now."""

    calendar: CalendarPath
    href: Href
    etag: Etag
    text: str


@dataclass(frozen=True, slots=True)
class ObjectWrite:
    """A wish to put `text` (None: to remove) where `etag` is expected to stand (None: nothing)."""

    calendar: CalendarPath
    href: Href
    etag: Etag | None
    text: str | None


@dataclass(frozen=True, slots=True)
class StagedWrite:
    """The same wish after its text was written and fsynced as the file `staged`; this is what an intent records."""

    calendar: CalendarPath
    href: Href
    old_etag: Etag | None
    new_etag: Etag | None
    staged: str | None


@dataclass(frozen=True, slots=True)
class MustBeFree:
    """A condition of a swap: in `span` nothing but `without` makes these calendars busy."""

    calendars: tuple[CalendarPath, ...]
    span: Span
    without: Uid


@dataclass(frozen=True, slots=True)
class MustFit:
    """A condition of a swap: with `adds` more, at most `most` meetings of an event type begin in `span`; `without` is not counted.

    With `guest`, a case-folded mail address, only those that were made under it count. The bookings of a team's event type
    stand in the homes of its members.
    """

    homes: tuple[Home, ...]
    event_type: EventTypeId
    span: Span
    most: int
    guest: str | None
    without: Uid
    adds: int = 1


Condition = MustBeFree | MustFit


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A booking as the calendar index knows it: what a VEVENT with X-DAYBOOK-BOOKING says of itself."""

    shown: BookingRow
    uid: Uid
    calendar: CalendarPath
    href: Href
    etag: Etag


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """One write to one object. `intent` is None for writes by CalDAV clients; texts are None where nothing stood or stands."""

    calendar: CalendarPath
    href: Href
    uid: Uid | None
    old_etag: Etag | None
    new_etag: Etag | None
    old_text: str | None
    new_text: str | None
    user: str
    intent: str | None


class Busy(Exception):
    """A swap found the time taken; nothing was changed."""


class Full(Exception):
    """A swap found as many bookings as there may be; nothing was changed. `by_guest` tells whose cap it was."""

    def __init__(self, *, by_guest: bool) -> None:
        super().__init__("guest" if by_guest else "event type")
        self.by_guest = by_guest


class EtagMismatch(Exception):
    """A swap found another text than expected at `calendar`/`href`; nothing was changed."""


class Calendars(Protocol):
    """The calendars of all homes. Reads of `busy`, `booked`, `rows` and `version` are from the index in memory."""

    def busy(
        self, calendars: Iterable[CalendarPath], span: Span, *, without: Uid | None = None
    ) -> list[Span]:
        """Return merged busy spans that overlap `span` (not clipped to it); unknown calendars count as empty."""
        ...

    def booked(
        self,
        home: Home,
        event_type: EventTypeId,
        span: Span,
        *,
        guest: str | None = None,
        without: Uid | None = None,
    ) -> int:
        """Return how many bookings of an event type begin in `span`: pending and confirmed ones, past ones included.

        With `guest`, a case-folded mail address, those made under it; `without` is not counted.
        """
        ...

    def seated(self, home: Home, event_type: EventTypeId, span: Span) -> Sequence[CalendarRow]:
        """Return the bookings by seats of an event type that begin in `span` and may take place, by calendar and start."""
        ...

    def names(self, home: Home) -> tuple[str, ...]:
        """Return the names of the calendars in `home` that can make a host busy: not history, not sandbox."""
        ...

    def version(self, home: Home | None) -> int:
        """Return a number that rises whenever anything in the calendars of `home`, None: of any, changes."""
        ...

    def rows(self, home: Home, *, of_tests: bool = False) -> Sequence[CalendarRow]:
        """Return the bookings that stand in the home's calendars, history included; or those of test keys, and no others."""
        ...

    def find(self, home: Home, uid: Uid) -> tuple[CalendarPath, Href, Etag] | None:
        """Return where the object with `uid` stands outside the history calendar, if it stands anywhere."""
        ...

    async def get(self, calendar: CalendarPath, href: Href) -> StoredObject | None:
        """Return the stored object, byte for byte."""
        ...

    async def all(self, calendar: CalendarPath) -> Sequence[StoredObject]:
        """Return every object of a calendar; empty for an unknown one."""
        ...

    async def create_home(self, home: Home) -> None:
        """Create the folder of `home` with its default calendar and the history; do nothing where they exist."""
        ...

    async def create_sandbox(self, home: Home) -> None:
        """Create the calendar of `home` for the bookings of test keys; do nothing where it exists."""
        ...

    async def stage(self, home: Home, writes: Sequence[ObjectWrite]) -> tuple[StagedWrite, ...]:
        """Write and fsync each new text beside the calendars, where no client sees it."""
        ...

    async def swap(
        self, home: Home, intent: str, writes: Sequence[StagedWrite], conditions: Sequence[Condition]
    ) -> None:
        """Make all writes visible under one hold of the storage lock, or none.

        Checks each old etag (`EtagMismatch`, also for a staged file that is gone), then each condition (`Busy`, `Full`),
        then renames. Listeners get the changes marked with `intent`.
        """
        ...

    async def discard(self, home: Home, writes: Sequence[StagedWrite]) -> None:
        """Remove the staged files of `writes` that are still there."""
        ...

    async def sweep(self, keep: frozenset[str]) -> int:
        """Remove staged files that no intent names; return how many. Only for a start, before requests come."""
        ...

    async def etag(self, calendar: CalendarPath, href: Href) -> Etag | None:
        """Return the etag that stands at `href` now, read from the store itself."""
        ...

    def subscribe(self, listener: Callable[[CalendarChange], None]) -> None:
        """Call `listener` after each write, from the writing thread; it must return at once."""
        ...
