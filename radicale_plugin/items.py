"""Knows how Radicale is shown a stored object: as the index describes it, its text read only when asked for."""

from collections.abc import Callable
from email.utils import formatdate

import vobject
from radicale import item as radicale_item
from radicale import storage as radicale_storage
from radicale.item.filter import TIMESTAMP_MAX

from radicale_plugin.entry import Entry


class IndexedItem(radicale_item.Item):
    """An object at `entry.href` of an indexed collection.

    The text is read within the lock under which the item was found; `load` reads it where it is used later.
    """

    def __init__(
        self, collection: radicale_storage.BaseCollection, entry: Entry, read_text: Callable[[str], str]
    ) -> None:
        self._read_text = read_text
        self.collection = collection
        self.href = entry.href
        self._modified = entry.modified
        self._collection_path = collection.path
        self._text = None
        self._vobject_item = None
        self._etag = entry.etag
        self._uid = entry.uid
        self._name = "VCARD" if entry.component == "VCARD" else "VCALENDAR"
        self._component_name = entry.component
        self._time_range = (entry.first, TIMESTAMP_MAX if entry.last is None else entry.last)

    @property
    def last_modified(self) -> str:  # type: ignore[override]  # few ask, and writing a date costs as much as reading a file
        """Return when the object was written, as HTTP says it."""
        return formatdate(self._modified, usegmt=True)

    def __copy__(self) -> "IndexedItem":
        """Return the item without what was parsed: Radicale expands a copy, and so again for the next property."""
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__, _vobject_item=None)
        return copied

    def load(self) -> "IndexedItem":
        """Read the text now; return the item."""
        self.serialize()
        return self

    def serialize(self) -> str:
        """Return the stored text, byte for byte."""
        if self._text is None:
            assert self.href is not None
            self._text = self._read_text(self.href)
        return self._text

    @property
    def vobject_item(self) -> vobject.base.Component:
        """Return the text as vobject reads it, after the repairs that Radicale makes on upload."""
        if self._vobject_item is None:
            try:
                self._vobject_item = radicale_item.read_components(self.serialize())[0]
            except (vobject.base.ParseError, ValueError, IndexError) as bad:
                raise RuntimeError(f"cannot parse {self.href!r} of {self._collection_path!r}: {bad}") from bad
        return self._vobject_item


def keep_commas() -> None:
    """Make vobject keep text after an unescaped comma (py-vobject issue 55) and leave values that are no TEXT alone.

    Without this, filters do not see what stands behind the comma and UIDs are cut there. Concerns the whole process;
    nothing but Radicale uses vobject in it.
    """
    behavior = vobject.icalendar.TextBehavior
    if getattr(behavior, "keeps_commas", False):
        return
    decode, encode = behavior.decode.__func__, behavior.encode.__func__

    def keep_decode(cls: type, line: vobject.base.ContentLine) -> None:
        if not line.encoded:
            return
        if _is_other_than_text(line):
            line.encoded = False
        elif getattr(line, "encoding_param", "").upper() in (behavior.base64string, "B", "BASE64"):
            decode(cls, line)
        else:
            line.value, line.encoded = _unescaped(line.value), False

    def keep_encode(cls: type, line: vobject.base.ContentLine) -> None:
        if not line.encoded and _is_other_than_text(line):
            line.encoded = True
        else:
            encode(cls, line)

    behavior.decode, behavior.encode = classmethod(keep_decode), classmethod(keep_encode)
    behavior.keeps_commas = True


def _is_other_than_text(line: vobject.base.ContentLine) -> bool:
    kind = line.params.get("VALUE") or line.params.get("value")
    return bool(kind) and kind[0].upper() not in ("TEXT", "BINARY")


def _unescaped(value: str) -> str:
    pieces = value.split("\\\\")
    for mark, meant in (("\\n", "\n"), ("\\N", "\n"), ("\\,", ","), ("\\;", ";")):
        pieces = [piece.replace(mark, meant) for piece in pieces]
    return "\\".join(pieces)
