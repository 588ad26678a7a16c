"""Knows how an answer over many objects is written, RFC 4918 §13: as text, since a tree of elements takes ten times as long."""

import re
from collections.abc import Callable, Mapping
from email.utils import formatdate
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from radicale_plugin.entry import Entry

D = "{DAV:}"
HEAD = (
    "<?xml version='1.0' encoding='utf-8'?>\n"
    '<multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" '
    'xmlns:CR="urn:ietf:params:xml:ns:carddav" xmlns:CS="http://calendarserver.org/ns/">'
)
_PREFIXES = {
    "DAV:": "",
    "urn:ietf:params:xml:ns:caldav": "C:",
    "urn:ietf:params:xml:ns:carddav": "CR:",
    "http://calendarserver.org/ns/": "CS:",
}
_KINDS = {"VCARD": "text/vcard;charset=utf-8"}
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML cannot carry; no client can upload it, but files come into a folder in other ways too."""

Shown = Mapping[str, str]
"""Properties by their tags, as the text inside their elements."""


class Listing:
    """A multistatus answer below `path`, a collection's, that grows object by object."""

    def __init__(self, prefix: str, path: str, tags: list[str]) -> None:
        self._folder = quote(f"{prefix}/{path}/")
        self._tags = [(tag, _names(tag)) for tag in tags]
        self._pieces = [HEAD]

    def add(self, entry: Entry, shown: Shown) -> None:
        """Take an object with what is shown of it beside what the index knows."""
        found, absent = [], []
        for tag, (opening, closing, empty) in self._tags:
            text = _KNOWN[tag](entry) if tag in _KNOWN else shown.get(tag)
            if text is None:
                absent.append(empty)
            else:
                found.append(f"{opening}{text}{closing}")
        self._pieces.append(f"<response><href>{self._folder}{quote(entry.href)}</href>")
        if found or not absent:
            self._pieces.append(
                f"<propstat><prop>{''.join(found)}</prop><status>HTTP/1.1 200 OK</status></propstat>"
            )
        if absent:
            self._pieces.append(
                f"<propstat><prop>{''.join(absent)}</prop><status>HTTP/1.1 404 Not Found</status></propstat>"
            )
        self._pieces.append("</response>")

    def add_missing(self, href: str) -> None:
        """Take an object of this collection that is not there."""
        self.add_nowhere(f"{self._folder}{quote(href)}")

    def add_nowhere(self, href: str) -> None:
        """Take an address, as it was asked for, where nothing is."""
        self._pieces.append(
            f"<response><href>{escape(href)}</href><status>HTTP/1.1 404 Not Found</status></response>"
        )

    def cut(self) -> None:
        """Say that the answer has only as many objects as were asked for, RFC 6578 §3.6."""
        self._pieces.append(
            f"<response><href>{self._folder}</href><status>HTTP/1.1 507 Insufficient Storage</status>"
            "<error><number-of-matches-within-limits/></error></response>"
        )

    def end(self, token: str | None = None) -> bytes:
        """Return the answer, with the sync token that belongs to it."""
        if token is not None:
            self._pieces.append(f"<sync-token>{escape(token)}</sync-token>")
        self._pieces.append("</multistatus>")
        return "".join(self._pieces).encode("utf-8", "replace")


def spoken(text: str) -> str:
    """Return text as it stands in an element."""
    return escape(_UNSPEAKABLE.sub("", text))


def _names(tag: str) -> tuple[str, str, str]:
    """Return the opening, the closing and the empty element of a tag."""
    namespace, brace, name = tag.removeprefix("{").rpartition("}")
    known = _PREFIXES.get(namespace)
    if not brace:
        return f'<{name} xmlns="">', f"</{name}>", f'<{name} xmlns=""/>'
    if known is not None:
        return f"<{known}{name}>", f"</{known}{name}>", f"<{known}{name}/>"
    opening = f"x:{name} xmlns:x={quoteattr(namespace)}"
    return f"<{opening}>", f"</x:{name}>", f"<{opening}/>"


def _content_type(entry: Entry) -> str:
    return (
        _KINDS.get(entry.component) or f"text/calendar;charset=utf-8;component={entry.component or 'VEVENT'}"
    )


_KNOWN: dict[str, Callable[[Entry], str]] = {
    f"{D}getetag": lambda entry: escape(entry.etag),
    f"{D}getcontenttype": _content_type,
    f"{D}getcontentlength": lambda entry: str(entry.size),
    f"{D}getlastmodified": lambda entry: formatdate(entry.modified, usegmt=True),
    f"{D}resourcetype": lambda _: "",
}
"""What the index knows of every object without its text."""
