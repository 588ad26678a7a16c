"""When a booking takes place, as DTSTART and DTEND with their VTIMEZONE, and back to instants."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from server.domain.booking import Booking
from server.ical.scan import Component, Property, scan
from server.ical.timezones import epoch, vtimezone, zone, zones_of
from server.ical.values import parse_duration, parse_moment, written_utc

Zones = Callable[[str], tzinfo | None]


@dataclass(frozen=True, slots=True)
class WallTimes:
    """Start and end as naive wall times, the TZID that they are meant in (None: UTC), and the VTIMEZONE it names."""

    start: datetime
    end: datetime
    tzid: str | None = None
    vtimezone: Component | None = None


def wall_times(booking: Booking) -> WallTimes:
    """Return how the times of a booking are written: in its zone, if that can be done without changing the instants.

    They are in UTC when the zone is UTC or unknown, and when a wall time comes twice at the end of summer time: RFC 5545
    §3.3.5 reads such a time as the first, libical 3.0 (Evolution, GNOME Calendar) as the second.
    """
    tz = None if booking.zone == "UTC" else zone(booking.zone)
    start, end = (None, None) if tz is None else (_wall(booking.start, tz), _wall(booking.end, tz))
    if start is None or end is None:
        return WallTimes(booking.start.replace(tzinfo=None), booking.end.replace(tzinfo=None))
    tzid = tz.key if isinstance(tz, ZoneInfo) else booking.zone
    last = max(end, booking.over_at.astimezone(tz).replace(tzinfo=None))
    return WallTimes(start, end, tzid, _vtimezone(tzid, start.year, last.year))


def original_time(booking: Booking, original: datetime) -> WallTimes:
    """Return how the original start of an occurrence is written: in the zone that the rule of its series is meant in.

    Also where its wall time comes twice: the rule's own starts are no others.
    """
    tz = None if booking.zone == "UTC" else zone(booking.zone)
    if tz is None:
        naive = original.astimezone(UTC).replace(tzinfo=None)
        return WallTimes(naive, naive)
    naive = original.astimezone(tz).replace(tzinfo=None, fold=0)
    tzid = tz.key if isinstance(tz, ZoneInfo) else booking.zone
    years = (naive.year, *(at.astimezone(tz).year for at in (booking.start, booking.end)))
    return WallTimes(naive, naive, tzid, _vtimezone(tzid, min(years), max(years)))


def written(booking: Booking) -> tuple[list[Property], Component | None]:
    """Return DTSTART and DTEND, and the VTIMEZONE that they name."""
    times = wall_times(booking)
    if times.tzid is None:
        return [
            Property("DTSTART", written_utc(times.start)),
            Property("DTEND", written_utc(times.end)),
        ], None
    params = {"TZID": (times.tzid,)}
    return [
        Property("DTSTART", times.start.strftime("%Y%m%dT%H%M%S"), params),
        Property("DTEND", times.end.strftime("%Y%m%dT%H%M%S"), params),
    ], times.vtimezone


def instants(calendar: Component, vevent: Component, default_zone: str) -> tuple[datetime, datetime] | None:
    """Return start and end as `vevent` of `calendar` shows them, in UTC; None when they cannot be read.

    Dates, floating times and times in zones that nobody knows are taken in `default_zone`.
    """
    begins = vevent.first("DTSTART")
    if begins is None:
        return None
    try:
        start, end = _epochs(vevent, begins, zones_of(calendar), zone(default_zone) or UTC)
        return datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(max(start, end), UTC)
    except (ValueError, OverflowError):
        return None


def _epochs(vevent: Component, begins: Property, zones: Zones, default: tzinfo) -> tuple[int, int]:
    start = _epoch(begins, zones, default)
    ends, lasts = vevent.first("DTEND"), vevent.first("DURATION")
    if ends is not None:
        return start, _epoch(ends, zones, default)
    days, seconds = 0, 0
    if lasts is not None:
        duration = parse_duration(lasts.value)
        days, seconds = duration.days, duration.seconds
    elif parse_moment(begins.value).is_date:
        days = 1
    return start, _epoch(begins, zones, default, days=days) + seconds


def _epoch(item: Property, zones: Zones, default: tzinfo, *, days: int = 0) -> int:
    moment = parse_moment(item.value)
    naive = moment.naive + timedelta(days=days)
    tzid = item.param("TZID")
    if moment.utc:
        return epoch(naive, UTC)
    return epoch(naive, (zones(tzid) if tzid and not moment.is_date else None) or default)


def _wall(instant: datetime, tz: tzinfo) -> datetime | None:
    local = instant.astimezone(tz)
    is_told_once = local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset()
    return local.replace(tzinfo=None, fold=0) if is_told_once else None


@lru_cache(maxsize=512)
def _vtimezone(name: str, first_year: int, last_year: int) -> Component:
    start, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year, 12, 31, tzinfo=UTC)
    text = f"BEGIN:VCALENDAR\r\n{vtimezone(name, start, end)}\r\nEND:VCALENDAR\r\n"
    return next(scan(text).children("VTIMEZONE"))
