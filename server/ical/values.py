"""The values of RFC 5545 §3.3 that say a time: DATE, DATE-TIME, DURATION and PERIOD.

Knows how they are written, not what a zone means: a DATE-TIME stays the naive time that was written, and whether a `Z`
stood behind it.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

DAYS_MAX = 3_660_000


class Moment(NamedTuple):
    """A DATE or DATE-TIME as written: `naive` is midnight for a DATE; `utc` says that it ends in Z.

    A named tuple, as each object has several and a frozen dataclass takes twice as long to make.
    """

    naive: datetime
    is_date: bool = False
    utc: bool = False


@dataclass(frozen=True, slots=True)
class Duration:
    """A DURATION: nominal days, which follow the wall clock, and exact seconds; both may be negative."""

    days: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Period:
    """A PERIOD: where it starts and either its end or its duration."""

    start: Moment
    end: Moment | Duration


def parse_moment(text: str) -> Moment:
    """Return the DATE or DATE-TIME that is written; ValueError when it is neither."""
    if not _MOMENT.fullmatch(text):
        text = text.strip().upper()
        if not _MOMENT.fullmatch(text):
            raise ValueError(f"not a date or date-time: {text[:40]!r}")
    if len(text) == 8:
        return Moment(datetime.fromisoformat(text), is_date=True)
    utc = text[-1] == "Z"
    if text[13:15] == "60":
        # A leap second has no epoch second of its own, RFC 5545 §3.3.12 lets it be read as second 59.
        text = text[:13] + "59"
    return Moment(datetime.fromisoformat(text[:15]), utc=utc)


def parse_duration(text: str) -> Duration:
    """Return the DURATION that is written; ValueError when it is none."""
    match = _DURATION.fullmatch(text.strip().upper())
    if not match or not any(match.groups()[1:]):
        raise ValueError(f"not a duration: {text[:40]!r}")
    sign = -1 if match[1] == "-" else 1
    weeks, days, hours, minutes, seconds = (int(group or 0) for group in match.groups()[1:])
    whole = Duration(sign * (weeks * 7 + days), sign * (hours * 3600 + minutes * 60 + seconds))
    if abs(whole.days) + abs(whole.seconds) // 86400 > DAYS_MAX:
        raise ValueError(f"a duration of more than {DAYS_MAX} days")
    return whole


def parse_period(text: str) -> Period:
    """Return the PERIOD that is written; ValueError when it is none."""
    start, slash, end = text.partition("/")
    if not slash:
        raise ValueError(f"not a period: {text[:40]!r}")
    is_duration = "P" in end.upper()
    return Period(parse_moment(start), parse_duration(end) if is_duration else parse_moment(end))


def parse_offset(text: str) -> timedelta:
    """Return the UTC-OFFSET that is written, east positive; ValueError when it is none."""
    match = _OFFSET.fullmatch(text.strip())
    if not match:
        raise ValueError(f"not a UTC offset: {text[:40]!r}")
    sign, hours, minutes, seconds = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    if offset >= timedelta(days=1):
        raise ValueError("a UTC offset of a day or more")
    return -offset if sign == "-" else offset


def written_utc(at: datetime) -> str:
    """Return the aware or naive UTC time as a DATE-TIME in UTC."""
    # An expansion writes hundreds; strftime takes thrice as long and has no zeros before the year 999.
    return f"{at.year:04}{at.month:02}{at.day:02}T{at.hour:02}{at.minute:02}{at.second:02}Z"


def written_date(day: date) -> str:
    """Return the day as a DATE."""
    return f"{day.year:04}{day:%m%d}"


_MOMENT = re.compile(r"[0-9]{8}(?:T[0-9]{6}Z?)?")
_DURATION = re.compile(
    r"([+-])?P(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?"
    r"(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})S)?)?"
)
_OFFSET = re.compile(r"([+-])([0-9]{2})([0-9]{2})([0-9]{2})?")
