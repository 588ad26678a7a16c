"""Knows how Radicale's storage is written: one fair lock, one file per object, every write told to the feed."""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import replace
from errno import EACCES
from pathlib import Path
from typing import cast

from radicale import config, pathutils
from radicale import item as radicale_item
from radicale import storage as radicale_storage
from radicale.storage import multifilesystem

from radicale_plugin.calendar_index import CalendarIndex
from radicale_plugin.collection import Collection
from radicale_plugin.entry import Entry
from radicale_plugin.feed import Change, ChangeFeed
from radicale_plugin.files import read_whole, sweep, sync_folder
from radicale_plugin.index import PROPERTIES, Index
from radicale_plugin.lock import FairLock, Mode
from radicale_plugin.objects import examine_kind
from radicale_plugin.revisions import Revisions
from radicale_plugin.snapshot import Snapshot
from radicale_plugin.staging import staged_folder
from radicale_plugin.texts import etag_of

COMPONENTS = "C:supported-calendar-component-set"

_NONE: Mapping[str, Snapshot] = {}
_snapshots: ContextVar[Mapping[str, Snapshot] | None] = ContextVar("snapshots", default=None)
"""What the request that this thread serves reads, by path; None where it reads what is there now."""


class Storage(multifilesystem.Storage):
    """Homes below `FOLDER/collection-root`, with an index of everything in them and a feed of every change.

    `zone_of` tells a home's IANA zone; `give_way` is what who writes a long answer calls again and again.
    """

    _collection_class = Collection

    def __init__(
        self,
        configuration: config.Configuration,
        zone_of: Callable[[str], str],
        give_way: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(configuration)
        self._turns = FairLock()
        self._give_way = give_way
        # Radicale asks its lock for `locked` and `acquire`, which this one has.
        self._lock = cast(pathutils.RwLock, self._turns)
        self._user = ""
        self._intent: str | None = None
        self._unsynced: set[Path] = set()
        self._logged: set[Revisions] = set()
        self.root = Path(self._get_collection_root_folder())
        self.feed = ChangeFeed()
        self.index = Index(self.root, zone_of)
        sweep(self._swept_folders())
        self.index.load()

    @contextmanager
    def acquire_lock(
        self, mode: Mode, user: str = "", *_: object, intent: str | None = None, **__: object
    ) -> Iterator[None]:
        """Hold the lock; the changes made under it are told to the feed when the outermost block has ended.

        Inside `reading` there is nothing to be locked: what is read is a snapshot.
        """
        if mode == "r" and _snapshots.get() is not None:
            yield
            return
        is_outermost = self._turns.mine is None
        folders: set[Path] = set()
        logged: set[Revisions] = set()
        try:
            with self._turns.acquire(mode):
                if is_outermost and mode == "w":
                    self._user, self._intent = user, intent
                try:
                    yield
                finally:
                    if is_outermost and mode == "w":
                        folders, self._unsynced = self._unsynced, folders
                        logged, self._logged = self._logged, logged
        finally:
            if is_outermost and mode == "w":
                try:
                    for revisions in logged:
                        revisions.flush()
                    _sync(folders)
                finally:
                    self.feed.deliver()

    def give_way(self) -> None:
        """Let others compute, between the pieces of a long work; who holds the lock does not tarry."""
        if self._turns.mine is None:
            self._give_way()

    def sync_later(self, folder: Path) -> None:
        """Wait, when the lock has been let go, until the names in a folder are on the disk."""
        self._unsynced.add(folder)

    @contextmanager
    def reading(self, path: str) -> Iterator[None]:
        """Show the block one state of the collection at `path`, or of all in the home there, whatever is written meanwhile.

        The lock is held while the state is taken and no longer: an answer over 10,000 objects takes a second to write.
        """
        home, _, rest = path.strip("/").partition("/")
        with self._turns.acquire("r"):
            asked = self.index.get(f"{home}/{rest.partition('/')[0]}") if rest else None
            calendars = self.index.of_home(home) if not rest else (asked,) if asked is not None else ()
            taken = {calendar.path: calendar.snapshot() for calendar in calendars}
        for calendar in calendars:
            calendar.revisions.flush()
        before = _snapshots.set(taken)
        try:
            yield
        finally:
            _snapshots.reset(before)

    def snapshot(self, path: str) -> Snapshot | None:
        """Return the state of a collection that this request reads, None where it reads what is there now."""
        return (_snapshots.get() or _NONE).get(path)

    def take(self, calendar: CalendarIndex) -> Snapshot:
        """Return the present state of one collection."""
        with self._turns.acquire("r"):
            return calendar.snapshot()

    def page(self, calendar: CalendarIndex, token: str, size: int) -> tuple[Snapshot, list[str], str]:
        """Return the present state, what changed since a sync token and the token that comes next; ValueError: too old."""
        with self._turns.acquire("r"):
            hrefs, following = calendar.revisions.page(token, size)
            snapshot = calendar.snapshot()
        calendar.revisions.flush()
        return snapshot, hrefs, following or snapshot.token

    def present(self, path: str, href: str) -> tuple[Entry, str] | None:
        """Return an object with its text as they are now; None where there is none any more."""
        with self._turns.acquire("r"):
            calendar = self.index.get(path)
            entry = None if calendar is None else calendar.get(href)
            if calendar is None or entry is None:
                return None
            try:
                data = read_whole(f"{calendar.folder}/{href}")
            except FileNotFoundError:
                return None
        etag = etag_of(data)
        # Somebody may have written the file without telling the server: what is said of a text is true of that text.
        entry = entry if entry.etag == etag else replace(entry, etag=etag, is_lone=False)
        return entry, data.decode(errors="replace")

    def text_of(self, snapshot: Snapshot, entry: Entry) -> tuple[Entry, str] | None:
        """Return an object of a snapshot with its text, the present one where it has changed since; None if it is gone."""
        if entry.series is not None:
            return entry, entry.series
        try:
            data = read_whole(f"{snapshot.folder}/{entry.href}")
        except FileNotFoundError:
            data = None
        if data is not None and etag_of(data) == entry.etag:
            return entry, data.decode(errors="replace")
        return self.present(snapshot.path, entry.href)

    def record(
        self,
        calendar: CalendarIndex,
        href: str,
        new: Entry | None,
        old_text: str | None,
        new_text: str | None,
    ) -> None:
        """Take a write that is on the disk into index and feed; the caller holds the lock for writing."""
        old = calendar.apply(href, new)
        self._logged.add(calendar.revisions)
        self.index.touch(calendar.path.partition("/")[0])
        self._tell(calendar.path, href, old, new, old_text, new_text)

    def forget(self, path: str, doomed: Path) -> None:
        """Take the removal of a collection, whose folder is `doomed` now, into index and feed; the folder goes last."""
        gone = [self.index.get(path)] if "/" in path else list(self.index.of_home(path))
        calendars = [calendar for calendar in gone if calendar is not None]
        for calendar in calendars:
            self.index.drop(calendar.path)
        user, intent = self._user, self._intent

        def changes() -> Iterator[Change]:
            for calendar in calendars:
                folder = doomed / calendar.path.removeprefix(path).strip("/")
                for href, entry in calendar.entries.items():
                    yield _change(calendar.path, href, entry, None, _text(folder / href), None, user, intent)
            shutil.rmtree(doomed, ignore_errors=True)

        self.feed.record_all(changes())

    def move(
        self, item: radicale_item.Item, to_collection: radicale_storage.BaseCollection, to_href: str
    ) -> None:
        """Move an object; the feed has its arrival, then its departure, so that it is never nowhere; raises Refused."""
        source = self.index.get(item.collection.path) if item.collection else None
        target = self.index.get(to_collection.path)
        if source is None or target is None or not item.href:
            raise ValueError("objects live in calendars and address books only")
        if not pathutils.is_safe_filesystem_path_component(to_href):
            raise pathutils.UnsafePathError(to_href)
        if source is target and item.href == to_href:
            # RFC 4918 §9.9.4 forbids it, and a departure told after an arrival would leave nothing.
            raise ValueError(f"[Errno {EACCES}] {item.href!r} is there already")
        text = item.serialize()
        replaced = target.get(to_href)
        if replaced is None and source is not target and target.tag == "VCALENDAR":
            examine_kind(to_collection.get_meta(COMPONENTS), source.entries[item.href].component)
        replaced_text = _text(target.folder / to_href) if replaced else None
        try:
            (source.folder / item.href).replace(target.folder / to_href)
            for folder in (target.folder, source.folder):
                self.sync_later(folder)
        except OSError as error:
            raise ValueError(f"cannot move {item.href!r}: {error}") from error
        moved = source.entries[item.href]
        self.record(target, to_href, target.read(to_href, text.encode(), moved.modified), replaced_text, text)
        self.record(source, item.href, None, text, None)

    def create_collection(
        self,
        href: str,
        items: Iterable[radicale_item.Item] | None = None,
        props: Mapping[str, str] | None = None,
    ) -> tuple[multifilesystem.Collection, dict[str, radicale_item.Item], list[str]]:
        """Make a collection, or replace one and all that is in it at one instant."""
        path = pathutils.strip_path(href)
        before = self.index.get(path)
        texts = {one: _text(before.folder / one) for one in before.entries} if before else {}
        if before is None and props and items is None and not (self.root / path).exists():
            return self._create(path, props), {}, []
        created = super().create_collection(href, items, props)
        if not props:
            return created
        after = self.index.add(path)
        for one, text in texts.items():
            if after is None or one not in after.entries:
                self._tell(path, one, before.get(one) if before else None, None, text, None)
        for one, entry in after.entries.items() if after else ():
            old = before.get(one) if before else None
            if old is None or old.etag != entry.etag:
                self._tell(path, one, old, entry, texts.get(one), _text(self.root / path / one))
        return (self._collection_class(self, href), *created[1:])

    def _makedirs_synced(self, filesystem_path: str) -> None:
        """Make folders that are not there; they are on the disk when the request that made them is answered."""
        folder = Path(filesystem_path)
        if folder.is_dir():
            return
        self._makedirs_synced(str(folder.parent))
        folder.mkdir(exist_ok=True)
        if self._turns.mine == "w":
            self.sync_later(folder.parent)
        else:
            sync_folder(folder.parent)

    def _create(self, path: str, props: Mapping[str, str]) -> multifilesystem.Collection:
        """Make a collection with nothing in it from a folder that was made beside it."""
        target = self.root / path
        self._makedirs_synced(str(target.parent))
        try:
            staged_folder(target, PROPERTIES, json.dumps(props, sort_keys=True).encode()).replace(target)
        except OSError as error:
            raise ValueError(f"cannot create {path!r}: {error}") from error
        self.sync_later(target.parent)
        self.index.add(path)
        return self._collection_class(self, f"/{path}/")

    def _tell(
        self,
        path: str,
        href: str,
        old: Entry | None,
        new: Entry | None,
        old_text: str | None,
        new_text: str | None,
    ) -> None:
        self.feed.record(_change(path, href, old, new, old_text, new_text, self._user, self._intent))

    def _swept_folders(self) -> Iterator[Path]:
        yield self.root
        for home in self.root.iterdir():
            if home.is_dir():
                yield home
                yield from (folder for folder in home.iterdir() if folder.is_dir())


def _sync(folders: Iterable[Path]) -> None:
    """Wait for the disk; the client is answered after this, the others need not wait."""
    for folder in folders:
        with suppress(FileNotFoundError):  # a collection may be removed between the lock and here
            sync_folder(folder)


def _text(path: Path) -> str:
    return path.read_bytes().decode(errors="replace")


def _change(
    path: str,
    href: str,
    old: Entry | None,
    new: Entry | None,
    old_text: str | None,
    new_text: str | None,
    user: str,
    intent: str | None,
) -> Change:
    entry = new or old
    return Change(
        home=path.partition("/")[0],
        calendar=path,
        href=href,
        uid=entry.uid if entry else "",
        old_etag=old.etag if old else None,
        new_etag=new.etag if new else None,
        old_text=old_text,
        new_text=new_text,
        user=user,
        intent=intent,
    )
