"""Objects out of the components of a stream, and a stream out of objects.

One UID is one object, RFC 4791 §4.1, wherever in the stream its components stand. Time zones: a name that everybody knows
gets our own definition, made for the years that it is needed for; any other name keeps the one that stands beside it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from server.ical.scan import BadCalendar, Component, escape, fold, scan
from server.ical.streams import Part, parts
from server.ical.timezones import vtimezone, zone
from server.ical.vevent import PRODUCT

KINDS = frozenset({"VEVENT", "VTODO", "VJOURNAL"})
"""What a calendar holds; a stream has zones and other things beside them."""

ALWAYS = (1970, 2037)
"""The years for which a zone is defined where anything may stand below it."""

_FOLD = re.compile(r"\r\n[ \t]")
_YEAR = re.compile(r"[:,/](\d{4})\d{4}(?:T\d{6}|\b)")


def composed(parts: Sequence[Part], zone_text: Callable[[int, str], str | None]) -> str:
    """Return the object that parts of one UID are, with the time zones it names.

    `zone_text` returns the VTIMEZONE with a TZID that stands in a VCALENDAR of the stream. Raises BadCalendar when the parts
    make no sense together.
    """
    body = "".join(part.text for part in parts)
    years = _years(body)
    tzids = _tzids(scan(_wrapped(body, PRODUCT)))
    calendars = sorted({part.calendar for part in parts})
    zones = "".join(_known(tzid, *years) or _own(tzid, calendars, zone_text) for tzid in tzids)
    return _wrapped(zones + body, parts[0].product or PRODUCT)


def are_same(one: str, other: str) -> bool:
    """Tell whether two objects say the same: equal components, and zones that mean the same."""
    try:
        return _meaning(scan(one)) == _meaning(scan(other))
    except BadCalendar:
        return False


def joined(
    texts: Iterable[str],
    name: str,
    apart: Callable[[str], None],
    unreadable: Callable[[str], None],
    description: str = "",
) -> Iterator[str]:
    """Give the text of one VCALENDAR that holds all objects, piece by piece.

    Two objects may mean different zones by one name of their own; the second is handed to `apart`, to follow as a VCALENDAR
    of its own. One that is no iCalendar is handed to `unreadable`, and is not in the text.
    """
    titles = (("X-WR-CALNAME", name), ("X-WR-CALDESC", description))
    title = [fold(f"{known}:{escape(text)}") for known, text in titles if text]
    yield "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", *title)) + "\r\n"
    written: dict[str, str] = {}
    for text in texts:
        found = list(parts(text.encode().splitlines(keepends=True)))
        own = {part.tzid: part.text for part in found if part.kind == "VTIMEZONE"}
        if not found or any(part.fault for part in found):
            unreadable(text)
        elif any(zone(tzid) is None and written.get(tzid, own[tzid]) != own[tzid] for tzid in own):
            apart(text)
        else:
            for tzid in [tzid for tzid in own if tzid not in written]:
                written[tzid] = own[tzid] if zone(tzid) is None else ""
                yield _known(tzid, *ALWAYS) or own[tzid]
            yield from (part.text for part in found if part.kind != "VTIMEZONE")
    yield "END:VCALENDAR\r\n"


def _own(tzid: str, calendars: Sequence[int], zone_text: Callable[[int, str], str | None]) -> str:
    found = {text for calendar in calendars if (text := zone_text(calendar, tzid))}
    if len(found) > 1 and zone(tzid) is None:
        raise BadCalendar(f"its parts mean different zones by {tzid}")
    return min(found, default="")


def _wrapped(body: str, product: str) -> str:
    head = "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", fold(f"PRODID:{product}")))
    return f"{head}\r\n{body}END:VCALENDAR\r\n"


def _tzids(component: Component) -> list[str]:
    """Return the TZIDs that properties name, in the order of their first use."""
    found: dict[str, None] = {}
    pending = [component]
    while pending:
        one = pending.pop()
        found.update((tzid, None) for item in one.properties if (tzid := item.param("TZID")))
        pending.extend(reversed(one.components))
    return list(found)


def _known(tzid: str, first_year: int, last_year: int) -> str:
    """Return our definition of a zone that everybody knows by this very name, for these years; empty for any other."""
    known = zone(tzid)
    if not isinstance(known, ZoneInfo) or known.key != tzid:
        return ""
    try:
        text = vtimezone(
            tzid, datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year, 12, 31, tzinfo=UTC)
        )
    except (ValueError, OverflowError):
        return ""
    return text if text.endswith("\r\n") else text + "\r\n"


def _years(body: str) -> tuple[int, int]:
    years = [int(year) for year in _YEAR.findall(_FOLD.sub("", body))]
    return (min(years), max(years)) if years else ALWAYS


def _meaning(calendar: Component) -> tuple[list[Component], dict[str, Component]]:
    components = [one for one in calendar.components if one.name != "VTIMEZONE"]
    named = {tzid for tzid in _tzids(calendar) if zone(tzid) is None}
    zones = {
        item.value: one
        for one in calendar.children("VTIMEZONE")
        for item in one.all("TZID")
        if item.value in named
    }
    return components, zones
