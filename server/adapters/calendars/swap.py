"""All writes of an intent become visible at once, or none does.

A crash in the middle leaves some of the objects new and some old, which `usecases.booking.recover` resolves; an error
in the middle is undone here, since the process still knows what stood before.
"""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import time

from radicale_plugin import Storage
from radicale_plugin.calendar_index import CalendarIndex
from radicale_plugin.entry import Entry
from radicale_plugin.texts import etag_of
from server.adapters.calendars.staged import FOLDER
from server.domain.errors import Unavailable
from server.domain.identity import Home, home_of
from server.ports import Busy, Condition, EtagMismatch, Full, MustBeFree, MustFit, StagedWrite

UNDO = ".before"
"""The suffix of the name under which a replaced object waits until all writes are done."""


@dataclass(frozen=True, slots=True)
class _Write:
    """One write with all that can be known of it before the lock is taken."""

    calendar: CalendarIndex
    href: str
    old_etag: str | None
    source: Path | None
    aside: Path
    text: str | None
    entry: Entry | None
    standing: tuple[str, str] | None
    """The etag and the text of what stood there when it was looked at."""

    @property
    def target(self) -> Path:
        return self.calendar.folder / self.href


def swap(
    storage: Storage, home: Home, intent: str, writes: Sequence[StagedWrite], conditions: Sequence[Condition]
) -> None:
    """Check etags, then conditions, then rename; the storage lock is held once and for nothing but this.

    The new names are on the disk when it returns. When they cannot be brought there it raises, with the writes done: the
    intent stays and is resolved by what stands in the calendars.
    """
    prepared = [_prepare(storage, home, write) for write in writes]
    with storage.acquire_lock("w", home, intent=intent):
        texts = [_expected(write) for write in prepared]
        for condition in conditions:
            _check(storage, condition)
        _rename_all(prepared)
        for write in prepared:
            storage.sync_later(write.calendar.folder)
        for write, old_text in zip(prepared, texts, strict=True):
            storage.record(write.calendar, write.href, _present_entry(write), old_text, write.text)
    for write in prepared:
        write.aside.unlink(missing_ok=True)


def _prepare(storage: Storage, home: Home, write: StagedWrite) -> _Write:
    calendar = storage.index.get(write.calendar)
    if calendar is None:
        raise Unavailable(f"The calendar {write.calendar} is missing.")
    staging = storage.root / home / FOLDER
    aside = staging / f"{write.staged or os.urandom(12).hex()}{UNDO}"
    aside.unlink(
        missing_ok=True
    )  # a process that died in this very swap left it, and a link needs a free name
    if write.staged is None:
        standing = _standing(calendar, write.href)
        return _Write(calendar, write.href, write.old_etag, None, aside, None, None, standing)
    try:
        data = (staging / write.staged).read_bytes()
    except FileNotFoundError as error:
        raise EtagMismatch(f"{write.calendar}/{write.href}: the staged text is gone") from error
    return _Write(
        calendar=calendar,
        href=write.href,
        old_etag=write.old_etag,
        source=staging / write.staged,
        aside=aside,
        text=data.decode(),
        entry=calendar.read(write.href, data, time()),
        standing=_standing(calendar, write.href),
    )


def _standing(calendar: CalendarIndex, href: str) -> tuple[str, str] | None:
    try:
        data = (calendar.folder / href).read_bytes()
    except FileNotFoundError:
        return None
    return etag_of(data), data.decode(errors="replace")


def _expected(write: _Write) -> str | None:
    """Return the text that stands at the place of a write; raises EtagMismatch when it is not the expected one."""
    standing = write.calendar.get(write.href)
    if (standing.etag if standing else None) != write.old_etag:
        raise EtagMismatch(f"{write.calendar.path}/{write.href}")
    if standing is None:
        return None
    if write.standing is None or write.standing[0] != standing.etag:
        return write.target.read_bytes().decode(errors="replace")
    return write.standing[1]


def _check(storage: Storage, condition: Condition) -> None:
    match condition:
        case MustBeFree():
            _check_free(storage, condition)
        case MustFit(homes, event_type, span, most, guest, without, adds):
            if (
                adds + sum(storage.index.booked(one, event_type, span, guest, without) for one in homes)
                > most
            ):
                raise Full(by_guest=guest is not None)


def _check_free(storage: Storage, condition: MustBeFree) -> None:
    for calendar in condition.calendars:
        if storage.index.is_stale(home_of(calendar)):
            storage.index.rezone(home_of(calendar))
        if storage.index.busy(calendar, condition.span, condition.without):
            raise Busy(calendar)


def _present_entry(write: _Write) -> Entry | None:
    if write.entry is None or write.text is None:
        return None
    return write.calendar.renew(write.entry, write.text.encode())


def _rename_all(writes: Sequence[_Write]) -> None:
    with ExitStack() as undo:
        for write in writes:
            undo.callback(_put_back, write)
            if write.old_etag is not None:
                os.link(write.target, write.aside)
            if write.source is None:
                write.target.unlink()
            else:
                write.source.replace(write.target)
        undo.pop_all()


def _put_back(write: _Write) -> None:
    """Bring back what stood there, and the staged text too, with which the intent may be carried out later."""
    if write.source is not None and not write.source.exists():
        os.link(write.target, write.source)
    if write.aside.exists():
        write.aside.replace(write.target)
        # A rename between two names of one file does nothing: the write had not been done yet.
        write.aside.unlink(missing_ok=True)
    elif write.old_etag is None:
        write.target.unlink(missing_ok=True)
