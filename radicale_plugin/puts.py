"""Knows how a client's calendar object is stored: when its conditions hold, and one UID at one place.

Radicale's own way reads it with vobject, which refuses what RFC 5545 allows and takes as long as all the rest together.
"""

from dataclasses import dataclass

from radicale import item as radicale_item

from radicale_plugin.calendar_index import CalendarIndex
from radicale_plugin.collection import Collection
from radicale_plugin.objects import Refused, examine_kind
from radicale_plugin.storage import COMPONENTS, Storage
from radicale_plugin.texts import CARD, Upload


class Unmet(Exception):
    """A condition of the request does not hold."""


class Gone(Exception):
    """The calendar is no longer there."""


class UidTaken(Exception):
    """The UID, or the place, belongs to the object at `href` of the same calendar."""

    def __init__(self, href: str) -> None:
        super().__init__(href)
        self.href = href


@dataclass(frozen=True, slots=True)
class Conditions:
    """The headers If-Match and If-None-Match of a request, RFC 9110 §13.1; "" for one that is absent."""

    if_match: str
    if_none_match: str

    def hold(self, etag: str | None) -> bool:
        """Tell whether they hold for what stands there; None: nothing."""
        if self.if_match and not _names(self.if_match, etag):
            return False
        return not (self.if_none_match and _names(self.if_none_match.replace("W/", ""), etag))


def put(
    storage: Storage, calendar: CalendarIndex, href: str, upload: Upload, conditions: Conditions, user: str
) -> tuple[bool, str]:
    """Store an object; return whether it is a new one, and its etag.

    Raises Refused, Unmet, UidTaken, Gone, and ValueError when the name or the disk does not allow it.
    """
    if upload.kind == CARD:
        raise Refused("C:supported-calendar-data", "a calendar holds no cards")
    collection = Collection(storage, f"/{calendar.path}/")
    components = collection.get_meta(COMPONENTS)
    with storage.acquire_lock("w", user):
        if storage.index.get(calendar.path) is not calendar:
            raise Gone
        standing = calendar.get(href)
        if not conditions.hold(standing.etag if standing else None):
            raise Unmet
        taken = standing or calendar.by_uid(upload.uid)
        if taken is not None and (taken is not standing or taken.uid != upload.uid):
            raise UidTaken(taken.href)
        if standing is None:
            examine_kind(components, upload.kind)
        item = radicale_item.Item(collection_path=calendar.path, text=upload.text)
        stored, _ = collection.upload(href, item)
    return standing is None, stored.etag


def _names(header: str, etag: str | None) -> bool:
    return etag is not None and (header.strip() == "*" or etag in [one.strip() for one in header.split(",")])
