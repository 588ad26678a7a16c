"""What a TZID means, and the instants that wall times in a zone are, RFC 5545 §3.2.19 and §3.3.5.

A name that IANA or Windows knows means that zone, whatever VTIMEZONE stands beside it; any other name means the
VTIMEZONE of its own calendar object and of no other: two people's "Customized Time Zone" never meet.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from server.ical.recurrence import TooComplex
from server.ical.scan import Component
from server.ical.vtimezone import read_vtimezone
from server.ical.vtimezone_text import write_vtimezone
from server.ical.windows_zones import IANA_OF_WINDOWS

TZID_CHARS_MAX = 255
VTIMEZONES_MAX = 50

DAY_S = 86_400
_EPOCH = datetime(1970, 1, 1)
_ZERO = timedelta(0)

Zones = Callable[[str], tzinfo | None]


@lru_cache(maxsize=2048)
def zone(tzid: str) -> tzinfo | None:
    """Return the zone that the name means everywhere, None when only a VTIMEZONE can say it.

    Knows IANA names in any case, Windows names, vendors' prefixes such as /freeassociation.sourceforge.net/Europe/Berlin
    (Evolution) and /mozilla.org/20050126_1/Europe/Berlin (Lightning), and GMT+02:00.
    """
    name = tzid.strip().strip("\"'").strip()
    if not name or len(name) > TZID_CHARS_MAX:
        return None
    known = _names().get(name.casefold())
    if known is None and name.startswith("/"):
        known = _without_prefix(name)
    return ZoneInfo(known) if known else _fixed(name)


def zones_of(calendar: Component) -> Zones:
    """Return what the TZIDs of this one calendar object mean: the names known everywhere, else its own VTIMEZONEs."""
    own: dict[str, tzinfo | None] = {}

    def zone_of(tzid: str) -> tzinfo | None:
        known = zone(tzid)
        if known is not None:
            return known
        if tzid not in own:
            # What a name means is kept even when it is nothing; the names are bounded by the text they stand in.
            own[tzid] = _own_zone(calendar, tzid)
        return own[tzid]

    return zone_of


def vtimezone(zone_name: str, start: datetime, end: datetime) -> str:
    """Return a VTIMEZONE, CRLF at each line's end, that is right from `start` to `end`; both are aware.

    Daylight saving is an RRULE where one agrees with the zone for that span and ten years on, else each change in the
    span stands by itself. ValueError when the zone is not known.
    """
    known = zone(zone_name)
    if known is None:
        raise ValueError(f"not a known time zone: {zone_name[:TZID_CHARS_MAX]!r}")
    name = known.key if isinstance(known, ZoneInfo) else zone_name
    return _vtimezone(name, known, start.astimezone(UTC).year, end.astimezone(UTC).year)


def epoch(naive: datetime, zone: tzinfo) -> int:
    """Return the epoch second of a wall time in `zone`, RFC 5545 §3.3.5.

    A time that a change skips is read with the offset before the change, one that comes twice is the first.
    """
    since = naive - _EPOCH
    if zone is not UTC:
        # PEP 495 gives fold=0, which a sum always has, exactly these meanings; replace(tzinfo=…) takes twice as long.
        since -= zone.utcoffset(datetime(1970, 1, 1, tzinfo=zone) + since) or _ZERO
    return since.days * DAY_S + since.seconds


@lru_cache(maxsize=1024)
def _vtimezone(name: str, known: tzinfo, first_year: int, last_year: int) -> str:
    return write_vtimezone(name, known, first_year, last_year)


@cache
def _names() -> dict[str, str]:
    iana = {name.casefold(): name for name in available_timezones() - {"localtime", "Factory"}}
    windows = {name.casefold(): means for name, means in IANA_OF_WINDOWS.items() if means.casefold() in iana}
    # Written by Exchange for UTC, and by clients that put a Z where a name belongs.
    utc = dict.fromkeys(("tzone://microsoft/utc", "coordinated universal time", "z"), "UTC")
    return utc | windows | iana


def _without_prefix(name: str) -> str | None:
    pieces = name.strip("/").split("/")
    for length in (3, 2, 1):
        if len(pieces) > length:
            known = _names().get("/".join(pieces[-length:]).casefold())
            if known:
                return known
    return None


_FIXED = re.compile(r"(?:UTC|GMT)([+-])([0-9]{1,2})(?::?([0-9]{2}))", re.IGNORECASE)


def _fixed(name: str) -> tzinfo | None:
    match = _FIXED.fullmatch(name)
    if not match:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    if offset >= timedelta(days=1):
        return None
    return timezone(-offset if match[1] == "-" else offset)


def _own_zone(calendar: Component, tzid: str) -> tzinfo | None:
    wanted = tzid.strip()
    for number, component in enumerate(calendar.children("VTIMEZONE")):
        if number >= VTIMEZONES_MAX:
            return None
        name = component.first("TZID")
        if name is None or name.text().strip() != wanted:
            continue
        try:
            return read_vtimezone(component)
        except (TooComplex, ValueError):
            location = component.first("X-LIC-LOCATION")
            return zone(location.text()) if location else None
    return None
