"""Knows how one calendar or address book is read from the index and written as one file per object."""

import json
from collections.abc import Iterable, Iterator, Mapping
from email.utils import formatdate
from errno import EACCES
from hashlib import blake2b
from io import StringIO
from pathlib import Path
from secrets import token_hex
from time import time
from typing import Protocol, cast
from xml.etree.ElementTree import Element

from radicale import item as radicale_item
from radicale import pathutils, storage
from radicale.item import filter as radicale_filter
from radicale.storage import multifilesystem

from radicale_plugin.calendar_index import CalendarIndex
from radicale_plugin.entry import Entry
from radicale_plugin.files import TEMPORARY, put_staged, read_whole, replace_synced, stage
from radicale_plugin.index import Index
from radicale_plugin.items import IndexedItem
from radicale_plugin.snapshot import Snapshot
from radicale_plugin.staging import staged_file
from radicale_plugin.uploads import current, entry_for
from server.ical.objects import joined

NAME_BYTES_MAX = 255

Stored = tuple[IndexedItem, IndexedItem | None]


class Keeper(Protocol):
    """What a collection needs of the storage that it belongs to."""

    index: Index

    def give_way(self) -> None:
        """Let others compute, between the pieces of a long work."""
        ...

    def sync_later(self, folder: Path) -> None:
        """Wait, when the lock has been let go, until the names in a folder are on the disk."""
        ...

    def snapshot(self, path: str) -> Snapshot | None:
        """Return the state of a collection that this request reads, None where it reads what is there now."""
        ...

    def text_of(self, snapshot: Snapshot, entry: Entry) -> tuple[Entry, str] | None:
        """Return an object of a snapshot with its text, the present one where it has changed since; None if it is gone."""
        ...

    def record(
        self,
        calendar: CalendarIndex,
        href: str,
        new: Entry | None,
        old_text: str | None,
        new_text: str | None,
    ) -> None:
        """Take a write that is on the disk into index and feed."""
        ...

    def forget(self, path: str, doomed: Path) -> None:
        """Take the removal of a collection, whose folder is `doomed` now, into index and feed."""
        ...


