"""iCalendar text to a tree of components and back, RFC 5545 §3.1 and RFC 6868.

Knows the grammar of content lines and nothing of what a property means: values stay as they were written, names and
parameter names are in capitals. Reads what clients really write (mixed line ends, blank lines, a byte order mark,
stray quotes) and refuses the rest with the number of the line.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

TEXT_CHARS_MAX = 16 * 1024 * 1024
LINES_MAX = 250_000
DEPTH_MAX = 12
LINE_OCTETS_MAX = 75
HEAD_KEPT_CHARS = 160
NO_BEGIN = "BEGIN:VCALENDAR is missing"
AFTER_END = "there is text after END:VCALENDAR"

Params = Mapping[str, tuple[str, ...]]
NO_PARAMS: Params = MappingProxyType({})


class BadCalendar(ValueError):
    """The text is not one iCalendar object; the message names the line and the fault."""


class Property(NamedTuple):
    """One content line: a named tuple because a calendar has dozens and a frozen dataclass costs thrice as much."""

    name: str
    value: str
    params: Params = NO_PARAMS
    group: str | None = None

    def text(self) -> str:
        """Return the value with the escapes of TEXT undone."""
        return unescape(self.value) if "\\" in self.value else self.value

    def param(self, name: str) -> str | None:
        """Return the first value of the parameter `name` (in capitals), None when it is absent."""
        values = self.params.get(name)
        return values[0] if values else None


@dataclass(frozen=True, slots=True)
class Component:
    """A component with what stands in it, in the order of the text."""

    name: str
    properties: tuple[Property, ...] = ()
    components: tuple["Component", ...] = ()

    def first(self, name: str) -> Property | None:
        """Return the first property called `name` (in capitals)."""
        for item in self.properties:
            if item.name == name:
                return item
        return None

    def all(self, name: str) -> Iterator[Property]:
        """Give every property called `name`."""
        return (item for item in self.properties if item.name == name)

    def children(self, name: str) -> Iterator["Component"]:
        """Give every component called `name` that stands directly in this one."""
        return (item for item in self.components if item.name == name)


def scan(text: str) -> Component:
    """Return the VCALENDAR that `text` is; anything but exactly one raises BadCalendar."""
    if len(text) > TEXT_CHARS_MAX:
        raise BadCalendar(f"the text is longer than {TEXT_CHARS_MAX} characters")
    lines = _unfold(text)
    if len(lines) > LINES_MAX:
        raise BadCalendar(f"the text has more than {LINES_MAX} lines")
    try:
        return _tree(lines)
    except _BadLine as bad:
        raise BadCalendar(f"line {_written_line(text, bad.line)}: {bad.fault}") from None


def unescape(value: str) -> str:
    """Return what a TEXT value says, RFC 5545 §3.3.11; a backslash before any other character is kept."""
    return _ESCAPED.sub(_unescaped, value) if "\\" in value else value


def escape(text: str) -> str:
    """Return `text` as a TEXT value; control characters, which RFC 5545 forbids and XML cannot carry, are dropped."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return _CONTROL.sub("", text)


def fold(line: str) -> str:
    """Return the content line, without its final line end, folded after at most 75 octets, never in a character."""
    if len(line) <= LINE_OCTETS_MAX and (line.isascii() or len(line.encode()) <= LINE_OCTETS_MAX):
        return line
    octets = line.encode()
    pieces: list[str] = []
    start, room = 0, LINE_OCTETS_MAX
    while start < len(octets):
        end = min(start + room, len(octets))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(octets[start:end].decode())
        start, room = end, LINE_OCTETS_MAX - 1
    return "\r\n ".join(pieces)


def serialise(component: Component) -> str:
    """Return the component as text with CRLF line ends and folded lines; a value with a line break is a ValueError."""
    return "\r\n".join(_written(component)) + "\r\n"


class _BadLine(Exception):
    def __init__(self, line: int, fault: str) -> None:
        self.line = line
        self.fault = fault


