"""One reader's way of writing: their language, and the dates, hours and zone names of their region."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    format_timedelta,
    get_timezone_gmt,
    get_timezone_name,
)
from babel.support import NullTranslations

from server.i18n.catalogues import SOURCE_LANGUAGE, languages, texts

SOON = timedelta(hours=12)
"""What is nearer than this is told in hours, though it be on the next day."""


@dataclass(frozen=True)
class Translator:
    """Speaks `language`, one of `languages()`, and writes dates as `locale` does. Instants are aware, zones IANA names."""

    language: str
    locale: Locale

    @cached_property
    def texts(self) -> NullTranslations:
        """Return the catalogue."""
        return texts(self.language)

    @property
    def direction(self) -> str:
        """Return `ltr` or `rtl`."""
        return str(self.locale.text_direction)

    def text(self, message: str, **values: object) -> str:
        """Return the reader's words for `message`, with its `%(name)s` filled in."""
        found = str(self.texts.gettext(message))
        return found % values if values else found

    def count(self, one: str, many: str, number: int) -> str:
        """Return the reader's words for a number of things; both messages hold `%(num)d`."""
        return str(self.texts.ngettext(one, many, number)) % {"num": number}

    def day(self, instant: datetime, zone: str) -> str:
        """Return the day with its weekday: "Tuesday, December 1, 2026"."""
        return format_date(_local(instant, zone), "full", locale=self.locale)

    def short_day(self, instant: datetime, zone: str) -> str:
        """Return the day as a subject line has room for it: "Tue, Dec 1, 2026"."""
        return format_skeleton("yMMMEd", _local(instant, zone), locale=self.locale)

    def hour(self, instant: datetime, zone: str) -> str:
        """Return the time of day, in 12 or 24 hours as the region counts them."""
        return format_time(_local(instant, zone), "short", tzinfo=ZoneInfo(zone), locale=self.locale)

    def hours(self, start: datetime, end: datetime, zone: str) -> str:
        """Return both ends of a meeting; the day of the end is named when it is not that of the start."""
        until = self.hour(end, zone)
        if _local(start, zone).date() != _local(end, zone).date():
            until = f"{self.short_day(end, zone)}, {until}"
        return f"{self.hour(start, zone)} – {until}"

    def soon(self, instant: datetime, now: datetime, zone: str) -> str:
        """Return how far ahead an instant is: "in 45 minutes", "in 5 hours", "tomorrow", "in 3 days"."""
        ahead = instant - now
        days = (_local(instant, zone).date() - _local(now, zone).date()).days
        if days == 0 or ahead < SOON:
            minutes = max(1, round(ahead.total_seconds() / 60))
            ahead = timedelta(minutes=minutes if minutes < 90 else round(minutes / 60) * 60)
            # "1 hour" says nothing of the odd minutes up to an hour and a half.
            threshold = 1.5 if minutes > 60 else 1
            return format_timedelta(ahead, add_direction=True, threshold=threshold, locale=self.locale)
        if days == 1:
            return self.text("tomorrow")
        return format_timedelta(
            # The threshold keeps 60 days from becoming two months.
            timedelta(days=days),
            granularity="day",
            add_direction=True,
            threshold=1000,
            locale=self.locale,
        )

    def zone(self, instant: datetime, zone: str) -> str:
        """Return the zone's name at that instant with its offset: "Central European Standard Time (GMT+01:00)"."""
        local = _local(instant, zone)
        name = get_timezone_name(local, width="long", locale=self.locale)
        offset = get_timezone_gmt(local, locale=self.locale)
        if name == offset:
            name = zone.replace("_", " ")  # a zone without a name of its own is known by its city
        return f"{name} ({offset})"

    def zone_of_all(self, instants: Sequence[datetime], zone: str) -> str:
        """Return the zone's name for several instants: without an offset where they have not all the same one."""
        if len({_local(instant, zone).utcoffset() for instant in instants}) == 1:
            return self.zone(instants[0], zone)
        return get_timezone_name(ZoneInfo(zone), width="long", locale=self.locale)


@cache
def _made(language: str, locale_name: str) -> Translator:
    return Translator(language, Locale.parse(locale_name))


def translator(tag: str) -> Translator:
    """Return how somebody with the language tag `tag` (`de`, `en-GB`) reads; English for a language without texts."""
    name = tag.replace("-", "_")
    try:
        locale = Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse(SOURCE_LANGUAGE)
    if locale.language not in languages():
        locale = Locale.parse(SOURCE_LANGUAGE)
    return _made(locale.language, str(locale))


def _local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone))