class Collection(multifilesystem.Collection):
    """A collection whose objects are known to the index; Radicale's item cache, history and token files are not used.

    Without an index it is a home, which holds no objects, or a collection that is being made elsewhere and moved
    into place later.
    """

    def __init__(
        self, storage_: multifilesystem.Storage, path: str, filesystem_path: str | None = None
    ) -> None:
        super().__init__(storage_, path, filesystem_path)
        self._keeper = cast(Keeper, storage_)
        self._in_place = filesystem_path is None
        self._index = self._keeper.index.get(self.path) if self._in_place else None
        self._snapshot = self._keeper.snapshot(self.path) if self._in_place else None

    def read_text(self, href: str) -> str:
        """Return the stored text of an object; of a snapshot's that is gone meanwhile, nothing."""
        if self._snapshot is not None and (entry := self._snapshot.get(href)) is not None:
            found = self._keeper.text_of(self._snapshot, entry)
            return found[1] if found else ""
        return read_whole(f"{self._filesystem_path}/{href}").decode(errors="replace")

    # Reading -------------------------------------------------------------------------------------

    def get_meta(self, key: str | None = None) -> Mapping[str, str] | str | None:  # type: ignore[override]
        """Return the properties, or one of them; for a request that reads a snapshot the same from first to last.

        A principal always has a name, RFC 3744 §4.
        """
        if self._snapshot is None or self._meta_cache is None:
            found = super().get_meta(key)
        else:
            found = self._meta_cache if key is None else self._meta_cache.get(key)
        return self.path if key == "D:displayname" and not found and self.is_principal else found

    @property
    def tag(self) -> str:
        """Return what kind of collection it is; it never changes, so its file need not be read for it."""
        return super().tag if self._index is None else self._index.tag

    @property
    def _entries(self) -> Mapping[str, Entry]:
        shown = self._index if self._snapshot is None else self._snapshot
        return {} if shown is None else shown.entries

    def _list(self) -> Iterator[str]:
        return self._hrefs() if self._in_place else super()._list()

    def _hrefs(self) -> Iterator[str]:
        for href in list(self._entries):
            self._keeper.give_way()
            yield href

    def _get(self, href: str, verify_href: bool = True) -> IndexedItem | None:
        entry = self._entries.get(href)
        return None if entry is None else IndexedItem(self, entry, self.read_text)

    def get_multi(self, hrefs: Iterable[str]) -> Iterator[tuple[str, IndexedItem | None]]:
        """Give the objects at `hrefs` with their texts, None where there is none."""
        for href in hrefs:
            self._keeper.give_way()
            found = self._get(href)
            yield href, found.load() if found else None

    def get_all(self) -> Iterator[IndexedItem]:
        """Give every object; texts are read when asked for."""
        for entry in list(self._entries.values()):
            self._keeper.give_way()
            yield IndexedItem(self, entry, self.read_text)

    def get_filtered(self, filters: Iterable[Element]) -> Iterator[tuple[IndexedItem, bool]]:
        """Give the objects that may match, with their texts, each with whether it certainly does.

        Only reports over what is no calendar come here, reports.py answers the others.
        """
        tag, start, end, is_simple = radicale_filter.simplify_prefilters(filters, self.tag)
        is_always = (start, end) == (radicale_filter.TIMESTAMP_MIN, radicale_filter.TIMESTAMP_MAX)
        for entry in list(self._entries.values()):
            self._keeper.give_way()
            if tag is None or tag == entry.component:
                yield IndexedItem(self, entry, self.read_text).load(), is_simple and is_always

    def serialize(self, vcf_to_ics: bool = False, ShareActions: Mapping[str, str] = {}) -> str:  # noqa: N803
        """Return everything in a calendar as one text.

        Objects that mean another zone by a name of their own that is taken already follow as VCALENDARs of their own; Radicale
        would show them at the time of the first one's zone.
        """
        if self.tag != "VCALENDAR":
            return super().serialize(vcf_to_ics, dict(ShareActions))
        whole, apart = StringIO(newline=""), list[str]()
        name, description = (self.get_meta(key) for key in ("D:displayname", "C:calendar-description"))
        texts = (item.serialize() for item in self.get_all())
        for piece in joined(texts, _text(name), apart.append, _leave_out, _text(description)):
            whole.write(piece)
        for text in apart:
            whole.write(text)
        return whole.getvalue()

    def has_uid(self, uid: str) -> bool:
        """Tell whether an object of the collection has this UID."""
        return self._index is not None and self._index.by_uid(uid) is not None

    @property
    def etag(self) -> str:
        """Return what changes with any object or property, and with nothing else."""
        shown = self._index if self._snapshot is None else self._snapshot
        state = "" if shown is None else shown.state
        properties = json.dumps(self.get_meta(), sort_keys=True)
        return f'"{blake2b((state + properties).encode(), digest_size=16).hexdigest()}"'

    @property
    def last_modified(self) -> str:
        """Return when an object was last added, changed or removed, as HTTP says it."""
        shown = self._snapshot or self._index
        return formatdate(
            shown.modified if shown else Path(self._filesystem_path).stat().st_mtime, usegmt=True
        )

    def sync(self, old_token: str = "") -> tuple[str, Iterable[str]]:
        """Return the present sync token and the hrefs that changed since the old one; ValueError: too old."""
        if self._snapshot is not None and not old_token:
            return self._snapshot.token, list(self._snapshot.entries)
        if self._index is None:
            return "", ()
        return self._index.revisions.token, self._index.revisions.since(old_token)

    # Writing -------------------------------------------------------------------------------------

    def upload(self, href: str, item: radicale_item.Item) -> Stored:
        """Store an object as the client sent it; returns it with the one that it replaced."""
        if not pathutils.is_safe_filesystem_path_component(href) or len(href.encode()) > NAME_BYTES_MAX:
            raise pathutils.UnsafePathError(href)
        if self._index is None:
            raise ValueError("objects live in calendars and address books only")
        prepared = current.get()
        data = prepared.data if prepared else item.serialize().encode()
        old = self._get(href)
        old = old.load() if old else None
        try:
            folder = Path(self._filesystem_path)
            is_staged = prepared is not None and prepared.calendar is self._index
            staged = prepared.staged if prepared is not None and is_staged else None
            put_staged(staged or stage(folder, data), folder / href)
            self._keeper.sync_later(folder)
        except OSError as error:
            raise ValueError(f"cannot store {href!r}: {error}") from error
        entry = entry_for(self._index, href, data, time())
        self._keeper.record(self._index, href, entry, old.serialize() if old else None, data.decode())
        return IndexedItem(self, self._index.entries[href], self.read_text), old

    def _upload_all_nonatomic(self, items: Iterable[radicale_item.Item], suffix: str = "") -> None:
        """Fill a collection that is not in place yet."""
        folder = Path(self._filesystem_path)
        for number, item in enumerate(items):
            name = item.uid if item.uid.endswith(suffix) else item.uid + suffix
            if not pathutils.is_safe_filesystem_path_component(name) or (folder / name).exists():
                name = f"{number}-{blake2b(item.uid.encode(), digest_size=12).hexdigest()}{suffix}"
            replace_synced(folder / name, item.serialize().encode())

    def delete(self, href: str | None = None) -> None:
        """Remove an object, or the whole collection."""
        if href is None:
            self._remove()
            return
        found = self._get(href)
        if found is None or self._index is None:
            raise storage.ComponentNotFoundError(href)
        old_text = found.serialize()
        try:
            (Path(self._filesystem_path) / href).unlink()
            self._keeper.sync_later(Path(self._filesystem_path))
        except OSError as error:
            raise ValueError(f"cannot remove {href!r}: {error}") from error
        self._keeper.record(self._index, href, None, old_text, None)

    def _remove(self) -> None:
        """Take the folder out of sight at once; its texts are read for the feed, and it is removed, after the lock."""
        folder = Path(self._filesystem_path)
        doomed = folder.with_name(TEMPORARY + token_hex(8))
        try:
            folder.replace(doomed)
        except OSError as error:
            raise ValueError(f"cannot remove {self.path!r}: {error}") from error
        self._keeper.sync_later(folder.parent)
        self._keeper.forget(self.path, doomed)

    def set_meta(self, props: Mapping[str, str]) -> None:
        """Store the properties; what kind of collection it is never changes, or clients lose what is in it."""
        if self._in_place and props.get("tag") != self.get_meta("tag"):
            raise ValueError(f"[Errno {EACCES}] the resource type of {self.path!r} cannot be changed")
        path, data = Path(self._props_path), json.dumps(props, sort_keys=True).encode()
        try:
            if self._in_place:
                put_staged(staged_file(path, data), path)
                self._keeper.sync_later(path.parent)
            else:
                replace_synced(path, data)
        except OSError as error:
            raise ValueError(f"cannot store the properties of {self.path!r}: {error}") from error
        self._meta_cache = None
        if self._in_place:
            if self._index is not None:
                self._index.take_properties(props)
            self._keeper.index.touch(self.owner)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _leave_out(_text: str) -> None:
    """Forget an object that is gone meanwhile, or that no reader of the whole could read."""
