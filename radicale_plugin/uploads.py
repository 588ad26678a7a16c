"""Knows what a request is about to store, so that the storage need not work it out while it holds the lock."""

from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from radicale_plugin.calendar_index import CalendarIndex
from radicale_plugin.entry import Entry


@dataclass(frozen=True, slots=True)
class Prepared:
    """The bytes that replace vobject's rewriting of an item, and what the index of `calendar` would keep of them.

    `staged` is a file with these bytes beside the place where they go, so that the disk is not waited for under the lock.
    """

    data: bytes
    calendar: CalendarIndex | None
    entry: Entry | None
    staged: Path | None = None


current: ContextVar[Prepared | None] = ContextVar("current", default=None)
"""What the request that this thread serves stores; None for items that are no client's text."""


def entry_for(calendar: CalendarIndex, href: str, data: bytes, modified: float) -> Entry:
    """Return the entry of `data`, the prepared one where it was made for this place and still holds."""
    prepared = current.get()
    if (
        prepared is None
        or prepared.entry is None
        or prepared.calendar is not calendar
        or prepared.entry.href != href
    ):
        return calendar.read(href, data, modified)
    return calendar.renew(prepared.entry, data)
