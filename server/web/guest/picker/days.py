"""Local days of a zone: which instants they span, and which starts fall on them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from server.domain.intervals import Span

ONE_DAY = timedelta(days=1)


def local_date(at: int, zone: ZoneInfo) -> date:
    """Return the date that a wall clock shows at an instant."""
    return datetime.fromtimestamp(at, zone).date()


def instants(first: date, last: date, zone: ZoneInfo) -> Span:
    """Return the span from the first instant of `first` to the last of `last`."""
    return _midnight(first, zone), _midnight(last + ONE_DAY, zone)


def by_day(starts: Sequence[int], zone: ZoneInfo) -> dict[date, list[datetime]]:
    """Return the starts as wall times of a zone, under their dates and in order of time."""
    found: dict[date, list[datetime]] = {}
    for start in starts:
        at = datetime.fromtimestamp(start, zone)
        found.setdefault(at.date(), []).append(at)
    return found


def week_of(day: date, first_weekday: int) -> tuple[date, date]:
    """Return the first and last day of the week of `day`."""
    first = day - timedelta(days=(day.weekday() - first_weekday) % 7)
    return first, first + timedelta(days=6)


def month_of(day: date) -> tuple[date, date]:
    """Return the first and last day of the month of `day`."""
    return day + relativedelta(day=1), day + relativedelta(day=31)


def offset_changes(first: date, last: date, zone: ZoneInfo) -> list[datetime]:
    """Return the first instant after each clock change from `first` to `last`, as wall times."""
    found = []
    day = first
    while day <= last:
        start, end = instants(day, day, zone)
        if _offset(start, zone) != _offset(end, zone):
            found.append(_change(start, end, zone))
        day += ONE_DAY
    return found


def _midnight(day: date, zone: ZoneInfo) -> int:
    # Through UTC: a midnight that the clocks skip is the instant at which they jump.
    return int(datetime.combine(day, time(), zone).astimezone(UTC).timestamp())


def _offset(at: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(at, zone).utcoffset()


def _change(low: int, high: int, zone: ZoneInfo) -> datetime:
    before = _offset(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return datetime.fromtimestamp(high, zone)
