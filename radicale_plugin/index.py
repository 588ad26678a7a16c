"""Knows every object of every home's calendars in memory: where it stands, when it takes place, whose booking it is.

Built at start by reading the files; no cache file is read or written.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from time import time

from radicale_plugin.calendar_index import CalendarIndex
from radicale_plugin.entry import Entry
from radicale_plugin.zone_texts import zone_of_properties
from server.domain.identity import HISTORY, SANDBOX, EventTypeId
from server.domain.intervals import Span

PROPERTIES = ".Radicale.props"

HIDDEN = frozenset({HISTORY, SANDBOX})
"""Calendars of a home that no client sees and that make nobody busy."""

_OF_TESTS = f"/{SANDBOX}"


class Index:
    """All collections of all homes. `zone_of` tells a home's IANA zone."""

    def __init__(self, root: Path, zone_of: Callable[[str], str], now: Callable[[], float] = time) -> None:
        self._root = root
        self._zone_of = zone_of
        self._now = now
        self._calendars: dict[str, CalendarIndex] = {}
        self._homes: dict[str, tuple[CalendarIndex, ...]] = {}
        self._shown: dict[str, tuple[str, ...]] = {}
        self._versions: dict[str | None, int] = {}
        self._touches = count(1)

    def get(self, path: str) -> CalendarIndex | None:
        """Return a collection by its path, "alice/calendar"."""
        return self._calendars.get(path)

    def at(self, path: str) -> tuple[CalendarIndex | None, str | None]:
        """Return the collection that a path of the server leads to or into, and the href of the object in it, if any."""
        stripped = path.strip("/")
        if (whole := self._calendars.get(stripped)) is not None:
            return whole, None
        folder, _, href = stripped.rpartition("/")
        return self._calendars.get(folder), href

    def of_home(self, home: str) -> tuple[CalendarIndex, ...]:
        """Return the collections of a home by name."""
        return self._homes.get(home, ())

    def shown(self, home: str) -> tuple[str, ...]:
        """Return the names of a home's calendars that clients see, sorted; every answer about slots begins with them."""
        return self._shown.get(home, ())

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
        return sum(
            one.booked(kind, span, guest, without_uid)
            for one in self._homes.get(home, ())
            if not one.path.endswith(_OF_TESTS)
        )

    def version(self, home: str | None) -> int:
        """Return a number that rises after anything in a home's collections, None: in any home's, has changed."""
        return self._versions.get(home, 0)

    def touch(self, home: str) -> None:
        """Raise the version of a home; the caller holds the storage lock for writing."""
        self._versions[home] = self._versions.get(home, 0) + 1
        # Never the same twice, also where two homes are read in new zones at once.
        self._versions[None] = next(self._touches)

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
        named = ((one, one.path.partition("/")[2]) for one in self._homes[home])
        self._shown[home] = tuple(
            name for one, name in named if one.tag == "VCALENDAR" and name not in HIDDEN
        )


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
