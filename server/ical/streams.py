"""iCalendar streams of any size, read component by component, RFC 5545 §3.4.

Knows where components begin and end, whatever stands between them, and holds one at a time; components keep their lines
as they are written.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from server.ical.scan import BadCalendar, scan

OBJECT_BYTES_MAX = 8_000_000
"""No object may be larger: what a CalDAV client may send."""

HEAD_BYTES_MAX = 20_000

_OUTERMOST = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VTIMEZONE", "VFREEBUSY", "VAVAILABILITY"})
_BRACKET = re.compile(rb"\s*(BEGIN|END)\s*:\s*([A-Za-z0-9-]+)\s*", re.IGNORECASE)
_FOLD = re.compile(r"\r\n[ \t]")
_PRODUCT = re.compile(r"^PRODID[^:\r\n]*:([^\r\n]+)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One outermost component: `calendar` counts the VCALENDARs, `line` is where it begins; `fault` says why it is none."""

    kind: str
    calendar: int
    line: int
    text: str = ""
    product: str = ""
    uid: str = ""
    tzid: str = ""
    fault: str = ""


def parts(pieces: Iterable[bytes]) -> Iterator[Part]:
    """Give the components of a stream as it is read; `pieces` are its lines, long ones in several pieces.

    Never holds more than one component, and not more of one than an object may be large.
    """
    reader = _Reader()
    for piece in pieces:
        yield from reader.take(piece)
    yield from reader.end()


@dataclass(slots=True)
class _Reader:
    """The state between two lines."""

    calendar: int = 0
    is_inside: bool = False
    head: list[bytes] = field(default_factory=list)
    line: int = 0
    began: int = 0
    is_rest: bool = False
    stack: list[str] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    fault: str = ""

    def take(self, piece: bytes) -> Iterator[Part]:
        """Give the components that end with a line, or with the rest of one."""
        is_rest, self.is_rest = self.is_rest, not piece.endswith(b"\n")
        if is_rest:
            self._keep(piece)
            return
        self.line += 1
        if self.line == 1:
            piece = piece.removeprefix(b"\xef\xbb\xbf")
        match = None if piece[:1] in (b" ", b"\t") else _BRACKET.fullmatch(piece)
        if match is None:
            self._keep(piece)
            return
        bracket, name = match[1].upper(), match[2].decode("ascii").upper()
        yield from (self._begin if bracket == b"BEGIN" else self._end)(name, piece)

    def end(self) -> Iterator[Part]:
        """Give what the stream broke off in."""
        if self.stack:
            yield self._broken()

    def _begin(self, name: str, piece: bytes) -> Iterator[Part]:
        if self.stack and (name == "VCALENDAR" or name in _OUTERMOST):
            yield self._broken()
        if name == "VCALENDAR":
            self.calendar += 1
            self.is_inside, self.head = True, []
            return
        if not self.stack:
            self.began, self.fault = self.line, "" if self.is_inside else "it stands outside of a VCALENDAR"
        self.stack.append(name)
        self._keep(piece)

    def _end(self, name: str, piece: bytes) -> Iterator[Part]:
        if name == "VCALENDAR":
            if self.stack:
                yield self._broken()
            self.is_inside = False
        elif name in self.stack:
            self._keep(piece)
            if self.stack[-1] != name:
                self.fault = self.fault or f"END:{name} stands where END:{self.stack[-1]} was expected"
            while self.stack and self.stack[-1] != name:
                self.stack.pop()
            kind = self.stack[0]
            self.stack.pop()
            if not self.stack:
                yield self._part(kind)

    def _keep(self, piece: bytes) -> None:
        if self.stack:
            self.size += len(piece)
            if self.size <= OBJECT_BYTES_MAX:
                self.lines.append(piece)
            else:
                self.lines.clear()
                self.fault = f"it is larger than {OBJECT_BYTES_MAX} bytes"
        elif self.is_inside and sum(map(len, self.head)) < HEAD_BYTES_MAX:
            self.head.append(piece[:HEAD_BYTES_MAX])

    def _broken(self) -> Part:
        self.fault = self.fault or f"END:{self.stack[-1]} is missing"
        kind = self.stack[0]
        self.stack.clear()
        return self._part(kind)

    def _part(self, kind: str) -> Part:
        data, fault = b"".join(self.lines), self.fault
        self.lines, self.size, self.fault = [], 0, ""
        found = Part(kind, self.calendar, self.began, fault=fault)
        if fault:
            return found
        try:
            return _read(found, data, b"".join(self.head))
        except UnicodeDecodeError:
            return _faulty(found, "it is not written in UTF-8")
        except BadCalendar as bad:
            return _faulty(found, str(bad))


def _read(part: Part, data: bytes, head: bytes) -> Part:
    text = _crlf(data.decode())
    tree = scan(f"BEGIN:VCALENDAR\r\n{text}END:VCALENDAR\r\n").components[0]
    uid, tzid = tree.first("UID"), tree.first("TZID")
    product = _PRODUCT.search(_FOLD.sub("", _crlf(head.decode(errors="replace"))))
    return Part(
        kind=part.kind,
        calendar=part.calendar,
        line=part.line,
        text=text,
        product=product[1].strip() if product else "",
        uid=uid.text().strip() if uid else "",
        tzid=tzid.value if tzid else "",
    )


def _faulty(part: Part, fault: str) -> Part:
    return Part(part.kind, part.calendar, part.line, fault=fault)


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n") + (
        "" if text.endswith("\n") or not text else "\r\n"
    )
