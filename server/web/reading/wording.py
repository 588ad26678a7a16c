"""Dates, times and zones as a reader writes them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton, format_time

from server.i18n.translator import Translator
from server.web.reading.zones import offset_text, place

_YEAR = re.compile(r"[\s,]*(?:'[^']*'\s*)?y+(?:\s*'[^']*'|\s*г\.)?")
_MINUTES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A meeting's time for reading: in the reader's zone, and in the host's where clocks differ."""

    day: str
    time: str
    zone: str
    there: str | None
    iso: str


def when(
    reader: Translator, start: datetime, end: datetime, *, zone: str, host_zone: str, twelve: bool
) -> When:
    """Return the words for a meeting from `start` to `end` (aware)."""
    here, over = start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
    there = start.astimezone(ZoneInfo(host_zone))
    day = full_day(here.date(), reader)
    time = time_span(here, over, reader, twelve=twelve)
    if over.date() != here.date() and over > here + timedelta(hours=24):
        time = f"{time} ({full_day(over.date(), reader)})"
    second = None
    if there.utcoffset() != here.utcoffset():
        second = f"{full_day(there.date(), reader)}, " if there.date() != here.date() else ""
        second += time_span(there, end.astimezone(ZoneInfo(host_zone)), reader, twelve=twelve)
    return When(
        day=day,
        time=time,
        zone=zone_label(zone, start, reader),
        there=second,
        iso=instant(int(start.timestamp())),
    )


def time_span(start: datetime, end: datetime, reader: Translator, *, twelve: bool) -> str:
    """Return "09:00 – 09:30" as the reader writes it."""
    return f"{clock(start, reader, twelve=twelve)} – {clock(end, reader, twelve=twelve)}"


def clock(at: datetime, reader: Translator, *, twelve: bool) -> str:
    """Return the wall time of `at`."""
    return _clock(at.hour * _MINUTES + at.minute, reader.locale, twelve)


def full_day(day: date, reader: Translator) -> str:
    """Return "Wednesday 4 March 2026"."""
    return str(format_date(day, "full", locale=reader.locale))


def day_without_year(day: date, reader: Translator) -> str:
    """Return "Wednesday 4 March"."""
    return str(format_date(day, _without_year(reader.locale), locale=reader.locale))


def short_weekday(day: date, reader: Translator) -> str:
    """Return "Wed"."""
    return str(format_date(day, "EEE", locale=reader.locale)).removesuffix(".")


def narrow_weekday(day: date, reader: Translator) -> str:
    """Return "We", as short as the columns of a month on a telephone are narrow."""
    return str(format_date(day, "EEEEEE", locale=reader.locale)).removesuffix(".")


def long_weekday(day: date, reader: Translator) -> str:
    """Return "Wednesday"."""
    return str(format_date(day, "EEEE", locale=reader.locale))


def short_month(day: date, reader: Translator) -> str:
    """Return "Mar"."""
    return str(format_date(day, "LLL", locale=reader.locale)).removesuffix(".")


def month(day: date, reader: Translator) -> str:
    """Return "March 2026"."""
    return str(format_skeleton("yMMMM", day, locale=reader.locale))


def days(first: date, last: date, reader: Translator) -> str:
    """Return "2 – 8 Mar 2026"."""
    return str(format_interval(first, last, "yMMMd", locale=reader.locale))


def zone_label(zone: str, at: datetime, reader: Translator) -> str:
    """Return a zone's place with its offset at an instant: "Los Angeles (UTC−8)"."""
    return f"{place(zone, reader.locale)} ({offset_text(ZoneInfo(zone), at)})"


def instant(at: int) -> str:
    """Return an instant for a link: "2026-03-04T08:00Z"."""
    return datetime.fromtimestamp(at, ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%MZ")


def parse_instant(text: str) -> datetime | None:
    """Return the aware instant that a link names, or None."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None and 1970 < at.year < 9_000 else None


def free_times(reader: Translator, number: int) -> str:
    """Return "5 free times"."""
    if not number:
        return reader.text("no free times")
    return reader.count("%(num)d free time", "%(num)d free times", number)


def first_weekday(reader: Translator) -> int:
    """Return the weekday that the reader's week begins with, Monday being 0."""
    return int(reader.locale.first_week_day)


def counts_to_twelve(reader: Translator) -> bool:
    """Tell whether the reader's clocks show am and pm."""
    return "h" in reader.locale.time_formats["short"].pattern


def joined(parts: Sequence[str]) -> str:
    """Return the parts that are not empty, as one line."""
    return " · ".join(filter(None, parts))


@lru_cache(maxsize=8_192)
def _clock(minute: int, locale: Locale, twelve: bool) -> str:
    at = datetime(2000, 1, 1, minute // _MINUTES, minute % _MINUTES)  # noqa: DTZ001 - a wall time, no instant
    return str(format_time(at, "h:mm a" if twelve else "HH:mm", locale=locale))


@lru_cache(maxsize=64)
def _without_year(locale: Locale) -> str:
    return _YEAR.sub("", locale.date_formats["full"].pattern).strip(" ,")


def seats_left(reader: Translator, free: int) -> str:
    """Say how many seats are left."""
    return reader.count("%(num)d seat left", "%(num)d seats left", free)
