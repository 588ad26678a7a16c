"""Knows which zone a collection or a request is meant in: `calendar-timezone` and `timezone`, RFC 4791 §5.2.2 and §9.8."""

from collections.abc import Mapping
from datetime import tzinfo

from server.ical.scan import BadCalendar, scan
from server.ical.timezones import zone, zones_of

TEXT = "C:calendar-timezone"
NAME = "C:calendar-timezone-id"


def zone_of_properties(properties: Mapping[str, object]) -> tzinfo | None:
    """Return the zone that a client has set for a calendar; the name of RFC 7809 §5.2 goes before the text."""
    name, text = properties.get(NAME), properties.get(TEXT)
    found = zone_named(name) if isinstance(name, str) else None
    return found or (zone_of_text(text) if isinstance(text, str) else None)


def zone_named(name: str) -> tzinfo | None:
    """Return the zone of a name that is known everywhere, None for any other."""
    return zone(name.strip())


def zone_of_text(text: str) -> tzinfo | None:
    """Return the zone of the one VTIMEZONE of an iCalendar object, None when there is none that can be read."""
    try:
        calendar = scan(text.strip())
    except BadCalendar:
        return None
    for component in calendar.children("VTIMEZONE"):
        name = component.first("TZID")
        if name is not None:
            return zones_of(calendar)(name.text().strip())
    return None
