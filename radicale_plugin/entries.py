"""Knows the objects of one collection by href and by UID, which of them are bookings, and how many of these there are."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b

from radicale_plugin.entry import Entry
from radicale_plugin.tally import Tally, begins_in
from server.domain.identity import EventTypeId
from server.domain.intervals import Span


class Entries:
    """The objects that stand in a collection; readers take no lock, who puts holds one."""

    def __init__(self) -> None:
        self.bookings: dict[str, Entry] = {}
        self._by_href: dict[str, Entry] = {}
        self._hrefs: dict[str, str] = {}
        self._tally = Tally()
        self._digest = 0

    @property
    def by_href(self) -> Mapping[str, Entry]:
        """Return the objects by href."""
        return self._by_href

    @property
    def state(self) -> str:
        """Return text that is equal at two moments, restarts included, when the same objects stand there."""
        return f"{self._digest:032x}"

    def copy(self) -> dict[str, Entry]:
        """Return the present objects by href."""
        return self._by_href.copy()

    def etags(self) -> dict[str, str]:
        """Return the etags by href."""
        return {href: entry.etag for href, entry in self._by_href.items()}

    def get(self, href: str) -> Entry | None:
        """Return the object at `href`."""
        return self._by_href.get(href)

    def by_uid(self, uid: str) -> Entry | None:
        """Return the object with this UID."""
        href = self._hrefs.get(uid)
        return None if href is None else self._by_href.get(href)

    def booked(self, kind: EventTypeId, span: Span, guest: str | None, without: str | None) -> int:
        """Return how many bookings of an event type begin in `span`, those of one guest or all, but not that of a UID."""
        own = None if without is None else self.by_uid(without)
        if guest is not None:
            return sum(
                begins_in(entry, kind, span) for entry in self._tally.of_guest(guest) if entry is not own
            )
        return self._tally.count(kind, span) - begins_in(own, kind, span)

    def seated(self, kind: EventTypeId, span: Span) -> tuple[Entry, ...]:
        """Return the bookings by seats of an event type that begin in `span`, by start."""
        return self._tally.seated(kind, span)

    def fill(self, entries: Iterable[Entry]) -> None:
        """Take over all objects at once; for a start."""
        for entry in entries:
            self._place(entry.href, None, entry)
        self._tally = Tally.of(self._by_href.values())

    def put(self, href: str, old: Entry | None, new: Entry | None) -> None:
        """Put `new`, or nothing, at `href` in the place of `old`."""
        self._tally.change(old, new)
        self._place(href, old, new)

    def _place(self, href: str, old: Entry | None, new: Entry | None) -> None:
        if old is not None:
            self._digest ^= _digest(old)
            # Not for a moment out of reach by its UID while it is replaced: a reader would take it for removed.
            if (new is None or new.uid != old.uid) and self._hrefs.get(old.uid) == href:
                del self._hrefs[old.uid]
        if new is None:
            self._by_href.pop(href, None)
            self.bookings.pop(href, None)
            return
        self._digest ^= _digest(new)
        self._by_href[href] = new
        self._hrefs[new.uid] = href
        if new.booking is not None:
            self.bookings[href] = new
        else:
            self.bookings.pop(href, None)


def _digest(entry: Entry) -> int:
    return int.from_bytes(blake2b(f"{entry.href}/{entry.etag}".encode(), digest_size=16).digest())
