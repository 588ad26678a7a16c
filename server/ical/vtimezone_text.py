"""The text of a VTIMEZONE that Outlook, Apple, libical and ical.js all read right.

ical.js 2.2.1 reads only the first value of an RDATE list, libical wants onsets in the wall time before the change
(RFC 5545 §3.6.5): so there is an RRULE where one is true, and else one observance for each change, never an RDATE.
"""

from datetime import UTC, datetime, timedelta, tzinfo

from server.ical.scan import fold, scan
from server.ical.vtimezone import read_vtimezone

YEARS_CHECKED = 10
YEARS_MAX = 60
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class _Onset:
    """One change of a zone's offset."""

    __slots__ = ("at", "name", "offset_from", "offset_to")

    def __init__(self, at: datetime, zone: tzinfo) -> None:
        self.at = at
        self.offset_from = _offset(at - timedelta(seconds=1), zone)
        self.offset_to = _offset(at, zone)
        self.name = at.astimezone(zone).tzname() or ""

    @property
    def wall(self) -> datetime:
        """The naive wall time at which it happens, in the offset before."""
        return self.at.replace(tzinfo=None) + self.offset_from

    @property
    def kind(self) -> str:
        return "DAYLIGHT" if self.offset_to > self.offset_from else "STANDARD"


def write_vtimezone(name: str, zone: tzinfo, first_year: int, last_year: int) -> str:
    """Return the VTIMEZONE named `name` that agrees with `zone` from `first_year` to `last_year`, in UTC."""
    first_year = min(max(first_year, 2), 9000)
    last_year = min(max(last_year, first_year), first_year + YEARS_MAX)
    onsets = _onsets(zone, first_year - 1, last_year + YEARS_CHECKED)
    if not onsets:
        return _text(
            name, [_fixed(datetime(1970, 1, 1, tzinfo=UTC), _offset(_new_year(first_year), zone), zone)]
        )
    yearly = _yearly(onsets, first_year - 1, last_year + YEARS_CHECKED)
    if yearly is not None:
        text = _text(name, yearly)
        if _agrees(text, zone, first_year, last_year + YEARS_CHECKED):
            return text
    start = _new_year(first_year - 1)
    singles = [_single(onset) for onset in onsets if onset.at.year <= last_year]
    return _text(name, [_fixed(start, _offset(start, zone), zone), *singles])


def _onsets(zone: tzinfo, first_year: int, last_year: int) -> list[_Onset]:
    """Return the changes of the years, found by looking weekly: Morocco has two within five weeks."""
    onsets: list[_Onset] = []
    at, end = _new_year(first_year), _new_year(last_year + 1)
    offset = _offset(at, zone)
    while at < end:
        following = at + timedelta(days=7)
        if _offset(following, zone) != offset:
            change = _between(at, following, zone)
            if change < end:
                onsets.append(_Onset(change, zone))
            offset = _offset(following, zone)
        at = following
    return onsets


def _between(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    offset = _offset(before, zone)
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _offset(middle, zone) == offset:
            before = middle
        else:
            after = middle
    return after


def _yearly(onsets: list[_Onset], first_year: int, last_year: int) -> list[list[str]] | None:
    """Return two observances with an RRULE each, None when the changes do not follow the same rule every year."""
    years = last_year - first_year + 1
    groups = [onsets[0::2], onsets[1::2]]
    if len(onsets) != 2 * years or any(len({onset.at.year for onset in group}) != years for group in groups):
        return None
    observances: list[list[str]] = []
    for group in groups:
        walls = [onset.wall for onset in group]
        months, weekdays = {wall.month for wall in walls}, {wall.weekday() for wall in walls}
        numbers = set.intersection(*(_numbers(wall) for wall in walls))
        same = {(wall.time(), onset.offset_to, onset.name) for wall, onset in zip(walls, group, strict=True)}
        if not (len(months) == len(weekdays) == len(same) == 1 and numbers):
            return None
        day = f"{min(numbers)}{_WEEKDAYS[weekdays.pop()]}"
        rule = f"RRULE:FREQ=YEARLY;BYMONTH={months.pop()};BYDAY={day}"
        observances.append([*_single(group[0])[:-1], rule, f"END:{group[0].kind}"])
    return observances


def _numbers(wall: datetime) -> set[int]:
    """Return which such weekday of its month the day is; the fourth is not told from the last by a rule of clients."""
    last = {-1} if (wall + timedelta(days=7)).month != wall.month else set()
    return {(wall.day - 1) // 7 + 1} | last


def _single(onset: _Onset) -> list[str]:
    return [
        f"BEGIN:{onset.kind}",
        f"DTSTART:{onset.wall:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{_written(onset.offset_from)}",
        f"TZOFFSETTO:{_written(onset.offset_to)}",
        f"TZNAME:{onset.name}",
        f"END:{onset.kind}",
    ]


def _fixed(at: datetime, offset: timedelta, zone: tzinfo) -> list[str]:
    return [
        "BEGIN:STANDARD",
        f"DTSTART:{at:%Y%m%dT000000}",
        f"TZOFFSETFROM:{_written(offset)}",
        f"TZOFFSETTO:{_written(offset)}",
        f"TZNAME:{at.astimezone(zone).tzname()}",
        "END:STANDARD",
    ]


def _text(name: str, observances: list[list[str]]) -> str:
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}", f"X-LIC-LOCATION:{name}"]
    lines += [line for observance in observances for line in observance]
    return "".join(f"{fold(line)}\r\n" for line in [*lines, "END:VTIMEZONE"])


def _agrees(text: str, zone: tzinfo, first_year: int, last_year: int) -> bool:
    """Tell whether the text, read again, has the zone's offset before and after each change and in every week."""
    calendar = scan(f"BEGIN:VCALENDAR\r\n{text}END:VCALENDAR\r\n")
    observed = read_vtimezone(next(calendar.children("VTIMEZONE")))
    start, end = _new_year(first_year), _new_year(last_year + 1)
    instants = [start + timedelta(days=days) for days in range(0, (end - start).days, 7)]
    for onset in _onsets(zone, first_year, last_year):
        instants += [onset.at - timedelta(seconds=1), onset.at, onset.at + timedelta(hours=1)]
    return all(_offset(at, observed) == _offset(at, zone) for at in instants)


def _offset(at: datetime, zone: tzinfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def _written(offset: timedelta) -> str:
    sign = "-" if offset < timedelta(0) else "+"
    seconds = int(abs(offset).total_seconds())
    written = f"{sign}{seconds // 3600:02}{seconds // 60 % 60:02}"
    return f"{written}{seconds % 60:02}" if seconds % 60 else written
