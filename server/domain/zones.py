"""Which time zones there are."""

from datetime import UTC, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all IANA zones that this installation knows, links included."""
    return frozenset(available_timezones()) - {"localtime", "posixrules", "Factory"}


def is_zone(name: str) -> bool:
    """Tell whether `name` is a known IANA zone."""
    return name in zone_names()


def zone_of(name: str) -> tzinfo:
    """Return the zone of that name; UTC for a name that nobody knows."""
    return ZoneInfo(name) if is_zone(name) else UTC