# Possessive, and only from the first of several: else a text of blank lines takes quadratic time.
_FOLD = re.compile(r"(?<!\n)\n++[ \t]")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NAME = re.compile(r"(?:([A-Za-z0-9_-]+)\.)?([A-Za-z0-9_-]+)")
_QUOTED_OR_SEPARATOR = re.compile(r'"[^"]*"|[;:]')
_QUOTED_OR_COMMA = re.compile(r'"[^"]*"|,')
_CARET = re.compile(r"\^([n^'])")
_CARET_MEANS = {"n": "\n", "^": "^", "'": '"'}

# Names met in nearly every object need no check of their characters.
# fmt: off
_USUAL = frozenset((
    "UID", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "CREATED", "LAST-MODIFIED",
    "SEQUENCE", "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "TRANSP", "CLASS", "URL", "RRULE",
    "RDATE", "EXDATE", "RECURRENCE-ID", "ORGANIZER", "ATTENDEE", "CATEGORIES", "PRIORITY", "ACTION",
    "TRIGGER", "VERSION", "PRODID", "CALSCALE", "METHOD", "TZID", "TZOFFSETFROM", "TZOFFSETTO",
    "TZNAME", "X-LIC-LOCATION",
))
# fmt: on

_USUAL_COMPONENTS = frozenset(("VCALENDAR", "VEVENT", "VALARM", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VTODO"))


def _unfold(text: str) -> list[str]:
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\n\n" in text:
        # A blank line before a folded one belongs to the fold: some mail gateways double every line end.
        text = _FOLD.sub("", text)
    text = text.replace("\n ", "")
    if "\t" in text:  # one character is looked for far faster than two
        text = text.replace("\n\t", "")
    return text.split("\n")


def _tree(lines: list[str]) -> Component:
    # Outside stands first, like a component that never ends, so that nothing in the loop asks whether one is open.
    outside: _Open = ("", [], [])
    open_ = [outside]
    properties = outside[1]
    usual, new, of, no_params = _USUAL, tuple.__new__, Property, NO_PARAMS
    for number, line in enumerate(lines):
        head, colon, value = line.partition(":")
        if head in usual and colon:
            # The tuple is made directly: Property(…) fills in defaults for every line, at twice the cost.
            properties.append(new(of, (head, value, no_params, None)))
        elif head in _BRACKETS:
            name = value if value in _USUAL_COMPONENTS else value.strip().upper()
            properties = _BRACKETS[head](open_, number, name)
        elif line and not line.isspace():
            properties.append(new(of, _property(line, number, head, colon, value)))
    if outside[1]:
        raise _stray(lines)
    if len(open_) > 1 or not outside[2]:
        raise _BadLine(len(lines) - 1, f"END:{open_[-1][0]} is missing" if len(open_) > 1 else NO_BEGIN)
    return outside[2][0]


_Open = tuple[str, list[Property], list[Component]]


def _begin(open_: list[_Open], number: int, name: str) -> list[Property]:
    if len(open_) == 1:
        if open_[0][1] or open_[0][2] or name != "VCALENDAR":
            raise _BadLine(number, AFTER_END if open_[0][2] else NO_BEGIN)
    elif name == "VCALENDAR":
        raise _BadLine(number, "a VCALENDAR stands in another component")
    if len(open_) > DEPTH_MAX:
        raise _BadLine(number, f"components are nested deeper than {DEPTH_MAX}")
    if name not in _USUAL_COMPONENTS and not _NAME.fullmatch(name):
        raise _BadLine(number, "the component has no valid name")
    properties: list[Property] = []
    open_.append((name, properties, []))
    return properties


def _end(open_: list[_Open], number: int, name: str) -> list[Property]:
    """Close the innermost component and return where the properties of the one around it go."""
    opened, properties, components = open_[-1]
    if len(open_) == 1:
        raise _BadLine(number, f"END:{name} has no BEGIN")
    if opened != name:
        raise _BadLine(number, f"END:{name} where END:{opened} was expected")
    open_.pop()
    _, around, siblings = open_[-1]
    siblings.append(Component(opened, tuple(properties), tuple(components)))
    return around


def _stray(lines: list[str]) -> _BadLine:
    """Return what to say of the first line that stands outside the calendar."""
    depth, ended = 0, False
    for number, line in enumerate(lines):
        head = line.partition(":")[0].upper()
        if depth == 0 and head != "BEGIN" and line.strip():
            return _BadLine(number, AFTER_END if ended else NO_BEGIN)
        depth += (head == "BEGIN") - (head == "END")
        ended |= head == "END" and depth == 0
    return _BadLine(0, NO_BEGIN)


_BRACKETS = {"BEGIN": _begin, "END": _end, "begin": _begin, "end": _end, "Begin": _begin, "End": _end}


def _property(
    line: str, number: int, head: str, colon: str, value: str
) -> tuple[str, str, Params, str | None]:
    """Return the fields of the Property that a line is, which was split at its first colon."""
    if '"' in head and head.count('"') % 2:
        head, colon, value = _past_quotes(line)
    if not colon:
        raise _BadLine(number, "there is no colon")
    # The same few hundred heads come again and again; long ones, which a stranger may make up, are not kept.
    read = (_head if len(head) <= HEAD_KEPT_CHARS else _head.__wrapped__)(head)
    if read is None:
        raise _BadLine(number, "the property has no valid name")
    name, params, group = read
    return name, value, params, group


@lru_cache(maxsize=1024)
def _head(head: str) -> tuple[str, Params, str | None] | None:
    """Return name, parameters and group of what stands before the colon, None when there is no name."""
    written, semicolon, rest = head.partition(";")
    match = _NAME.fullmatch(written.strip())
    if not match:
        return None
    return match[2].upper(), _params(rest) if semicolon else NO_PARAMS, match[1]


def _past_quotes(line: str) -> tuple[str, str, str]:
    """Split at the first colon outside quotes; when a quote is never closed, at the first colon of all."""
    for match in _QUOTED_OR_SEPARATOR.finditer(line):
        if match[0] == ":":
            return line[: match.start()], ":", line[match.end() :]
    return line.partition(":")


def _params(text: str) -> Params:
    params: dict[str, list[str]] = {}
    for piece in _split(text, _QUOTED_OR_SEPARATOR) if '"' in text else text.split(";"):
        name, _, written = piece.partition("=")
        values = params.setdefault(name.strip().upper(), [])
        if '"' in written or "," in written or "^" in written:
            values.extend(_param_value(value) for value in _split(written, _QUOTED_OR_COMMA))
        else:
            values.append(written)
    return MappingProxyType({name: tuple(values) for name, values in params.items()})


def _split(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    start = 0
    for match in pattern.finditer(text):
        if match[0][0] != '"' and match[0] != ":":
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]


def _param_value(written: str) -> str:
    if len(written) > 1 and written[0] == '"' == written[-1]:
        written = written[1:-1]
    return _CARET.sub(lambda match: _CARET_MEANS[match[1]], written) if "^" in written else written


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] in "nN" else match[1]


def _written_line(text: str, number: int) -> int:
    """Return the number, counted from 1, at which the unfolded line `number` begins in the text as written."""
    physical = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    begins = [at for at, line in enumerate(physical) if at == 0 or not line.startswith((" ", "\t"))]
    return begins[min(number, len(begins) - 1)] + 1


def _written(component: Component) -> Iterator[str]:
    yield f"BEGIN:{component.name}"
    for item in component.properties:
        yield fold(_content_line(item))
    for child in component.components:
        yield from _written(child)
    yield f"END:{component.name}"


def _content_line(item: Property) -> str:
    if "\n" in item.value or "\r" in item.value:
        raise ValueError(f"the value of {item.name} has a line break that is not escaped")
    head = f"{item.group}.{item.name}" if item.group else item.name
    for name, values in item.params.items():
        head += f";{name}={','.join(_written_param(value) for value in values)}"
    return f"{head}:{item.value}"


def _written_param(value: str) -> str:
    value = value.replace("\r\n", "\n").replace("^", "^^").replace("\n", "^n").replace('"', "^'")
    value = _CONTROL.sub("", value)
    return f'"{value}"' if any(mark in value for mark in ",;:") else value
